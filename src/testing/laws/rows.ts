import { arrayOf, type Check, instanceOf, wholeIn } from "../../checks";
import { concatenate, type HeadShape, multiply, ones, reshape, type Shape, slice, Tensor } from "../../tensor";

export const tensor: Check = instanceOf(Tensor, "a Tensor");
export const places: Check = arrayOf(wholeIn({ least: 0 }), "an array of places");
export const place: Check = wholeIn({ least: 0 });

/** What lies at some places of an axis, in that order. */
export function picked<S extends Shape>(x: Tensor<S>, axis: number, at: readonly number[]): Tensor<S> {
  const length = x.shape[axis] ?? 0;
  for (const i of at) if (i >= length) throw new RangeError(`Law: place ${i} is beyond the ${length} of the input`);
  const parts = at.map((start) => slice(x, { axis, start, end: start + 1 }));
  return reshape(concatenate(parts as Tensor[], { axis }), x.shape.with(axis, at.length)) as Tensor<S>;
}

/** 0, 1, … count − 1. */
export const range = (count: number): number[] => [...new Array(count).keys()];

/** The order that sorts some numbers: any numbers make an order of `count` places. */
export const orderBy = (numbers: readonly number[], count: number): number[] =>
  range(count).sort((a, b) => numbers[a % numbers.length]! - numbers[b % numbers.length]! || a - b);

/** Key heads for the query heads that share them: [batch, keys, keyValueHeads, dim] → [batch, keys, heads, dim]. */
export function repeatHeads(x: Tensor<HeadShape>, heads: number): Tensor<HeadShape> {
  const [batch, keys, keyValueHeads, dim] = x.shape;
  const copies = ones([heads / keyValueHeads, 1]);
  const spread = multiply(reshape(x, [batch, keys, keyValueHeads, 1, dim]) as Tensor, copies as Tensor);
  return reshape(spread, [batch, keys, heads, dim]);
}

/** Of rows that begin with padding: the mask and positions that `generate` gives them. */
export const paddedBefore = ([batch, seq]: readonly number[], padding: number) => {
  const rows = (at: (place: number) => number) =>
    range(batch!).map(() => range(seq!).map((column) => at(column - padding)));
  return { mask: rows((place) => Number(place >= 0)), positions: rows((place) => Math.max(0, place)) };
};
