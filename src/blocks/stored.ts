import { kernels } from "../kernels";
import { indexSelect, type Shape, slice, Tensor } from "../tensor";
import { sizeOf } from "../tensor/internal";
import { Bytes, toBytes } from "./bytes";
import { type CachedTensors, rowsOf } from "./keys-and-values";

/** Numbers as a cache stores them, by name, each [rows, room, …]. */
export type Stored = Readonly<Record<string, Tensor | Bytes>>;

/** How many positions it has room for. */
export const roomOf = (stored: Stored): number => Object.values(stored)[0]!.shape[1]!;

/** The bytes of its numbers. */
export const bytesOf = (stored: Stored): number =>
  Object.values(stored).reduce((sum, x) => sum + sizeOf(x.shape) * (x instanceof Bytes ? 1 : 4), 0);

/** Room for a number of positions like these. */
export function roomFor(like: Stored, rows: number, positions: number): Stored {
  const shapes = Object.entries(like).map(([name, x]): [string, Shape] => [
    name,
    [rows, positions, ...x.shape.slice(2)],
  ]);
  const tensors = reserved(shapes.filter(([name]) => like[name] instanceof Tensor));
  return Object.fromEntries(shapes.map(([name, shape]) => [name, tensors[name] ?? new Bytes(shape)]));
}

/** Tensors of zeros, all in one reservation, so that attention finds them in the same memory. */
function reserved(shapes: readonly (readonly [string, Shape])[]): CachedTensors {
  const buffers = kernels().reserve(shapes.map(([, shape]) => sizeOf(shape)));
  return Object.fromEntries(shapes.map(([name, shape], i) => [name, new Tensor(shape, buffers[i]!)]));
}

/** Writes all rows of a part at a position, in place. */
export function place(whole: Stored, start: number, part: Stored): void {
  placeRows(whole, 0, start, part);
}

/** Writes the rows of a part from row `row` on at a position, in place. */
export function placeRows(whole: Stored, row: number, start: number, part: Stored): void {
  for (const name in part) {
    const [target, source] = [whole[name]!, part[name]!];
    if (target instanceof Bytes) target.place(row, start, source as Bytes);
    else placeTensor(target, row, start, source as Tensor);
  }
}

function placeTensor(target: Tensor, row: number, start: number, source: Tensor): void {
  const [rows, room, ...rest] = target.shape as readonly [number, number, ...number[]];
  const inner = sizeOf(rest);
  if (source.shape[0] === rows) {
    kernels().place(target.buffer, { outer: rows, size: room, inner }, start, source.buffer);
    return;
  }
  // As one long row.
  for (let from = 0; from < source.shape[0]!; from++) {
    const { buffer } = slice(source, { axis: 0, start: from, end: from + 1 });
    kernels().place(target.buffer, { outer: 1, size: rows * room, inner }, (row + from) * room + start, buffer);
  }
}

/** Copies positions `start` to `end` to the front of a place with room for them, which may be the same. */
export function moveToFront(target: Stored, source: Stored, { start, end }: { start: number; end: number }): void {
  for (const name in source) {
    const [to, from] = [target[name]!, source[name]!];
    if (to instanceof Tensor && to.buffer instanceof Float32Array) moveNumbers(to, from as Tensor, start, end);
    else place({ [name]: to }, 0, partOf({ [name]: from }, start, end));
  }
}

/** Without a copy in between. */
function moveNumbers(target: Tensor, source: Tensor, start: number, end: number): void {
  const [rows, room, ...rest] = source.shape as readonly [number, number, ...number[]];
  const inner = sizeOf(rest);
  const wider = target.shape[1]!;
  const numbers = source.buffer as Float32Array;
  for (let row = 0; row < rows; row++) {
    const kept = numbers.subarray((row * room + start) * inner, (row * room + end) * inner);
    kernels().place(target.buffer, { outer: 1, size: rows * wider, inner }, row * wider, kept);
  }
}

/** Positions `start` to `end` of these rows, all rows if omitted. */
export const partOf = (stored: Stored, start: number, end: number, rows?: readonly number[]): Stored =>
  Object.fromEntries(
    Object.entries(stored).map(([name, x]) => {
      if (x instanceof Bytes) return [name, x.part(start, end, rows)];
      const part = slice(x, { axis: 1, start, end });
      return [name, rows ? indexSelect(part, rows, { axis: 0 }) : part];
    }),
  );

/** A copy of some positions of chosen rows, with as much room as before. */
export function copied(
  stored: Stored,
  { start, end }: { start: number; end: number },
  rows?: readonly number[],
): Stored {
  const copy = roomFor(stored, rows?.length ?? rowsOf(stored), roomOf(stored));
  place(copy, 0, partOf(stored, start, end, rows));
  return copy;
}

/** Tensors as a cache of so many bits stores them. */
export function encode(given: CachedTensors, bits: 8 | undefined): Stored {
  if (bits === undefined) return given;
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, x]): [string, Tensor | Bytes][] => {
      const { values, scales } = toBytes(x);
      return [
        [name, values],
        [scaleOf(name), scales],
      ];
    }),
  );
}

const scaleOf = (name: string): string => `${name} scale`;

/**
 * The tensors as they were given, up to rounding, with `count` positions in use. Numbers in 8 bits are expanded into the
 * scratch.
 */
export function decode(stored: Stored, count: number, scratch: Scratch): CachedTensors {
  const isPlain = Object.values(stored).every((x) => x instanceof Tensor);
  if (isPlain) return stored as CachedTensors;
  const target = scratch.like(stored);
  for (const name in target)
    expand(stored[name] as Bytes, (stored[scaleOf(name)] as Tensor).data, count, target[name]!.data);
  return target;
}

/** Tensors for numbers that were stored in 8 bits. Modules that run one after another use the same ones. */
export class Scratch {
  readonly #tensors = new Map<string, CachedTensors>();

  like(stored: Stored): CachedTensors {
    const shapes = Object.entries(stored).flatMap(([name, x]): [string, Shape][] =>
      x instanceof Bytes ? [[name, x.shape]] : [],
    );
    const key = JSON.stringify(shapes);
    const found = this.#tensors.get(key) ?? reserved(shapes);
    this.#tensors.set(key, found);
    return found;
  }

  clear(): void {
    this.#tensors.clear();
  }
}

/** value · scale of the first `count` positions, into `target`. */
function expand({ shape, values, inner }: Bytes, scales: Float32Array, count: number, target: Float32Array): void {
  const [rows, room] = shape as readonly [number, number];
  const size = shape.at(-1)!;
  for (let row = 0; row < rows; row++) {
    const [start, end] = [row * room * inner, (row * room + count) * inner];
    for (let from = start; from < end; from += size) {
      const scale = scales[from / size]!;
      for (let i = from; i < from + size; i++) target[i] = values[i]! * scale;
    }
  }
}
