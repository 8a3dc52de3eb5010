import { type Checks, checkOptions } from "../../checks";
import { knownAs } from "../../synonyms";
import { axesCheck, axesOf, axisAlong, axisCheck, broadcast } from "../shape";
import type { Axes, BroadcastShape, Check, ReducedShape, Settled, Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { expand } from "./axes";
import { clamp } from "./clamp";
import { divide, multiply } from "./elementwise";
import { epsilonCheck } from "./normalization";
import { sum } from "./reduction";
import { norm, powerOfNorm } from "./statistics";

/** Options of `normalize`. */
export interface NormalizeOptions {
  /** The power of the norm: 2 if omitted. */
  p?: number | undefined;
  /** One axis or several; the last if omitted. */
  axis?: Axes;
  /** The smallest divisor: 1e-12 if omitted. */
  epsilon?: number | undefined;
}
const normalizeChecks: Checks<NormalizeOptions> = /* @__PURE__ */ knownAs(
  { options: ["p ord order"] },
  { p: powerOfNorm, axis: axesCheck, ...epsilonCheck },
);

/**
 * x / max(‖x‖ₚ, ε) along one axis or several; the last if omitted.
 *
 * @example
 * ```ts
 * import { normalize, tensor } from "transformer-blocks";
 * normalize(tensor([[3, 4], [0, 0]])).toArray(); // [[0.6, 0.8], [0, 0]]
 * ```
 */
export function normalize<S extends Shape>(x: Tensor<S>, options: NormalizeOptions = {}): Tensor<S> {
  expectTensor("normalize", "x", x);
  checkOptions("normalize", options, normalizeChecks);
  const { p = 2, axis = -1, epsilon = 1e-12 } = options;
  return unit(x, p, axesOf("normalize", x.shape, axis), epsilon) as Tensor<S>;
}

/** x / max(‖x‖ₚ, ε). A norm needs elements; without any there is nothing to divide. */
function unit(x: Tensor, p: number, axis: readonly number[], epsilon: number): Tensor {
  return x.size === 0 ? x : divide(x, clamp(norm(x, { p, axis, keepAxis: true }), { minimum: epsilon }));
}

/** Options of `cosineSimilarity`. */
export interface CosineSimilarityOptions<Axis extends number = number> {
  /** Of the shape in which a and b meet; the last if omitted. */
  axis?: Axis | undefined;
  /** The smallest divisor for each of them: 1e-8 if omitted. */
  epsilon?: number | undefined;
}
const cosineChecks: Checks<CosineSimilarityOptions> = { ...axisCheck, ...epsilonCheck };

/**
 * Σ a b / (max(‖a‖, ε) · max(‖b‖, ε)) along an axis of the shape in which a and b meet: the cosine of the angle between
 * them.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { cosineSimilarity, tensor } from "transformer-blocks";
 * cosineSimilarity(tensor([[3, 4], [1, 0]]), tensor([4, 3])).toArray(); // [0.96, 0.8]
 * ```
 */
export function cosineSimilarity<
  const A extends Shape,
  const B extends Shape,
  const Axis extends number = -1,
  Wanted extends Shape = Shape,
>(
  a: Tensor<A>,
  b: Tensor<B> & Check<BroadcastShape<A, B>, "cosineSimilarity: the shapes do not broadcast">,
  options?: CosineSimilarityOptions<Axis>,
): Tensor<Settled<ReducedShape<BroadcastShape<A, B>, Axis, undefined>, Wanted>>;
export function cosineSimilarity(a: Tensor, b: Tensor, options: CosineSimilarityOptions = {}): Tensor {
  expectTensor("cosineSimilarity", "a", a);
  expectTensor("cosineSimilarity", "b", b);
  checkOptions("cosineSimilarity", options, cosineChecks);
  const { axis = -1, epsilon = 1e-8 } = options;
  const { shape } = broadcast("cosineSimilarity", a.shape, b.shape);
  const along = axisAlong("cosineSimilarity", shape, axis);
  const [left, right] = [a, b].map((x) => unit(expand(x, shape), 2, [along], epsilon)) as [Tensor, Tensor];
  return sum(multiply(left, right), { axis: along });
}
