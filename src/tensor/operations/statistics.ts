import { type Check, type Checks, checkOptions, numberIn } from "../../checks";
import { ShapeError } from "../../errors";
import { type Axis, kernels } from "../../kernels";
import { cumulativeSum as addUp, reduce } from "../../kernels/internal";
import { knownAs } from "../../synonyms";
import type { DifferentiableReduction } from "../differentiable";
import { result } from "../record";
import { type AxisOption, type AxisOptions, alongAxis, axisAlong, axisCheck, axisChecks, show } from "../shape";
import type { Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { type Reducing, reducing } from "./reducible";
import * as reductions from "./reductions";

/** The operation of a function of a line and its derivatives, with a setting that an option gives. */
const reduced = <Options extends AxisOptions>(
  f: DifferentiableReduction,
  checks: Checks<Options>,
  settingOf: (options: Options | undefined) => number = () => 0,
): Reducing<Options> =>
  reducing(f.name, checks, ({ lines, axis, shape }, x, options) => {
    const setting = settingOf(options);
    if (f.needsElements?.(setting) && axis.size === 0 && axis.outer * axis.inner > 0)
      throw new ShapeError(`${f.name}: ${show(x.shape)} has no elements to choose from; leave out what is empty`);
    const output = kernels().run(reduce, f, setting, lines.buffer, axis);
    return result("reduce", [lines], { f, setting, axis }, shape, output);
  });

/**
 * The greatest of all elements, or along one axis or several; NaN if one is NaN. Equal ones share the gradient.
 *
 * @throws ShapeError where there is no element
 * @example
 * ```ts
 * import { max, tensor } from "transformer-blocks";
 * max(tensor([[1, 5], [7, 2]]), { axis: 1 }).toArray(); // [5, 7]
 * ```
 */
export const max: Reducing = /* @__PURE__ */ reduced(reductions.max, axisChecks);

/**
 * The smallest of all elements, or along one axis or several; NaN if one is NaN. Equal ones share the gradient.
 *
 * @throws ShapeError where there is no element
 * @example
 * ```ts
 * import { min, tensor } from "transformer-blocks";
 * min(tensor([[1, 5], [7, 2]]), { axis: 1 }).toArray(); // [1, 2]
 * ```
 */
export const min: Reducing = /* @__PURE__ */ reduced(reductions.min, axisChecks);

/**
 * ln Σ eˣ over all elements, or along one axis or several. Large x do not overflow. Over no elements it is −Infinity.
 *
 * @throws RangeError for an axis that x does not have, or that comes twice
 * @example
 * ```ts
 * import { logSumExp, tensor } from "transformer-blocks";
 * logSumExp(tensor([1000, 1000])).item(); // 1000.6931
 * ```
 */
export const logSumExp: Reducing = /* @__PURE__ */ reduced(reductions.logSumExp, axisChecks);

/**
 * The product of all elements, or along one axis or several; 1 over no elements. Zeros have exact gradients too.
 *
 * @throws RangeError for an axis that x does not have, or that comes twice
 * @example
 * ```ts
 * import { product, tensor } from "transformer-blocks";
 * product(tensor([[1, 2], [3, 4]]), { axis: 1 }).toArray(); // [2, 12]
 * ```
 */
export const product: Reducing = /* @__PURE__ */ reduced(reductions.product, axisChecks);

/** Options of `variance`. */
export interface VarianceOptions extends AxisOptions {
  /** What is subtracted from the number of elements: 1 if omitted, for an estimate from a sample; 0 for a whole population. */
  correction?: number | undefined;
}
const varianceChecks: Checks<VarianceOptions> = /* @__PURE__ */ knownAs(
  { options: ["correction ddof unbiased"] },
  { ...axisChecks, correction: /* @__PURE__ */ numberIn() },
);

/**
 * Σ (x − mean)² / (n − correction) of all n elements, or along one axis or several.
 *
 * @throws RangeError for an axis that x does not have, or that comes twice
 * @example
 * ```ts
 * import { tensor, variance } from "transformer-blocks";
 * variance(tensor([[1, 3], [2, 2]]), { axis: 1 }).toArray(); // [2, 0]
 * ```
 */
export const variance: Reducing<VarianceOptions> = /* @__PURE__ */ reduced(
  reductions.variance,
  varianceChecks,
  (options) => options?.correction ?? 1,
);

/** Options of `norm`. */
export interface NormOptions extends AxisOptions {
  /** The power: 2 if omitted, 1 for Σ |x|, Infinity for the greatest |x|, 0 for the number of nonzero elements. */
  p?: number | undefined;
}
export const powerOfNorm: Check = /* @__PURE__ */ numberIn({ infinite: true });
const normChecks: Checks<NormOptions> = /* @__PURE__ */ knownAs(
  { options: ["p ord order"] },
  { ...axisChecks, p: powerOfNorm },
);

/**
 * (Σ |x|ᵖ)^(1/p) of all elements, or along one axis or several. Where the norm is 0, its gradient is 0.
 *
 * @throws ShapeError for a p that is negative or infinite where there is no element
 * @example
 * ```ts
 * import { norm, tensor } from "transformer-blocks";
 * norm(tensor([3, -4])).item(); // 5
 * norm(tensor([3, -4]), { p: 1 }).item(); // 7
 * ```
 */
export const norm: Reducing<NormOptions> = /* @__PURE__ */ reduced(
  reductions.norm,
  normChecks,
  (options) => options?.p ?? 2,
);

/**
 * Running sums, yᵢ = Σ xⱼ over j ≤ i, along an axis; the last if omitted. The shape stays.
 *
 * @throws RangeError for an axis that x does not have
 * @example
 * ```ts
 * import { cumulativeSum, tensor } from "transformer-blocks";
 * cumulativeSum(tensor([1, 2, 3])).toArray(); // [1, 3, 6]
 * ```
 */
export function cumulativeSum<S extends Shape>(x: Tensor<S>, options: AxisOption = {}): Tensor<S> {
  expectTensor("cumulativeSum", "x", x);
  checkOptions("cumulativeSum", options, axisCheck);
  const axis = alongAxis(x.shape, axisAlong("cumulativeSum", x.shape, options.axis ?? -1));
  return summedUp(x, axis, false) as Tensor<S>;
}

/** Running sums from the start, or from the end if `backward`: each is the gradient of the other. */
export function summedUp(x: Tensor, axis: Axis, backward: boolean): Tensor {
  const sums = kernels().run(addUp, x.buffer, axis, backward);
  return result("cumulativeSum", [x], { axis, backward, again: summedUp }, x.shape, sums);
}
