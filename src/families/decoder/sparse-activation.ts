import { type Activation, type Caching, Module } from "../../blocks";
import { activated } from "../../blocks/internal";
import { add, mean, multiply, relu, sqrt, subtract, type Tensor, variance } from "../../tensor";

/**
 * f(max(x − q, 0)), where q is the quantile of a normal distribution with the mean and variance of each vector x: about
 * this share of the numbers becomes zero.
 */
export class SparseActivation extends Module {
  static readonly isCachingTested = true;
  readonly share: number;
  readonly activation: Activation;

  constructor({ share, activation }: { share: number; activation: Activation }) {
    super();
    this.share = share;
    this.activation = activation;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward(x: Tensor): Tensor {
    const deviation = sqrt(variance(x, { axis: -1, keepAxis: true, correction: 0 }) as Tensor);
    const cutoff = add(
      mean(x, { axis: -1, keepAxis: true }) as Tensor,
      multiply(deviation, normalQuantile(this.share)),
    );
    return activated(this.activation, relu(subtract(x, cutoff)));
  }
}

/** Φ⁻¹(p) by Newton's method, which never oversteps from 0: Φ bends one way on either side of it. */
function normalQuantile(p: number): number {
  let x = 0;
  for (let step = 0; step < 100; step++) {
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    x -= (0.5 + density * seriesOf(x) - p) / density;
  }
  return x;
}

/** (Φ(x) − ½) / φ(x) = x + x³/3 + x⁵/(3 · 5) + … */
function seriesOf(x: number): number {
  let [term, sum] = [x, x];
  for (let odd = 3; odd < 500; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return sum;
}
