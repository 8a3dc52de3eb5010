import { refuseMore } from "../../checks";
import { ShapeError } from "../../errors";
import { kernels } from "../../kernels";
import { result } from "../record";
import { broadcast, broadcastSteps, show } from "../shape";
import type { BroadcastShape, Check, Settled, Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { operand } from "./elementwise";

type WhereShape<C extends Shape, A extends Shape, B extends Shape> =
  BroadcastShape<A, B> extends infer Sides extends Shape ? BroadcastShape<C, Sides> : never;

/**
 * a where the condition is not 0, b elsewhere; all three broadcast, and no gradient flows to the condition. A number is
 * a tensor of rank 0.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { tensor, where } from "transformer-blocks";
 * where(tensor([1, 0]), tensor([1, 2]), -1).toArray(); // [1, -1]
 * ```
 */
export function where<
  const C extends Shape = [],
  const A extends Shape = [],
  const B extends Shape = [],
  Wanted extends Shape = Shape,
>(
  condition: (Tensor<C> | number) & Check<WhereShape<C, A, B>, "where: the shapes do not broadcast">,
  a: Tensor<A> | number,
  b: Tensor<B> | number,
): Tensor<Settled<WhereShape<C, A, B>, Wanted>>;
export function where(choice: Tensor | number, a: Tensor | number, b: Tensor | number, ...more: unknown[]): Tensor {
  refuseMore("where", more);
  const condition = operand("where", "condition", choice);
  const left = operand("where", "a", a);
  const right = operand("where", "b", b);
  const { shape } = broadcast("where", broadcast("where", left.shape, right.shape).shape, condition.shape);
  const [stepsCondition, stepsA, stepsB] = [condition, left, right].map((x) => broadcastSteps(x.shape, shape)!);
  const selection = { shape, stepsCondition: stepsCondition!, stepsA: stepsA!, stepsB: stepsB! };
  const output = kernels().where(condition.buffer, left.buffer, right.buffer, selection);
  return result("where", [left, right], { condition }, shape, output);
}

/**
 * x with a value wherever the mask is not 0; x and the mask broadcast. Gradients flow to the elements that stay, and to
 * the value if it is a tensor.
 *
 * @param value a number or a tensor of rank 0; `where` takes one for each element
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { maskedFill, tensor } from "transformer-blocks";
 * maskedFill(tensor([[1, 2], [3, 4]]), tensor([0, 1]), -1).toArray(); // [[1, -1], [3, -1]]
 * ```
 */
export function maskedFill<const S extends Shape, const M extends Shape, Wanted extends Shape = Shape>(
  x: Tensor<S>,
  mask: Tensor<M> & Check<BroadcastShape<S, M>, "maskedFill: the shapes do not broadcast">,
  value: number | Tensor<readonly []>,
): Tensor<Settled<BroadcastShape<S, M>, Wanted>>;
export function maskedFill(x: Tensor, mask: Tensor, value: number | Tensor, ...more: unknown[]): Tensor {
  refuseMore("maskedFill", more);
  expectTensor("maskedFill", "x", x);
  expectTensor("maskedFill", "mask", mask);
  const filling = operand("maskedFill", "value", value);
  if (filling.rank > 0)
    throw new ShapeError(
      `maskedFill: the value ${show(filling.shape)} is not one number; where(mask, value, x) takes one for each element`,
    );
  broadcast("maskedFill", x.shape, mask.shape);
  return where(mask, filling, x);
}
