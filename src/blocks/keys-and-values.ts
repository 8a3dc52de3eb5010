import { arrayOf, expectRecord, wholeIn, wrongKind } from "../checks";
import { aClassOf, classOf } from "../describe";
import { type HeadShape, indexSelect, type Shape, ShapeError, slice, Tensor } from "../tensor";
import { sameShape } from "../tensor/internal";
import type { Module } from "./module";

/** Keys and values for attention: the first `keys` positions are in use. */
export interface KeysAndValues {
  k: Tensor<HeadShape>;
  v: Tensor<HeadShape>;
  keys: number;
}

/** @throws TypeError unless it is a tensor */
export function expectTensor(name: string, x: unknown): asserts x is Tensor {
  if (!(x instanceof Tensor)) throw wrongKind("KeyValueCache", name, "a Tensor", x);
}

/** Tensors by name, each [batch, …]. */
export type CachedTensors<Names extends string = string> = Readonly<Record<Names, Tensor>>;

/** Tensors by name, each [batch, room, …]: the first `keys` positions are in use. */
export type Appended<Names extends string = string> = CachedTensors<Names> & { readonly keys: number };

/** @throws TypeError unless it is a tensor; ShapeError unless it has four axes */
export function expectHeads(name: string, x: unknown): asserts x is Tensor<HeadShape> {
  expectTensor(name, x);
  if (x.rank !== 4) throw new ShapeError(`KeyValueCache: ${name} ${x.describe()} is not [batch, seq, heads, headDim]`);
}

/** Keys and values as tensors by name. */
export function asHeads(k: unknown, v: unknown): CachedTensors {
  expectHeads("k", k);
  expectHeads("v", v);
  return { k, v };
}

/**
 * @param axes how many sizes all of them share: 1 for [batch, …], 2 for [batch, seq, …]
 * @throws TypeError unless they are tensors by name; ShapeError unless they agree in the first axes
 */
export function expectKept(kept: unknown, axes: 1 | 2): asserts kept is CachedTensors {
  expectRecord("KeyValueCache", "tensors", kept);
  const [first] = Object.entries(kept);
  if (first === undefined) throw wrongKind("KeyValueCache", "tensors", "tensors by name", kept);
  const wanted = axes === 1 ? "[batch, …]" : "[batch, seq, …]";
  for (const [name, x] of Object.entries(kept)) {
    expectTensor(name, x);
    if (x.rank < axes) throw new ShapeError(`KeyValueCache: ${name} ${x.describe()} is not ${wanted}`);
    const start = (first[1] as Tensor).shape.slice(0, axes);
    if (!sameShape(x.shape.slice(0, axes), start))
      throw new ShapeError(
        `KeyValueCache: ${first[0]} ${(first[1] as Tensor).describe()} and ${name} ${x.describe()} must both start with the same ${wanted}`,
      );
  }
}

/** What has the shape of a tensor, in whatever form its numbers are. */
export interface Shaped {
  readonly shape: Shape;
  describe(): string;
}

type ShapedByName = Readonly<Record<string, Shaped>>;

/** The number of rows of a batch. */
export const rowsOf = (kept: ShapedByName): number => Object.values(kept)[0]!.shape[0]!;

/** Whether new tensors can be stored with those held: all sizes except the number of positions agree. */
export function isSameKind(held: ShapedByName, given: ShapedByName): boolean {
  const names = Object.keys(given);
  return (
    names.length === Object.keys(held).length &&
    names.every((name) => name in held && isLike(held[name]!, given[name]!))
  );
}

const isLike = ({ shape: held }: Shaped, { shape }: Shaped): boolean =>
  held.length === shape.length && held.every((size, axis) => axis === 1 || size === shape[axis]);

/** @throws Error if nothing is held for this module; ShapeError if the batch differs */
export function expectRows<Held extends ShapedByName>(
  module: Module,
  held: Held | undefined,
  batch: number | undefined,
): asserts held is Held {
  if (held === undefined)
    throw new Error(`the cache holds values of another model, not of this ${classOf(module)}; use one cache per model`);
  if (rowsOf(held) !== batch)
    throw new ShapeError(`KeyValueCache: the cache holds ${rowsOf(held)} rows; this batch has ${batch}`);
}

const expectNumbers = arrayOf(wholeIn({ least: 0 }), "an array of row numbers");

/** @throws RangeError for a row that a batch does not have; ShapeError if the memory does not fit the rows */
export function expectRowNumbers(rows: readonly number[], batch: number | undefined, memory: unknown): void {
  expectNumbers("KeyValueCache", "rows", rows);
  const missing = rows.find((row) => row >= (batch ?? Number.POSITIVE_INFINITY));
  if (missing !== undefined)
    throw new RangeError(`KeyValueCache: the cache holds ${batch} rows, counted from 0; there is no row ${missing}`);
  if (memory === undefined) return;
  expectTensor("memory", memory);
  if (memory.shape[0] !== rows.length)
    throw new ShapeError(`KeyValueCache: memory ${memory.describe()} does not have ${rows.length} rows`);
}

/** @throws Error if nothing is held for this module; ShapeError if the sizes held differ */
export function expectSameKind<Held extends ShapedByName>(
  module: Module,
  held: Held | undefined,
  given: ShapedByName,
): asserts held is Held {
  expectRows<Held>(module, held, rowsOf(given));
  if (isSameKind(held, given)) return;
  const [own, other] = [held, given].map((kept) =>
    Object.entries(kept)
      .map(([name, x]) => `${name} ${x.describe()}`)
      .join(" and "),
  );
  throw new ShapeError(`the cache of ${aClassOf(module)} holds ${own}; ${other} do not fit`);
}

/** Each tensor changed by the same function. */
export const eachKept = (kept: CachedTensors, change: (x: Tensor, name: string) => Tensor): CachedTensors =>
  Object.fromEntries(Object.entries(kept).map(([name, x]) => [name, change(x, name)]));

/** The first positions of each tensor. */
export const firstPositions = (kept: CachedTensors, end: number): CachedTensors =>
  eachKept(kept, (x) => slice(x, { axis: 1, end }));

/** Rows of each tensor, in this order. */
export const chosenRows = (kept: CachedTensors, rows: readonly number[]): CachedTensors =>
  eachKept(kept, (x) => indexSelect(x, rows, { axis: 0 }));
