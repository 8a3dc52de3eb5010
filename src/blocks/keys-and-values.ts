import { wrongKind } from "../checks";
import { kernels } from "../kernels";
import { type HeadShape, ShapeError, Tensor } from "../tensor";
import type { Module } from "./module";

/** Keys and values for attention: the first `keys` positions are in use. */
export interface KeysAndValues {
  k: Tensor<HeadShape>;
  v: Tensor<HeadShape>;
  keys: number;
}

/** What a cache keeps of one block. */
export type Own = Pick<KeysAndValues, "k" | "v">;

/** Whether new keys and values can be stored with those held: all sizes except the number of positions agree. */
export const isSameKind = (held: Own, given: Own): boolean => isLike(held.k, given.k) && isLike(held.v, given.v);

const isLike = ({ shape: [batch, , heads, dim] }: Tensor<HeadShape>, { shape }: Tensor<HeadShape>): boolean =>
  batch === shape[0] && heads === shape[2] && dim === shape[3];

/** @throws Error if nothing is held for this module; ShapeError if the sizes held differ */
export function expectSameKind(module: Module, held: Own | undefined, given: Own): void {
  if (held === undefined)
    throw new Error(
      `the cache holds keys and values of another model, not of this ${module.constructor.name}; use one cache per model`,
    );
  if (held.k.shape[0] !== given.k.shape[0])
    throw new ShapeError(`KeyValueCache: the cache holds ${held.k.shape[0]} rows; this batch has ${given.k.shape[0]}`);
  if (isSameKind(held, given)) return;
  throw new ShapeError(
    `the cache of a ${module.constructor.name} holds k ${held.k.describe()}; k ${given.k.describe()} and v ${given.v.describe()} do not fit`,
  );
}

/** @throws TypeError unless it is a tensor; ShapeError unless it has four axes */
export function expectHeads(name: string, x: unknown): void {
  if (!(x instanceof Tensor)) throw wrongKind("KeyValueCache", name, "a Tensor", x);
  if (x.rank !== 4) throw new ShapeError(`KeyValueCache: ${name} ${x.describe()} is not [batch, seq, heads, headDim]`);
}

/** Writes [batch, seq, heads, dim] into a larger tensor at a position, in place. */
export function place(whole: Tensor<HeadShape>, start: number, part: Tensor): void {
  const [batch, size, heads, dim] = whole.shape;
  kernels().place(whole.buffer, { outer: batch, size, inner: heads * dim }, start, part.buffer);
}
