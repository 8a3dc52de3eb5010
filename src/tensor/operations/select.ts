import { type Checks, checkOptions, instanceOf, numberIn, refuseMore } from "../../checks";
import { kernels } from "../../kernels";
import { Random } from "../random";
import { result } from "../record";
import { broadcast, broadcastSteps } from "../shape";
import type { BroadcastShape, Check, Settled, Shape } from "../shape-types";
import { expectTensor, Tensor } from "../tensor";
import { multiply, operand } from "./elementwise";

type WhereShape<C extends Shape, A extends Shape, B extends Shape> =
  BroadcastShape<A, B> extends infer Sides extends Shape ? BroadcastShape<C, Sides> : never;

/**
 * a where the condition is not 0, b elsewhere; all three broadcast, and no gradient flows to the condition.
 * Numbers stand for tensors of rank 0.
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

interface DropoutOptions {
  rate: number;
  random: Random;
}
const dropoutChecks: Checks<DropoutOptions> = {
  rate: /* @__PURE__ */ numberIn({ least: 0, below: 1 }),
  random: /* @__PURE__ */ instanceOf(Random, "a stream of random numbers, as random(seed) gives"),
};

/**
 * Zeros a share of the elements and scales the others by 1 / (1 − rate), so that the expectation stays.
 *
 * @param options.rate the share that is zeroed, from 0 up to but not including 1
 * @see Srivastava et al. 2014, Dropout (JMLR 15)
 */
export function dropout<const S extends Shape>(x: Tensor<S>, options: DropoutOptions): Tensor<S> {
  expectTensor("dropout", "x", x);
  checkOptions("dropout", options, dropoutChecks, ["rate", "random"]);
  const { rate, random } = options;
  if (rate === 0) return x;
  const keep = random.uniform(x.size).map((u) => (u < rate ? 0 : 1 / (1 - rate)));
  return multiply<Shape, Shape>(x, new Tensor(x.shape, keep)) as Tensor<S>;
}
