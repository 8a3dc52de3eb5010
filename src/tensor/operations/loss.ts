import { type Checks, checkOptions, oneOf } from "../../checks";
import { ShapeError } from "../../errors";
import { kernels, type LossSpec } from "../../kernels";
import { crossEntropy as lossOfRows } from "../../kernels/internal";
import { knownAs } from "../../synonyms";
import { expectIndexShape, type Ids, indices, isWhole } from "../ids";
import { type Operations, result } from "../record";
import { sizeOf } from "../shape";
import type { Shape } from "../shape-types";
import { expectTensor, Tensor } from "../tensor";
import { divide, multiply } from "./elementwise";
import { gatherRows } from "./embedding";
import { negate } from "./functions";
import { reshape } from "./layout";
import { logSoftmax } from "./normalization";
import { sum } from "./reduction";
import { where } from "./select";

export interface CrossEntropyOptions {
  /** Targets of this value have no loss and no gradient; −100 if omitted. */
  ignoreIndex?: number | undefined;
  /** A weight for each class, [classes]; the mean is then the weighted mean. */
  weight?: Tensor | undefined;
  reduction?: "mean" | "sum" | "none" | undefined;
}

const crossEntropyChecks: Checks<CrossEntropyOptions> = /* @__PURE__ */ knownAs(
  {
    options: [
      "ignoreIndex ignoreLabel padIndex ignore",
      "weight classWeights classWeight weights",
      "smoothing labelSmoothing",
    ],
  },
  {
    ignoreIndex: isWhole,
    weight: expectTensor,
    reduction: /* @__PURE__ */ oneOf(["mean", "sum", "none"]),
  },
);

/**
 * The mean of −log softmax(logits)[target], in nats: logits [..., classes], targets [...]. If every target is ignored,
 * or there are none, the mean is NaN and the sum 0, as in PyTorch.
 *
 * @throws ShapeError if the targets do not fit the logits; RangeError if one is not a class, naming row and column
 * @example
 * ```ts
 * import { crossEntropy, tensor } from "transformer-blocks";
 * crossEntropy(tensor([[0, 0]]), [1]).item(); // 0.6931472
 * ```
 */
export function crossEntropy(
  logits: Tensor,
  targets: Ids | readonly number[],
  options: CrossEntropyOptions = {},
): Tensor {
  expectTensor("crossEntropy", "logits", logits);
  checkOptions("crossEntropy", options, crossEntropyChecks);
  const { ignoreIndex = -100, weight, reduction = "mean" } = options;
  const classes = logits.shape.at(-1);
  if (classes === undefined) throw new ShapeError("crossEntropy: logits of rank 0 have no classes");
  if (weight !== undefined && (weight.rank !== 1 || weight.size !== classes))
    throw new ShapeError(
      `crossEntropy: the weight ${weight.describe()} does not hold one number for each of ${classes} classes`,
    );
  const found = indices("crossEntropy: targets", targets, classes, ignoreIndex);
  const shape = logits.shape.slice(0, -1);
  // An empty array matches any shape that begins with 0.
  if (targets.length > 0 || shape[0] !== 0) expectIndexShape("crossEntropy: targets", found, shape);
  const rows = sizeOf(shape);
  const spec = { rows, classes, targets: found.values, ignoreIndex, weight: weight?.buffer };
  const losses = result("crossEntropy", [logits], spec, shape, kernels().run(lossOfRows, logits.buffer, spec));
  if (reduction === "none") return losses;
  return reduction === "sum" ? sum(losses) : divide(sum(losses), totalWeight(spec));
}

/** What `crossEntropy` computes for each row, of other operations. */
export function unfusedCrossEntropy(
  [logits]: Operations["crossEntropy"]["inputs"],
  { rows, classes, targets, ignoreIndex, weight }: LossSpec,
  shape: Shape,
): Tensor {
  const counts = targets.map((target) => (target === ignoreIndex ? 0 : 1));
  const classOf = targets.map((target, row) => target * counts[row]!);
  const places = classOf.map((target, row) => row * classes + target);
  const logarithms = reshape(logSoftmax(reshape(logits, [rows, classes])), [rows * classes, 1]);
  const chosen = negate(gatherRows(logarithms, places, [rows, 1]));
  const weighted = weight ? multiply(chosen, gatherRows(new Tensor([classes, 1], weight), classOf, [rows, 1])) : chosen;
  return reshape(where(new Tensor([rows, 1], Float32Array.from(counts)), weighted, 0), shape);
}

/** What the mean divides by: the number of targets that count, or the sum of their weights. */
function totalWeight({ targets, ignoreIndex, weight }: LossSpec): Tensor | number {
  const counted = targets.filter((target) => target !== ignoreIndex);
  if (weight === undefined) return counted.length;
  return sum(new Tensor([counted.length], kernels().gatherRows(weight, counted, 1)));
}
