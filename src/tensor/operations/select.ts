import { ShapeError } from "../../errors";
import { kernels } from "../../kernels";
import type { Random } from "../random";
import { result } from "../record";
import { broadcast, broadcastSteps, show } from "../shape";
import type { Shape } from "../shape-types";
import { expectTensor, Tensor } from "../tensor";
import { multiply } from "./elementwise";

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
  return result("where", [left, right], { condition }, shape, choose(condition, left, right, shape));
}

function choose(condition: Tensor, a: Tensor, b: Tensor, shape: readonly number[]): Float32Array {
  // Read at its broadcast place, an operand is its sum with zero.
  const spread = (x: Tensor) => {
    const steps = broadcastSteps(x.shape, shape);
    if (steps === undefined) throw new ShapeError(`where: ${show(x.shape)} does not broadcast to ${show(shape)}`);
    return kernels().binary("add", x.buffer, Float32Array.of(0), { shape, stepsA: steps, stepsB: shape.map(() => 0) });
  };
  const [keep, left, right] = [spread(condition), spread(a), spread(b)];
  return keep.map((value, i) => (value !== 0 ? left[i]! : right[i]!));
}

/**
 * Zeros a share of the elements and scales the others by 1 / (1 − rate), so that the expectation stays.
 *
 * @param options.rate the share that is zeroed, from 0 up to but not including 1
 * @see Srivastava et al. 2014, Dropout (JMLR 15)
 */
export function dropout<const S extends Shape>(x: Tensor<S>, options: { rate: number; random: Random }): Tensor<S> {
  expectTensor("dropout", "x", x);
  const { rate, random } = options;
  if (!(rate >= 0 && rate < 1))
    throw new RangeError(`dropout: the rate must be from 0 up to but not including 1, not ${rate}`);
  if (rate === 0) return x;
  const keep = random.uniform(x.size).map((u) => (u < rate ? 0 : 1 / (1 - rate)));
  return multiply<Shape, Shape>(x, new Tensor(x.shape, keep)) as Tensor<S>;
}
