import { type Checks, checkOptions, instanceOf, numberIn } from "../../checks";
import { kernels } from "../../kernels";
import { Random } from "../random";
import { result } from "../record";
import { broadcast, broadcastSteps } from "../shape";
import type { Shape } from "../shape-types";
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

/**
 * Zeros a share of the elements and scales the others by 1 / (1 − rate), so that the expectation stays.
 *
 * @param options.rate the share that is zeroed, from 0 up to but not including 1
 * @see Srivastava et al. 2014, Dropout (JMLR 15)
 */
export function dropout<const S extends Shape>(x: Tensor<S>, options: { rate: number; random: Random }): Tensor<S> {
  expectTensor("dropout", "x", x);
  checkOptions("dropout", options, optionChecks, ["rate", "random"]);
  const { rate, random } = options;
  if (rate === 0) return x;
  return random.draw((stream) => {
    const spec = { ...stream, rate };
    const { output, kept } = kernels().dropout(x.buffer, spec);
    return { value: result("dropout", [x], { ...spec, kept }, x.shape, output), end: stream.start + x.size };
  });
}

const optionChecks: Checks<{ rate: number; random: Random }> = {
  rate: numberIn({ least: 0, below: 1 }),
  random: instanceOf(Random, "a stream of random numbers, as random(seed) gives"),
};
