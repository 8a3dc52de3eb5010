import { kernels } from "../../kernels";
import { result } from "../record";
import { broadcast, broadcastSteps } from "../shape";
import { expectTensor, Tensor } from "../tensor";

/**
 * a where the condition is not 0, b elsewhere; all three broadcast, and no gradient flows to the condition.
 * Numbers stand for tensors of rank 0.
 */
export function where(condition: Tensor, a: Tensor | number, b: Tensor | number): Tensor {
  expectTensor("where", "condition", condition);
  const [left, right] = [a, b].map((value) =>
    typeof value === "number" ? new Tensor([], Float32Array.of(value)) : value,
  );
  expectTensor("where", "a", left);
  expectTensor("where", "b", right);
  const { shape } = broadcast("where", broadcast("where", left.shape, right.shape).shape, condition.shape);
  const [stepsCondition, stepsA, stepsB] = [condition, left, right].map((x) => broadcastSteps(x.shape, shape)!);
  const selection = { shape, stepsCondition: stepsCondition!, stepsA: stepsA!, stepsB: stepsB! };
  const output = kernels().where(condition.buffer, left.buffer, right.buffer, selection);
  return result("where", [left, right], { condition }, shape, output);
}
