import { addValues, multiply, scoreKeys, zeroUnlessFinite } from "./rows";
import { cap, centerOf, greatest, shrinkage, weigh } from "./scores";
import { biasOf, factorOf, maskOf, passedKeys, seenKeys, Spec, Spread, TILE } from "./spec";
import { greatestLane, sumLanes } from "../simd/simd";

/** The largest number of queries of all heads that go through the cache together. */
const TOGETHER: i32 = 64;
/** After a tile of scores, the state of a query and head: the sums of the weights in four lanes, and the maximum. */
const STATES: usize = <usize>TILE << 2;
const STATE: usize = 32;

/** From this number of queries on, packing keys and values costs less than it saves. */
const MANY: i32 = 8;

// @ts-ignore: decorator
@inline
export function areFew(queries: i32): bool {
  return queries < MANY;
}

/**
 * Like `attention`, for a few queries, as in decoding, for some heads of a batch row. It is bound by memory bandwidth,
 * so keys and values are read without packing, four at a time, all heads of a tile before the next; `output` accumulates
 * the sums. Without a window, a query has the same bits as alone. Pointers are at the first rows of the batch row b.
 * @param from the first head, before `to`
 */
export function attendFew(
  spec: Spec,
  b: i32,
  q: usize,
  k: usize,
  v: usize,
  output: usize,
  statistics: usize,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const kWidth = <usize>spec.headDim << 2;
  const vWidth = <usize>spec.valueDim << 2;
  const group = spec.heads / spec.keyValueHeads;
  const queries = spec.queries;
  const states = scratch + STATES;
  for (let i: i32 = 0, state = states; i < queries; i++) {
    for (let h = from; h < to; h++, state += STATE) {
      v128.store(state, f32x4.splat(0));
      f32.store(state, -Infinity, 16);
      memory.fill(output + <usize>(i * spec.heads + h) * vWidth, 0, vWidth);
    }
  }
  const firstHead = from / group;
  const heads = (to - 1) / group + 1 - firstHead;
  for (let start = passedKeys(spec, 0, 0, 1); start < spec.keys; start += TILE) {
    const present = min(TILE, spec.keys - start);
    const row = <usize>(start * spec.keyValueHeads + firstHead);
    const kRow = k + row * kWidth;
    const vRow = v + row * vWidth;
    touch(kRow, <usize>spec.keyValueHeads * kWidth, <usize>heads * kWidth, present, scratch);
    touch(vRow, <usize>spec.keyValueHeads * vWidth, <usize>heads * vWidth, present, scratch);
    for (let i: i32 = 0, state = states; i < queries; i++) {
      const passed = min(passedKeys(spec, start, i, 1), present);
      const seen = min(seenKeys(spec, i) - start, present) - passed;
      for (let h = from; h < to; h++, state += STATE) {
        if (seen <= 0) continue;
        const head = <usize>(h / group - firstHead);
        const keyAt = kRow + head * kWidth + <usize>(passed * spec.keyValueHeads) * kWidth;
        const valueAt = vRow + head * vWidth + <usize>(passed * spec.keyValueHeads) * vWidth;
        const row = <usize>(i * spec.heads + h);
        attendTile(spec, b, h, i, start + passed, seen, q + row * kWidth, keyAt, valueAt, output + row * vWidth, state, scratch);
      }
    }
  }
  for (let i: i32 = 0, state = states; i < queries; i++) {
    for (let h = from; h < to; h++, state += STATE) {
      const row = <usize>(i * spec.heads + h);
      const total = sumLanes(v128.load(state));
      const sums = output + row * vWidth;
      f32.store(statistics + (row << 3), f32.load(state, 16));
      f32.store(statistics + (row << 3), total + zeroUnlessFinite(sums, spec.valueDim), 4);
      multiply(sums, spec.valueDim, total != 0 ? 1 / total : 0);
    }
  }
}

/** How many heads from one on, of at most `most`, one call of `attendFew` takes. */
export function headsTogether(spec: Spec, head: i32, most: i32): i32 {
  return min(min(most, TOGETHER / spec.queries), spec.heads - head);
}

/** Reads rows once in memory order, which is faster than head by head, so that the CPU cache holds them. */
function touch(at: usize, step: usize, width: usize, count: i32, scratch: usize): void {
  let touched = i32x4.splat(0);
  for (let j: i32 = 0; j < count; j++) {
    for (let p: usize = 0; p < width; p += 64) touched = v128.or(touched, v128.load(at + p));
    at += step;
  }
  v128.store(scratch, touched);
}

/** Adds a tile of keys and values of one head to its sums; each pointer is at its first row of that head. */
function attendTile(
  spec: Spec,
  b: i32,
  h: i32,
  query: i32,
  start: i32,
  present: i32,
  q: usize,
  k: usize,
  v: usize,
  sums: usize,
  state: usize,
  scores: usize,
): void {
  const kStep = <usize>(spec.keyValueHeads * spec.headDim) << 2;
  const vStep = <usize>(spec.keyValueHeads * spec.valueDim) << 2;
  const mask = maskOf(spec);
  const bias = biasOf(spec);
  scoreKeys(q, k, kStep, present, spec.headDim, factorOf(spec), scores);
  if (spec.softcap != 0) cap(scores, present, spec.softcap);
  if (bias.at) {
    let value = placeOf(bias, b, h, query, start);
    for (let j: i32 = 0; j < present; j++) {
      store<f32>(scores + (<usize>j << 2), load<f32>(scores + (<usize>j << 2)) + load<f32>(value));
      value += <usize>bias.key << 2;
    }
  }
  if (mask.at) {
    let value = placeOf(mask, b, h, query, start);
    for (let j: i32 = 0; j < present; j++) {
      if (load<f32>(value) == 0) store<f32>(scores + (<usize>j << 2), -Infinity);
      value += <usize>mask.key << 2;
    }
  }
  const vectors = (present + 3) >> 2;
  const before = f32.load(state, 16);
  const maximum = greatestLane(greatest(scores, 16, vectors, f32x4.splat(before)));
  const center = centerOf(f32x4.splat(maximum));
  const shrink = shrinkage(f32x4.sub(f32x4.splat(before), center));
  v128.store(state, f32x4.add(f32x4.mul(v128.load(state), shrink), weigh(scores, 16, vectors, center)));
  f32.store(state, maximum, 16);
  if (before != maximum) multiply(sums, spec.valueDim, f32x4.extract_lane(shrink, 0));
  for (let j: i32 = 0; j < present; j += 4) {
    addValues(sums, v + <usize>j * vStep, vStep, spec.valueDim, scores + (<usize>j << 2));
  }
}

/** The address of the number for a query and a key. */
function placeOf(spread: Spread, b: i32, h: i32, query: i32, key: i32): usize {
  return spread.at + (<usize>(b * spread.batch + h * spread.head + query * spread.query + key * spread.key) << 2);
}
