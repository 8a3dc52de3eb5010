import { refuseMore } from "../../checks";
import { ShapeError } from "../../errors";
import { show } from "../shape";
import type { Check, Settled, Shape, VectorSize } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { multiply } from "./elementwise";
import { reshape } from "./layout";

/**
 * Every element of one vector by every element of another: a [m], b [n] → [m, n].
 *
 * @throws ShapeError unless both are vectors
 * @example
 * ```ts
 * import { outer, tensor } from "transformer-blocks";
 * outer(tensor([1, 2]), tensor([3, 4])).toArray(); // [[3, 4], [6, 8]]
 * ```
 */
export function outer<const A extends Shape, const B extends Shape, Wanted extends Shape = Shape>(
  a: Tensor<A> & Check<VectorSize<A>, "outer: a is not a vector">,
  b: Tensor<B> & Check<VectorSize<B>, "outer: b is not a vector">,
): Tensor<Settled<[VectorSize<A>, VectorSize<B>], Wanted>>;
export function outer(a: Tensor, b: Tensor, ...more: unknown[]): Tensor {
  refuseMore("outer", more);
  expectTensor("outer", "a", a);
  expectTensor("outer", "b", b);
  if (a.rank !== 1 || b.rank !== 1)
    throw new ShapeError(`outer: ${show(a.shape)} and ${show(b.shape)} are not both vectors; use einsum for more axes`);
  return multiply(reshape(a, [a.size, 1]), b);
}
