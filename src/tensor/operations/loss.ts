import { type Checks, checkOptions, numberIn } from "../../checks";
import { kernels, type LossSpec } from "../../kernels";
import { crossEntropy as lossOfRows } from "../../kernels/internal";
import { knownAs } from "../../synonyms";
import { result } from "../record";
import { sameShape, sizeOf } from "../shape";
import type { LossShape, RowsShape, Shape } from "../shape-types";
import type { Operations } from "../steps";
import { expectTensor, Tensor } from "../tensor";
import { add, multiply } from "./elementwise";
import { negate } from "./functions";
import { logSoftmax } from "./normalization";
import { sum } from "./reduction";
import { where } from "./select";
import {
  chosenLosses,
  classesOf,
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

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions<R extends LossReduction | undefined = LossReduction | undefined>
  extends TargetOptions,
    ReductionOption<R> {
  /** The share of each target that is spread evenly over all classes; 0 if omitted. */
  labelSmoothing?: number | undefined;
}

const crossEntropyChecks: Checks<CrossEntropyOptions> = /* @__PURE__ */ knownAs(
  { options: ["labelSmoothing smoothing"] },
  { ...targetChecks, ...reductionCheck, labelSmoothing: /* @__PURE__ */ numberIn({ least: 0, most: 1 }) },
);

/**
 * The mean of −log softmax(logits)[target], in nats: logits [..., classes], targets [...], or a tensor of a probability
 * for each class, [..., classes]: then −Σ target · log softmax(logits). The classes are the last axis; PyTorch has them
 * on axis 1, which `permute` moves. If every target is ignored, or there are none, the mean is NaN and the sum 0, as in
 * PyTorch.
 *
 * With `labelSmoothing` s, a target is (1 − s) of itself and s / classes of every class.
 *
 * @throws ShapeError if the targets do not fit the logits; RangeError if one is not a class, naming row and column
 * @see Szegedy et al. 2015, Rethinking the Inception Architecture (arXiv 1512.00567), section 7, for label smoothing
 * @example
 * ```ts
 * import { crossEntropy, tensor } from "transformer-blocks";
 * crossEntropy(tensor([[0, 0]]), [1]).item(); // 0.6931472
 * crossEntropy(tensor([[2, 0]]), tensor([[0.5, 0.5]])).item(); // 1.126928
 * ```
 */
export function crossEntropy<S extends Shape, const R extends LossReduction | undefined = undefined>(
  logits: Tensor<S>,
  targets: Targets,
  options?: CrossEntropyOptions<R>,
): Tensor<LossShape<RowsShape<S>, R>>;
export function crossEntropy(logits: Tensor, targets: Targets, options: CrossEntropyOptions = {}): Tensor {
  expectTensor("crossEntropy", "logits", logits);
  checkOptions("crossEntropy", options, crossEntropyChecks);
  const { labelSmoothing = 0, reduction = "mean" } = options;
  const rows = logits.shape.slice(0, -1);
  if (targets instanceof Tensor && logits.rank > 0 && sameShape(targets.shape, logits.shape))
    return reducedLoss(softLosses(logits, targets, options), reduction, () => sizeOf(rows));
  const spec = targetSpec("crossEntropy", "logits", logits, targets, options);
  const losses = result("crossEntropy", [logits], spec, rows, kernels().run(lossOfRows, logits.buffer, spec));
  const smoothed = labelSmoothing === 0 ? losses : smoothedLosses(losses, logits, spec, options);
  return reducedLoss(smoothed, reduction, () => totalWeight(spec));
}

/** −Σ weight · target · log softmax(logits), the targets being probabilities. */
function softLosses(logits: Tensor, targets: Tensor, options: CrossEntropyOptions): Tensor {
  const { weight, labelSmoothing = 0, ignoreIndex } = options;
  if (ignoreIndex !== undefined)
    throw new RangeError(
      "crossEntropy: ignoreIndex is of no use if the targets are probabilities; give a row zeros instead",
    );
  const classes = classesOf("crossEntropy", "logits", logits, weight);
  const smoothed =
    labelSmoothing === 0 ? targets : add(multiply(targets, 1 - labelSmoothing), labelSmoothing / classes);
  return spreadLosses(multiply(smoothed, logSoftmax(logits)), weight?.buffer);
}

/** −Σ weight · logProbabilities over the classes. */
function spreadLosses(logProbabilities: Tensor, weight: LossSpec["weight"]): Tensor {
  const classes = logProbabilities.shape.at(-1)!;
  const weighted = weight === undefined ? logProbabilities : multiply(logProbabilities, new Tensor([classes], weight));
  return negate(sum(weighted, { axis: -1 }));
}

/** A share of the losses, and the rest for all classes alike. */
function smoothedLosses(
  losses: Tensor,
  logits: Tensor,
  { targets, ignoreIndex, classes, weight }: LossSpec,
  { labelSmoothing = 0 }: CrossEntropyOptions,
): Tensor {
  const spread = spreadLosses(logSoftmax(logits), weight);
  const counts = new Tensor(
    losses.shape,
    Float32Array.from(targets, (target) => Number(target !== ignoreIndex)),
  );
  return add(multiply(losses, 1 - labelSmoothing), multiply(where(counts, spread, 0), labelSmoothing / classes));
}

/** What `crossEntropy` computes for each row, of other operations. */
export const unfusedCrossEntropy = (
  [logits]: Operations["crossEntropy"]["inputs"],
  spec: LossSpec,
  shape: Shape,
): Tensor => chosenLosses(logSoftmax(logits), spec, shape);
