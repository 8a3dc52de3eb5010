import { type Checks, checkOptions, numberIn } from "../../checks";
import { ShapeError } from "../../errors";
import { type Axis, kernels } from "../../kernels";
import { cumulativeSum as addUp, reduce } from "../../kernels/internal";
import { knownAs } from "../../synonyms";
import type { DifferentiableReduction } from "../differentiable";
import { result } from "../record";
import { type AxisOption, type AxisOptions, alongAxis, axisAlong, axisCheck, axisChecks, show } from "../shape";
import type { Axes, ReducedShape, Settled, Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { reducible } from "./reducible";
import * as reductions from "./reductions";

/** An operation that reduces all elements, or those along one axis or several. */
type Reducing = <
  const S extends Shape,
  const Axis extends Axes = undefined,
  const Keep extends boolean | undefined = undefined,
  Wanted extends Shape = Shape,
>(
  x: Tensor<S>,
  options?: AxisOptions<Axis, Keep>,
) => Tensor<Settled<ReducedShape<S, Axis, Keep>, Wanted>>;

/** The operation of a function of a line and its derivatives. */
const reducing = (f: DifferentiableReduction): Reducing =>
  ((x: Tensor, options?: AxisOptions) => {
    expectTensor(f.name, "x", x);
    return reduced(f, 0, x, options, axisChecks);
  }) as Reducing;

function reduced<Options extends AxisOptions>(
  f: DifferentiableReduction,
  setting: number,
  x: Tensor,
  options: Options | undefined,
  checks: Checks<Options>,
): Tensor {
  const { lines, axis, shape } = reducible(f.name, x, options, checks);
  if (f.needsElements?.(setting) && axis.size === 0 && axis.outer * axis.inner > 0)
    throw new ShapeError(`${f.name}: ${show(x.shape)} has no elements to choose from; leave out what is empty`);
  const output = kernels().run(reduce, f, setting, lines.buffer, axis);
  return result("reduce", [lines], { f, setting, axis }, shape, output);
}

/**
 * The greatest of all elements, or along one axis or several; NaN if one is NaN. Equal ones share the gradient.
 *
 * @throws ShapeError where there is no element
 */
export const max: Reducing = /* @__PURE__ */ reducing(reductions.max);

/**
 * The smallest of all elements, or along one axis or several; NaN if one is NaN. Equal ones share the gradient.
 *
 * @throws ShapeError where there is no element
 */
export const min: Reducing = /* @__PURE__ */ reducing(reductions.min);

/** ln Σ e^x over all elements, or along one axis or several, of which no power overflows. */
export const logSumExp: Reducing = /* @__PURE__ */ reducing(reductions.logSumExp);

/** The product of all elements, or along one axis or several. */
export const product: Reducing = /* @__PURE__ */ reducing(reductions.product);

export interface VarianceOptions<Axis extends Axes = Axes, Keep extends boolean | undefined = boolean | undefined>
  extends AxisOptions<Axis, Keep> {
  /** What is subtracted from the number of elements: 1 if omitted, for the estimate from a sample; 0 for all there is. */
  correction?: number | undefined;
}
const varianceChecks: Checks<VarianceOptions> = /* @__PURE__ */ knownAs(
  { options: ["correction ddof unbiased"] },
  { ...axisChecks, correction: /* @__PURE__ */ numberIn() },
);

/**
 * Σ (x − mean)² / (n − correction) of all n elements, or along one axis or several.
 *
 * @example
 * ```ts
 * import { tensor, variance } from "transformer-blocks";
 * variance(tensor([[1, 3], [2, 2]]), { axis: 1 }).toArray(); // [2, 0]
 * ```
 */
export function variance<
  const S extends Shape,
  const Axis extends Axes = undefined,
  const Keep extends boolean | undefined = undefined,
  Wanted extends Shape = Shape,
>(x: Tensor<S>, options?: VarianceOptions<Axis, Keep>): Tensor<Settled<ReducedShape<S, Axis, Keep>, Wanted>>;
export function variance(x: Tensor, options?: VarianceOptions): Tensor {
  expectTensor("variance", "x", x);
  return reduced(reductions.variance, options?.correction ?? 1, x, options, varianceChecks);
}

export interface NormOptions<Axis extends Axes = Axes, Keep extends boolean | undefined = boolean | undefined>
  extends AxisOptions<Axis, Keep> {
  /** The power: 2 if omitted, 1 for the sum of sizes, Infinity for the greatest, 0 for the number of nonzero elements. */
  p?: number | undefined;
}
const normChecks: Checks<NormOptions> = /* @__PURE__ */ knownAs(
  { options: ["p ord order"] },
  { ...axisChecks, p: /* @__PURE__ */ numberIn({ infinite: true }) },
);

/**
 * (Σ |x|ᵖ)^(1/p) of all elements, or along one axis or several. The gradient of a norm of 0 is 0.
 *
 * @throws ShapeError for a p that is negative or infinite where there is no element
 * @example
 * ```ts
 * import { norm, tensor } from "transformer-blocks";
 * norm(tensor([3, -4])).item(); // 5
 * norm(tensor([3, -4]), { p: 1 }).item(); // 7
 * ```
 */
export function norm<
  const S extends Shape,
  const Axis extends Axes = undefined,
  const Keep extends boolean | undefined = undefined,
  Wanted extends Shape = Shape,
>(x: Tensor<S>, options?: NormOptions<Axis, Keep>): Tensor<Settled<ReducedShape<S, Axis, Keep>, Wanted>>;
export function norm(x: Tensor, options?: NormOptions): Tensor {
  expectTensor("norm", "x", x);
  return reduced(reductions.norm, options?.p ?? 2, x, options, normChecks);
}

/** yᵢ = Σ xⱼ over j ≤ i along an axis; the last if omitted. */
export function cumulativeSum<S extends Shape>(x: Tensor<S>, options: AxisOption = {}): Tensor<S> {
  expectTensor("cumulativeSum", "x", x);
  checkOptions("cumulativeSum", options, axisCheck);
  const axis = alongAxis(x.shape, axisAlong("cumulativeSum", x.shape, options.axis ?? -1));
  return summedUp(x, axis, false) as Tensor<S>;
}

/** Running sums from the start, or from the end if `backward`: each is the gradient of the other. */
export function summedUp(x: Tensor, axis: Axis, backward: boolean): Tensor {
  const sums = kernels().run(addUp, x.buffer, axis, backward);
  return result("cumulativeSum", [x], { axis, backward }, x.shape, sums);
}
