import { type Checks, checkOptions, expectBoolean, oneOf } from "../../checks";
import { ShapeError } from "../../errors";
import { knownAs } from "../../synonyms";
import { broadcast, sameShape, show } from "../shape";
import type { LossShape, RowsShape, Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { softplus } from "./activations";
import { add, exp, log, multiply, subtract } from "./elementwise";
import { negate } from "./functions";
import { equal } from "./pairs";
import { where } from "./select";
import { stopGradient } from "./stop-gradient";
import {
  chosenLosses,
  type LossReduction,
  type ReductionOption,
  reducedLoss,
  reductionCheck,
  type TargetOptions,
  type Targets,
  targetChecks,
  targetSpec,
  totalWeight,
} from "./targets";

/** Options of `negativeLogLikelihood`. */
export interface NegativeLogLikelihoodOptions<R extends LossReduction | undefined = LossReduction | undefined>
  extends TargetOptions,
    ReductionOption<R> {}
const likelihoodChecks: Checks<NegativeLogLikelihoodOptions> = { ...targetChecks, ...reductionCheck };

/**
 * The mean of −logProbabilities[target]: log probabilities [..., classes], as `logSoftmax` gives them, and targets [...].
 * `crossEntropy` takes logits and does both at once. The classes are the last axis; PyTorch has them on axis 1. If every
 * target is ignored, or there are none, the mean is NaN and the sum 0.
 *
 * @throws ShapeError if the targets do not fit; RangeError if one is not a class, naming its place
 * @example
 * ```ts
 * import { logSoftmax, negativeLogLikelihood, tensor } from "transformer-blocks";
 * negativeLogLikelihood(logSoftmax(tensor([[0, 0]])), [1]).item(); // 0.6931472
 * ```
 */
export function negativeLogLikelihood<S extends Shape, const R extends LossReduction | undefined = undefined>(
  logProbabilities: Tensor<S>,
  targets: Targets,
  options?: NegativeLogLikelihoodOptions<R>,
): Tensor<LossShape<RowsShape<S>, R>>;
export function negativeLogLikelihood(
  logProbabilities: Tensor,
  targets: Targets,
  options: NegativeLogLikelihoodOptions = {},
): Tensor {
  const name = "negativeLogLikelihood";
  expectTensor(name, "logProbabilities", logProbabilities);
  checkOptions(name, options, likelihoodChecks);
  const spec = targetSpec(name, "logProbabilities", logProbabilities, targets, options);
  const losses = chosenLosses(logProbabilities, spec, logProbabilities.shape.slice(0, -1));
  return reducedLoss(losses, options.reduction ?? "mean", () => totalWeight(spec));
}

/** Options of `klDivergence`. */
export interface KlDivergenceOptions<
  R extends LossReduction | "batchMean" | undefined = LossReduction | "batchMean" | undefined,
> {
  /** "batchMean" divides the sum by the size of the first axis: the divergence itself. "mean" if omitted, over all elements. */
  reduction?: R | undefined;
  /** Whether the target is given as logarithms too; false if omitted. */
  logTarget?: boolean | undefined;
}
const divergenceChecks: Checks<KlDivergenceOptions> = {
  reduction: /* @__PURE__ */ oneOf(["mean", "sum", "none", "batchMean"]),
  logTarget: expectBoolean,
};

/**
 * The Kullback–Leibler divergence of a distribution from the target, KL(target ‖ e^input) = Σ target · (log target −
 * input): input log probabilities, target probabilities of the same shape. A probability of 0 adds 0.
 *
 * @throws ShapeError unless both have one shape
 * @example
 * ```ts
 * import { klDivergence, log, tensor } from "transformer-blocks";
 * const input = log(tensor([[0.5, 0.5]]));
 * klDivergence(input, tensor([[1, 0]]), { reduction: "batchMean" }).item(); // 0.6931472
 * ```
 */
export function klDivergence<S extends Shape, const R extends LossReduction | "batchMean" | undefined = undefined>(
  input: Tensor<S>,
  target: Tensor,
  options?: KlDivergenceOptions<R>,
): Tensor<LossShape<S, R>>;
export function klDivergence(input: Tensor, target: Tensor, options: KlDivergenceOptions = {}): Tensor {
  expectAlike("klDivergence", { input, target });
  checkOptions("klDivergence", options, divergenceChecks);
  const { reduction = "mean", logTarget = false } = options;
  const losses = logTarget
    ? multiply(exp(target), subtract(target, input))
    : subtract(timesLogarithm(target), multiply(target, input));
  if (reduction === "batchMean") return reducedLoss(losses, "mean", () => input.shape[0] ?? 1);
  return reducedLoss(losses, reduction, () => losses.size);
}

/** x · log x, 0 at 0. The inner 1 keeps an infinite slope out of the gradient there. */
function timesLogarithm(x: Tensor): Tensor {
  return multiply(x, log(where(equal(x, 0), 1, x)));
}

/**
 * The mean of (a − b)².
 *
 * @throws ShapeError unless both have one shape: [n] against [n, 1] would silently compare all pairs
 * @example
 * ```ts
 * import { meanSquaredError, tensor } from "transformer-blocks";
 * meanSquaredError(tensor([1, 2]), tensor([1, 4])).item(); // 2
 * ```
 */
export function meanSquaredError<S extends Shape, const R extends LossReduction | undefined = undefined>(
  a: Tensor<S>,
  b: Tensor,
  options?: ReductionOption<R>,
): Tensor<LossShape<S, R>>;
export function meanSquaredError(a: Tensor, b: Tensor, options: ReductionOption = {}): Tensor {
  expectAlike("meanSquaredError", { a, b });
  checkOptions("meanSquaredError", options, reductionCheck);
  const difference = subtract(a, b) as Tensor;
  return reducedLoss(multiply(difference, difference), options.reduction ?? "mean", () => a.size);
}

/** Options of `binaryCrossEntropy`. */
export interface BinaryCrossEntropyOptions<R extends LossReduction | undefined = LossReduction | undefined>
  extends ReductionOption<R> {
  /** A factor of each loss; broadcasts to the logits. No gradient flows to it. */
  weight?: Tensor | undefined;
  /** A factor of the positive part of each loss; broadcasts to the logits. No gradient flows to it. */
  positiveWeight?: Tensor | undefined;
}
const binaryChecks: Checks<BinaryCrossEntropyOptions> = /* @__PURE__ */ knownAs(
  { options: ["positiveWeight posWeight"] },
  { weight: expectTensor, positiveWeight: expectTensor, ...reductionCheck },
);

/**
 * The mean of −(p · t · log σ(x) + (1 − t) · log(1 − σ(x))) with logits x, targets t between 0 and 1 and a positive
 * weight p of 1: for labels that do not exclude each other. It does not overflow.
 *
 * @throws ShapeError unless logits and target have one shape, and the weights broadcast to it
 * @example
 * ```ts
 * import { binaryCrossEntropy, tensor } from "transformer-blocks";
 * binaryCrossEntropy(tensor([0, 0]), tensor([1, 0])).item(); // 0.6931472
 * ```
 */
export function binaryCrossEntropy<S extends Shape, const R extends LossReduction | undefined = undefined>(
  logits: Tensor<S>,
  target: Tensor,
  options?: BinaryCrossEntropyOptions<R>,
): Tensor<LossShape<S, R>>;
export function binaryCrossEntropy(logits: Tensor, target: Tensor, options: BinaryCrossEntropyOptions = {}): Tensor {
  expectAlike("binaryCrossEntropy", { logits, target });
  checkOptions("binaryCrossEntropy", options, binaryChecks);
  const weight = constantLike(logits, "weight", options.weight);
  const positive = constantLike(logits, "positiveWeight", options.positiveWeight);
  // −log σ(x) = softplus(−x), and −log(1 − σ(x)) = x + softplus(−x).
  const factor = positive === undefined ? 1 : add(multiply(subtract(positive, 1), target), 1);
  const soft = multiply(factor, softplus(negate(logits)));
  const losses = add(multiply(subtract(1, target), logits), soft);
  return reducedLoss(multiply(losses, weight ?? 1), options.reduction ?? "mean", () => logits.size);
}

/** A weight as a constant. */
function constantLike(logits: Tensor, name: string, weight: Tensor | undefined): Tensor | undefined {
  if (weight === undefined) return undefined;
  const { shape } = broadcast("binaryCrossEntropy", logits.shape, weight.shape);
  if (!sameShape(shape, logits.shape))
    throw new ShapeError(
      `binaryCrossEntropy: ${name} ${show(weight.shape)} does not broadcast to the logits ${show(logits.shape)}`,
    );
  return stopGradient(weight);
}

/** Throws unless both are tensors of one shape. */
function expectAlike(operation: string, operands: Readonly<Record<string, Tensor>>): void {
  for (const [name, x] of Object.entries(operands)) expectTensor(operation, name, x);
  const [[a, first], [b, second]] = Object.entries(operands) as [[string, Tensor], [string, Tensor]];
  if (!sameShape(first.shape, second.shape))
    throw new ShapeError(`${operation}: ${a} ${show(first.shape)} and ${b} ${show(second.shape)} differ in shape`);
}
