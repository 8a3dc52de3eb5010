import { type Checks, checkOptions, numberIn } from "../../checks";
import type { DifferentiableMapping } from "../differentiable";
import type { Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { clamp } from "./clamp";
import { add, divide, exp, multiply, relu, sigmoid, subtract, tanh } from "./elementwise";
import { negate } from "./functions";
import { composed, type Elementwise, elementwise, mapped } from "./map";
import { greater, less, lessEqual } from "./pairs";
import { where } from "./select";

/** ln(1 + eˣ), without overflow where x is large. */
const softplusOf = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/**
 * max(x, 0)², element by element.
 *
 * @see So et al. 2021, Primer (arXiv 2109.08668)
 * @example
 * ```ts
 * import { reluSquared, tensor } from "transformer-blocks";
 * reluSquared(tensor([-1, 3])).toArray(); // [0, 9]
 * ```
 */
export const reluSquared: Elementwise = /* @__PURE__ */ composed("reluSquared", (x) => {
  const positive = relu(x);
  return multiply(positive, positive);
});

/**
 * x · tanh(ln(1 + eˣ)), element by element.
 *
 * @see Misra 2019 (arXiv 1908.08681)
 * @example
 * ```ts
 * import { mish, tensor } from "transformer-blocks";
 * mish(tensor([0, 1])).toArray(); // [0, 0.8650984]
 * ```
 */
export const mish: Elementwise = /* @__PURE__ */ elementwise({
  name: "mish",
  vector: "mish",
  value: (x) => x * Math.tanh(softplusOf(x)),
  derivative: (x) => {
    const t = tanh(softplus(x));
    return add(t, multiply(multiply(x, subtract(1, multiply(t, t))), sigmoid(x)));
  },
});

/**
 * x · min(max(x + 3, 0), 6) / 6, element by element.
 *
 * @see Howard et al. 2019, MobileNetV3 (arXiv 1905.02244)
 * @example
 * ```ts
 * import { hardSwish, tensor } from "transformer-blocks";
 * hardSwish(tensor([-3, 0, 3])).toArray(); // [0, 0, 3]
 * ```
 */
export const hardSwish: Elementwise = /* @__PURE__ */ elementwise({
  name: "hardSwish",
  vector: "hardSwish",
  value: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  derivative: (x) => where(lessEqual(x, -3), 0, where(less(x, 3), add(divide(x, 3), 0.5), 1)),
});

/**
 * x · sigmoid(1.702 x), element by element: an approximation of GELU.
 *
 * @see Hendrycks and Gimpel 2016 (arXiv 1606.08415)
 * @example
 * ```ts
 * import { geluSigmoid, tensor } from "transformer-blocks";
 * geluSigmoid(tensor([0, 1])).toArray(); // [0, 0.8457957]
 * ```
 */
export const geluSigmoid: Elementwise = /* @__PURE__ */ elementwise({
  name: "geluSigmoid",
  vector: "geluSigmoid",
  value: (x) => x / (1 + Math.exp(-1.702 * x)),
  derivative: (x) => {
    const scaled = multiply(x, 1.702);
    return multiply(sigmoid(scaled), add(1, multiply(scaled, sigmoid(negate(scaled)))));
  },
});

/** Options of `softplus`. */
export interface SoftplusOptions {
  /** Sharpness, above 0: 1 if omitted. */
  beta?: number | undefined;
  /** Where beta · x is above it, the result is x: 20 if omitted. */
  threshold?: number | undefined;
}
const softplusChecks: Checks<SoftplusOptions> = {
  beta: /* @__PURE__ */ numberIn({ above: 0 }),
  threshold: /* @__PURE__ */ numberIn(),
};
const softplusMapping: DifferentiableMapping = {
  name: "softplus",
  vector: "softplus",
  value: (x, beta, threshold) => (x * beta > threshold ? x : softplusOf(x * beta) / beta),
  derivative: (x, beta, threshold) => {
    const scaled = multiply(x, beta);
    return where(greater(scaled, threshold), 1, sigmoid(scaled));
  },
};

/**
 * ln(1 + e^(beta · x)) / beta: a smooth relu.
 *
 * @example
 * ```ts
 * import { softplus, tensor } from "transformer-blocks";
 * softplus(tensor([0, 30])).toArray(); // [0.6931472, 30]
 * ```
 */
export function softplus<S extends Shape>(x: Tensor<S>, options: SoftplusOptions = {}): Tensor<S> {
  expectTensor("softplus", "x", x);
  checkOptions("softplus", options, softplusChecks);
  return mapped(softplusMapping, [options.beta ?? 1, options.threshold ?? 20], x);
}

/** Options of `elu`. */
export interface EluOptions {
  /** The limit for small x is −alpha: 1 if omitted. */
  alpha?: number | undefined;
}
const eluChecks: Checks<EluOptions> = { alpha: /* @__PURE__ */ numberIn() };
const eluMapping: DifferentiableMapping = {
  name: "elu",
  vector: "elu",
  value: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
  // Limited, because 0 · e^x is NaN where e^x overflows; below 0, so that the second derivative at 0 is 0, as in PyTorch.
  derivative: (x, alpha) => where(lessEqual(x, 0), multiply(alpha, exp(clamp(x, { maximum: -(2 ** -126) }))), 1),
};

/**
 * x where x > 0, alpha · (eˣ − 1) elsewhere.
 *
 * @see Clevert et al. 2015 (arXiv 1511.07289)
 * @example
 * ```ts
 * import { elu, tensor } from "transformer-blocks";
 * elu(tensor([2, -Infinity]), { alpha: 3 }).toArray(); // [2, -3]
 * ```
 */
export function elu<S extends Shape>(x: Tensor<S>, options: EluOptions = {}): Tensor<S> {
  expectTensor("elu", "x", x);
  checkOptions("elu", options, eluChecks);
  return mapped(eluMapping, [options.alpha ?? 1], x);
}

/** Options of `leakyRelu`. */
export interface LeakyReluOptions {
  /** The slope below 0: 0.01 if omitted. */
  negativeSlope?: number | undefined;
}
const leakyReluChecks: Checks<LeakyReluOptions> = { negativeSlope: /* @__PURE__ */ numberIn() };
const leakyReluMapping: DifferentiableMapping = {
  name: "leakyRelu",
  vector: "leakyRelu",
  value: (x, negativeSlope) => (x > 0 ? x : x * negativeSlope),
  derivative: (x, negativeSlope) => where(greater(x, 0), 1, negativeSlope),
};

/**
 * x where x > 0, negativeSlope · x elsewhere.
 *
 * @see Maas et al. 2013, Rectifier Nonlinearities Improve Neural Network Acoustic Models
 * @example
 * ```ts
 * import { leakyRelu, tensor } from "transformer-blocks";
 * leakyRelu(tensor([2, -2]), { negativeSlope: 0.25 }).toArray(); // [2, -0.5]
 * ```
 */
export function leakyRelu<S extends Shape>(x: Tensor<S>, options: LeakyReluOptions = {}): Tensor<S> {
  expectTensor("leakyRelu", "x", x);
  checkOptions("leakyRelu", options, leakyReluChecks);
  return mapped(leakyReluMapping, [options.negativeSlope ?? 0.01], x);
}
