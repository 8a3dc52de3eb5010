import { type Checks, checkOptions, numberIn } from "../../checks";
import { ShapeError } from "../../errors";
import { type Buffer, kernels, type NormSpec } from "../../kernels";
import { epsilonNames, knownAs } from "../../synonyms";
import { result } from "../record";
import {
  type AxisOption,
  alongAxis,
  axisAlong,
  axisCheck,
  broadcastSteps,
  endsIn,
  sameShape,
  show,
  sizeOf,
} from "../shape";
import type { Check, EndsWith, Shape } from "../shape-types";
import type { Operations } from "../steps";
import { expectTensor, type Tensor } from "../tensor";
import { add, divide, multiply, sqrt, subtract } from "./elementwise";
import { reshape } from "./layout";
import { mean } from "./reduction";

/**
 * yᵢ = e^(xᵢ) / Σⱼ e^(xⱼ) along an axis; the last if omitted.
 *
 * @example
 * ```ts
 * import { softmax, tensor } from "transformer-blocks";
 * softmax(tensor([0, Math.log(3)])).toArray(); // [0.25, 0.75]
 * ```
 */
export function softmax<S extends Shape>(x: Tensor<S>, options?: AxisOption): Tensor<S> {
  const axis = axisOf("softmax", x, options);
  return result("softmax", [x], axis, x.shape, kernels().softmax(x.buffer, axis));
}

/** The softmax along the last axis of a tensor that has axes. A page that needs no other bundles no more of `softmax`. */
export function softmaxOfRows<S extends Shape>(x: Tensor<S>): Tensor<S> {
  const axis = alongAxis(x.shape, x.rank - 1);
  return result("softmax", [x], axis, x.shape, kernels().softmax(x.buffer, axis));
}

/**
 * Softmax over the elements of the last axis where `visible`, which broadcasts, is not 0; zeros elsewhere and in rows
 * where nothing is visible. The gradient is that of softmax, y (g − Σ g y), because y = 0 at hidden elements.
 */
export function maskedSoftmax<S extends Shape>(x: Tensor<S>, visible: Tensor): Tensor<S> {
  const axis = alongAxis(x.shape, x.rank - 1);
  const [condition, own] = [broadcastSteps(visible.shape, x.shape)!, broadcastSteps(x.shape, x.shape)!];
  const selection = { shape: x.shape, stepsCondition: condition, stepsA: own, stepsB: x.shape.map(() => 0) };
  const whereVisible = (values: Buffer, hidden: number) =>
    kernels().where(visible.buffer, values, kernels().fill(1, hidden), selection);
  const weights = kernels().softmax(whereVisible(x.buffer, -Infinity), axis);
  return result("softmax", [x], axis, x.shape, whereVisible(weights, 0));
}

/**
 * The logarithm of `softmax` along an axis, accurate for small probabilities; the last axis if omitted.
 *
 * @example
 * ```ts
 * import { logSoftmax, tensor } from "transformer-blocks";
 * logSoftmax(tensor([0, 0])).toArray(); // [-0.6931472, -0.6931472]
 * ```
 */
export function logSoftmax<S extends Shape>(x: Tensor<S>, options?: AxisOption): Tensor<S> {
  const axis = axisOf("logSoftmax", x, options);
  return result("logSoftmax", [x], axis, x.shape, kernels().logSoftmax(x.buffer, axis));
}

function axisOf(operation: string, x: Tensor, options: AxisOption | undefined) {
  expectTensor(operation, "x", x);
  if (options !== undefined) checkOptions(operation, options, axisCheck);
  return alongAxis(x.shape, axisAlong(operation, x.shape, options?.axis ?? -1));
}

/** The option of norms. */
export interface EpsilonOption {
  /** Added to the variance or the mean square before its root is taken. */
  epsilon?: number | undefined;
}
export const epsilonCheck: Checks<EpsilonOption> = /* @__PURE__ */ knownAs(
  {
    options: [epsilonNames],
  },
  { epsilon: /* @__PURE__ */ numberIn({ least: 0 }) },
);

type Normalized<S extends Shape, W extends Shape, Name extends string> = Check<
  EndsWith<S, W>,
  `${Name}: x does not end in the shape of the weight`
>;

/**
 * (x − mean) / √(variance + ε) · weight + bias over the last axes, as many as the weight has (one without a weight).
 * The variance is the mean of squared deviations.
 *
 * @throws ShapeError if x does not end in the weight's shape
 * @see Ba et al. 2016 (arXiv 1607.06450)
 * @example
 * ```ts
 * import { layerNorm, tensor } from "transformer-blocks";
 * layerNorm(tensor([1, 3]), tensor([1, 2]), tensor([0, 5]), { epsilon: 0 }).toArray(); // [-1, 7]
 * ```
 */
export function layerNorm<const S extends Shape, const W extends Shape = Shape>(
  x: Tensor<S>,
  weight?: Tensor<W> & Normalized<S, W, "layerNorm">,
  bias?: Tensor<W>,
  options?: EpsilonOption,
): Tensor<S> {
  const spec = normSpec("layerNorm", x, weight, options, 1e-5);
  if (bias !== undefined) expectTensor("layerNorm", "bias", bias);
  if (bias !== undefined && !sameShape(bias.shape, weight?.shape ?? x.shape.slice(-1)))
    throw new ShapeError(
      `layerNorm: the bias ${bias.describe()} does not fit ${weight ? `the weight ${weight.describe()}` : `x ${show(x.shape)}`}`,
    );
  const output = kernels().layerNorm(x.buffer, weight?.buffer, bias?.buffer, spec);
  return result("layerNorm", [x, weight, bias], spec, x.shape, output);
}

/**
 * x / √(mean(x²) + ε) · weight over the last axes, as many as the weight has.
 *
 * @throws ShapeError if x does not end in the weight's shape
 * @see Zhang and Sennrich 2019 (arXiv 1910.07467)
 * @example
 * ```ts
 * import { rmsNorm, tensor } from "transformer-blocks";
 * rmsNorm(tensor([1, 7]), tensor([5, 10]), { epsilon: 0 }).toArray(); // [1, 14]
 * ```
 */
export function rmsNorm<const S extends Shape, const W extends Shape = Shape>(
  x: Tensor<S>,
  weight?: Tensor<W> & Normalized<S, W, "rmsNorm">,
  options?: EpsilonOption,
): Tensor<S> {
  const spec = normSpec("rmsNorm", x, weight, options, 1e-6);
  const output = kernels().rmsNorm(x.buffer, weight?.buffer, spec);
  return result("rmsNorm", [x, weight], spec, x.shape, output);
}

/** What `layerNorm` computes, of other operations. */
export function unfusedLayerNorm([x, weight, bias]: Operations["layerNorm"]["inputs"], spec: NormSpec): Tensor {
  const rows = reshape(x, [spec.rows, spec.size]);
  const centred = subtract(rows, mean(rows, alongRow));
  const scaled = unfusedRmsNorm([reshape(centred, x.shape), weight], spec);
  return bias ? add(scaled, bias) : scaled;
}

/** What `rmsNorm` computes, of other operations. */
export function unfusedRmsNorm([x, weight]: Operations["rmsNorm"]["inputs"], spec: NormSpec): Tensor {
  const rows = reshape(x, [spec.rows, spec.size]);
  const squares = mean(multiply(rows, rows), alongRow);
  const scaled = reshape(divide(rows, sqrt(add(squares, spec.epsilon))), x.shape);
  return weight ? multiply(scaled, weight) : scaled;
}

const alongRow = { axis: 1, keepAxis: true } as const;

function normSpec(
  operation: string,
  x: Tensor,
  weight: Tensor | undefined,
  options: EpsilonOption | undefined,
  usual: number,
) {
  expectTensor(operation, "x", x);
  if (weight !== undefined) expectTensor(operation, "weight", weight);
  if (options !== undefined) checkOptions(operation, options, epsilonCheck);
  if (x.rank === 0) throw new ShapeError(`${operation}: a single number cannot be normalized`);
  const normalized = weight?.shape ?? [x.shape.at(-1)!];
  if (normalized.length === 0 || !endsIn(x.shape, normalized))
    throw new ShapeError(
      `${operation}: x ${show(x.shape)} does not end in the shape of the weight ${weight?.describe()}`,
    );
  const size = sizeOf(normalized);
  return { rows: size === 0 ? 0 : x.size / size, size, epsilon: options?.epsilon ?? usual };
}
