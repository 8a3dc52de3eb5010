import { type Checks, oneOf, wholeIn } from "../../checks";
import { ShapeError } from "../../errors";
import type { LossSpec } from "../../kernels";
import { knownAs } from "../../synonyms";
import { nestedIndices } from "../nested-indices";
import { sameShape, show, sizeOf } from "../shape";
import type { NestedArray, Shape } from "../shape-types";
import { expectTensor, Tensor } from "../tensor";
import { divide, multiply } from "./elementwise";
import { sum } from "./reduction";
import { put, take } from "./take";

/** How the losses of the rows or elements become one number. */
export type LossReduction = "mean" | "sum" | "none";

/** What a loss gives of its terms. */
export interface ReductionOption<R extends string | undefined = LossReduction | undefined> {
  /** "mean" if omitted. */
  reduction?: R | undefined;
}

/** A class for each row: whole numbers in nested arrays, or a tensor of them. */
export type Targets = NestedArray | Tensor;

/** How a loss counts its targets. */
export interface TargetOptions {
  /** Targets of this value have no loss and no gradient; −100 if omitted. */
  ignoreIndex?: number | undefined;
  /** A weight for each class, [classes]; the mean is then the weighted mean. No gradient flows to it. */
  weight?: Tensor | undefined;
}

export const reductionCheck: Checks<ReductionOption> = {
  reduction: /* @__PURE__ */ oneOf(["mean", "sum", "none"]),
};
export const targetChecks: Checks<TargetOptions> = /* @__PURE__ */ knownAs(
  { options: ["ignoreIndex ignoreLabel padIndex ignore", "weight classWeights classWeight weights"] },
  { ignoreIndex: /* @__PURE__ */ wholeIn({ least: -(2 ** 31), most: 2 ** 31 - 1 }), weight: expectTensor },
);

/** The classes of scores [..., classes]. @throws ShapeError if there is none, or the weight does not fit */
export function classesOf(operation: string, name: string, scores: Tensor, weight: Tensor | undefined): number {
  const classes = scores.shape.at(-1);
  if (classes === undefined) throw new ShapeError(`${operation}: ${name} of rank 0 have no classes`);
  if (weight !== undefined && (weight.rank !== 1 || weight.size !== classes))
    throw new ShapeError(
      `${operation}: the weight ${weight.describe()} does not hold one number for each of ${classes} classes`,
    );
  return classes;
}

/** A class for each row of scores [..., classes]. */
export function targetSpec(
  operation: string,
  name: string,
  scores: Tensor,
  targets: Targets,
  { ignoreIndex = -100, weight }: TargetOptions,
): LossSpec {
  const classes = classesOf(operation, name, scores, weight);
  const found = nestedIndices(`${operation}: targets`, targets, classes, ignoreIndex);
  const shape = scores.shape.slice(0, -1);
  const isEmpty = found.values.length === 0 && sizeOf(shape) === 0;
  if (!isEmpty && !sameShape(found.shape, shape)) throw misfit(operation, name, found.shape, scores.shape);
  return { rows: sizeOf(shape), classes, targets: found.values, ignoreIndex, weight: weight?.buffer };
}

function misfit(operation: string, name: string, found: Shape, scores: Shape): ShapeError {
  const wanted = scores.slice(0, -1);
  const order = scores.map((_, axis) => axis).toSpliced(1, 1);
  const isSecond = scores.length > 2 && sameShape(found, scores.toSpliced(1, 1));
  const hint = isSecond ? `; if the classes are axis 1, as in PyTorch: permute(${name}, ${show([...order, 1])})` : "";
  return new ShapeError(
    `${operation}: targets has shape ${show(found)} (${sizeOf(found)} ids) but must have shape ${show(wanted)}${hint}`,
  );
}

const counted = ({ targets, ignoreIndex }: LossSpec): Int32Array => targets.filter((target) => target !== ignoreIndex);

/** What the mean divides by: the number of targets that count, or the sum of their weights. */
export function totalWeight(spec: LossSpec): Tensor | number {
  const weights = weightsOf(spec);
  return weights === undefined ? counted(spec).length : sum(weights);
}

/** The weights of the targets that count. */
function weightsOf(spec: LossSpec): Tensor | undefined {
  const { classes, weight } = spec;
  if (weight === undefined) return undefined;
  const places = counted(spec);
  const axis = { outer: 1, size: classes, inner: 1 };
  return take(new Tensor([classes], weight), { axis, places }, [places.length]);
}

/** −weight · logProbabilities[target] of each row; 0 where the target is ignored. */
export function chosenLosses(logProbabilities: Tensor, spec: LossSpec, shape: Shape): Tensor {
  const { rows, classes, targets, ignoreIndex } = spec;
  const rowsCounted = Int32Array.from(targets.keys()).filter((row) => targets[row] !== ignoreIndex);
  const places = rowsCounted.map((row) => row * classes + targets[row]!);
  const axis = { outer: 1, size: rows * classes, inner: 1 };
  const chosen = take(logProbabilities, { axis, places, of: spec }, [places.length]);
  const losses = multiply(chosen, -1);
  const weighted = multiply(losses, weightsOf(spec) ?? 1);
  return put(weighted, { axis: { outer: 1, size: rows, inner: 1 }, places: rowsCounted }, shape);
}

/** The losses, their sum, or their sum divided by what counts. */
export function reducedLoss(losses: Tensor, reduction: LossReduction, count: () => Tensor | number): Tensor {
  if (reduction === "none") return losses;
  return reduction === "sum" ? sum(losses) : divide(sum(losses), count());
}
