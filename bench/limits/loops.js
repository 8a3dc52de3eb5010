import { assemble, i32, leb, simd, v128 } from "./assemble.js";

const get = (local) => [0x20, ...leb(local)];
const set = (local) => [0x21, ...leb(local)];
const tee = (local) => [0x22, ...leb(local)];
const constant = (value) => [0x41, ...leb(value)];
const [add, sub, loop, repeatIf, end] = [[0x6a], [0x6b], [0x03, 0x40], [0x0d, 0], [0x0b]];
const [multiply, plus, relaxedMadd, toBits] = [simd(0xe6), simd(0xe4), simd(0x105), simd(0x1b, 0)];
const or = simd(0x50);
const load = (offset) => simd(0x00, 4, ...leb(offset));

/** Enough sums to hide latency (4 cycles, two per cycle), and as many as the registers hold. */
const sums = 12;

/** Floating-point operations per iteration of `peakLoop`. */
export const operationsPerTurn = sums * 4 * 2;

/** run(turns): turns · 12 products of four lanes added to 12 sums. */
export function peakLoop({ relaxed }) {
  const first = 1;
  const x = first + sums;
  const turn = Array.from({ length: sums }, (_, s) =>
    relaxed
      ? [...get(x), ...get(x), ...get(first + s), ...relaxedMadd, ...set(first + s)]
      : [...get(x), ...get(x), ...multiply, ...get(first + s), ...plus, ...set(first + s)],
  ).flat();
  const total = Array.from({ length: sums - 1 }, (_, s) => [...get(first + 1 + s), ...plus]).flat();
  const start = [...constant(0), ...simd(0x11), ...set(x)];
  const count = [...get(0), ...constant(1), ...sub, ...tee(0), ...repeatIf];
  const body = [...start, ...loop, ...turn, ...count, ...end, ...get(first), ...total, ...toBits];
  return assemble({ parameters: 1, locals: [[sums + 1, v128]], body });
}

/** Bytes that one turn of `readLoop` reads of each stream. */
export const bytesPerTurn = 128;

/** run(pointer, turns, far): reads `streams` streams at once, the next one `far` bytes after the one before. */
export function readLoop(streams) {
  const [turns, far, next] = [1, 2, 3];
  const [count, sum] = [4, next + streams - 1];
  const places = [0, ...Array.from({ length: streams - 1 }, (_, s) => next + s)];
  const start = places.slice(1).flatMap((place, s) => [...get(places[s]), ...get(far), ...add, ...set(place)]);
  const turn = Array.from({ length: bytesPerTurn / 16 }, (_, l) =>
    places.flatMap((place) => [
      ...get(sum + (l % count)),
      ...get(place),
      ...load(l * 16),
      ...or,
      ...set(sum + (l % count)),
    ]),
  ).flat();
  // 128, as a signed number in base 128.
  const steps = places.flatMap((place) => [...get(place), 0x41, 0x80, 0x01, ...add, ...set(place)]);
  const repeat = [...get(turns), ...constant(1), ...sub, ...tee(turns), ...repeatIf];
  const total = Array.from({ length: count - 1 }, (_, s) => [...get(sum + 1 + s), ...or]).flat();
  const body = [...start, ...loop, ...turn, ...steps, ...repeat, ...end, ...get(sum), ...total, ...toBits];
  const locals = [
    [streams - 1, i32],
    [count, v128],
  ];
  return assemble({ parameters: 3, locals, body });
}
