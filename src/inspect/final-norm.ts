import { LayerNorm, type Module, RMSNorm, Unchanged } from "../blocks";
import { aClassOf } from "../describe";
import type { Tensor } from "../tensor";

/** Σ x[i] y[i] in float64. */
export const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
};

/** What a direction u after a norm is before it, for a vector x that the norm has taken the scale of. */
export interface Unnormed {
  /** c · e is what a part c of x adds to u · norm(x). */
  direction: Float64Array;
  /** u · bias */
  bias: number;
}

/**
 * The norm of x is linear in x once its scale is known: u · norm(x) = e · x + u · bias.
 *
 * @throws TypeError for a norm of another class
 */
export function beforeNorm(where: string, norm: Module | undefined, x: Float32Array, u: Float64Array): Unnormed {
  if (norm === undefined || norm instanceof Unchanged) return { direction: u, bias: 0 };
  if (!(norm instanceof LayerNorm) && !(norm instanceof RMSNorm))
    throw new TypeError(`${where}: the final norm is ${aClassOf(norm)}; only LayerNorm and RMSNorm can be undone`);
  const centered = norm instanceof LayerNorm;
  const middle = centered ? mean(x) : 0;
  const scale = 1 / Math.sqrt(mean(Float64Array.from(x, (value) => (value - middle) ** 2)) + norm.epsilon);
  const factors = norm.weight?.data;
  const scaled = u.map((value, i) => value * scale * (factors ? factors[i]! + norm.offset : 1));
  const bias: Tensor | undefined = norm instanceof LayerNorm ? norm.bias : undefined;
  const shift = centered ? mean(scaled) : 0;
  return { direction: scaled.map((value) => value - shift), bias: bias ? dot(bias.data, u) : 0 };
}

const mean = (x: ArrayLike<number>): number => Array.from(x).reduce((sum, value) => sum + value, 0) / x.length;
