import { wrongKind } from "../checks";
import {
  add,
  expm1,
  greater,
  type Initial,
  minimum,
  multiply,
  Parameter,
  type Shape,
  softplus,
  stopGradient,
  subtract,
  Tensor,
  where,
} from "../tensor";
import { type Caching, Module } from "./module";

/**
 * xIELU(x) = αₚ x² + β x above 0, else αₙ (e^min(x, ε) − 1 − x) + β x, with αₚ = softplus(`alphaPositive`) and αₙ = β +
 * softplus(`alphaNegative`). β = 0.5 and ε = −1e-6 are stored with a checkpoint and are not trained.
 *
 * @see Huang and Schlag 2024, Deriving Activation Functions Using Integration (arXiv 2411.13010), section 3
 * @example
 * ```ts
 * import { initialize, tensor, XIELU } from "transformer-blocks";
 * initialize(new XIELU(), { seed: 1 }).forward(tensor([-1, 0, 2])).toArray(); // [-0.2056964, 0, 4.2]
 * ```
 */
export class XIELU extends Module {
  /** [1] */
  readonly alphaPositive: Parameter = new Parameter([1], constant(inverseSoftplus(0.8)));
  /** [1] */
  readonly alphaNegative: Parameter = new Parameter([1], constant(inverseSoftplus(0.3)));
  /** [] */
  readonly beta: Parameter = new Parameter([], constant(0.5));
  /** [] */
  readonly epsilon: Parameter = new Parameter([], constant(-1e-6));

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** A tensor of any shape → the same shape. */
  forward<S extends Shape>(x: Tensor<S>): Tensor<S>;
  forward(x: Tensor): Tensor {
    if (!(x instanceof Tensor)) throw wrongKind("XIELU", "x", "a Tensor", x);
    const [beta, epsilon] = [stopGradient(this.beta), stopGradient(this.epsilon)] as const;
    const above = multiply(softplus(this.alphaPositive), multiply(x, x));
    const below = multiply(add(softplus(this.alphaNegative), beta), subtract(expm1(minimum(x, epsilon)), x));
    return add(where(greater(x, 0), above, below), multiply(x, beta));
  }
}

const constant =
  (value: number): Initial =>
  () =>
    Float32Array.of(value);

const inverseSoftplus = (x: number): number => Math.log(Math.expm1(x));
