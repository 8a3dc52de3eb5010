import { refuseMore } from "../../checks";
import { kernels } from "../../kernels";
import { result } from "../record";
import { broadcast, broadcastSteps } from "../shape";
import type { BroadcastShape, Check, Settled, Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { operand } from "./elementwise";

type WhereShape<C extends Shape, A extends Shape, B extends Shape> =
  BroadcastShape<A, B> extends infer Sides extends Shape ? BroadcastShape<C, Sides> : never;

/**
 * a where the condition is not 0, b elsewhere; all three broadcast, and no gradient flows to the condition. A number is
 * a tensor of rank 0.
 */
export function where<
  const C extends Shape,
  const A extends Shape = [],
  const B extends Shape = [],
  Wanted extends Shape = Shape,
>(
  condition: Tensor<C> & Check<WhereShape<C, A, B>, "where: the shapes do not broadcast">,
  a: Tensor<A> | number,
  b: Tensor<B> | number,
): Tensor<Settled<WhereShape<C, A, B>, Wanted>>;
export function where(condition: Tensor, a: Tensor | number, b: Tensor | number, ...more: unknown[]): Tensor {
  refuseMore("where", more);
  expectTensor("where", "condition", condition);
  const left = operand("where", "a", a);
  const right = operand("where", "b", b);
  const { shape } = broadcast("where", broadcast("where", left.shape, right.shape).shape, condition.shape);
  const [stepsCondition, stepsA, stepsB] = [condition, left, right].map((x) => broadcastSteps(x.shape, shape)!);
  const selection = { shape, stepsCondition: stepsCondition!, stepsA: stepsA!, stepsB: stepsB! };
  const output = kernels().where(condition.buffer, left.buffer, right.buffer, selection);
  return result("where", [left, right], { condition }, shape, output);
}
