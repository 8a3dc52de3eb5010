import { add, multiply, type Tensor } from "../tensor";
import { gaussLegendre } from "./quadrature";

/** A function of where one is on a straight way, 0 to 1. */
export interface Way {
  /** F */
  valueAt: (place: number) => number;
  /** ∂F/∂x */
  gradientAt: (place: number) => Tensor;
  /** Σ gradient ⊙ (x − x′): how F changes along the way. */
  slopeOf: (gradient: Tensor) => number;
}

interface Stretch {
  start: number;
  end: number;
  startValue: number;
  endValue: number;
  /** ∫ ∂F/∂x dα over the stretch. */
  integral: Tensor;
  /** How far it is from what F says. */
  error: number;
}

const rule = /* @__PURE__ */ gaussLegendre(8);

/**
 * ∫₀¹ ∂F/∂x dα along a way. By Gauss and Legendre's rule; the stretch where it is farthest from the difference of F, which
 * is known, is halved until all agree: next to zeros, a norm turns within a millionth of the way.
 *
 * @param ends F at the start and at the end of the way
 * @param most how many gradients are computed at most
 * @param tolerance how far the sum may be from F(x) − F(x′)
 */
export function pathIntegral(way: Way, ends: readonly [number, number], most: number, tolerance: number): Tensor {
  const stretch = (start: number, end: number, startValue: number, endValue: number): Stretch => {
    const integral = rule
      .map(
        ({ place, weight }) =>
          multiply(way.gradientAt(start + place * (end - start)), weight * (end - start)) as Tensor,
      )
      .reduce((sum, part) => add(sum, part) as Tensor);
    const error = Math.abs(way.slopeOf(integral) - (endValue - startValue));
    return { start, end, startValue, endValue, integral, error };
  };
  const stretches = [stretch(0, 1, ...ends)];
  for (let used = rule.length; used + 2 * rule.length <= most; used += 2 * rule.length) {
    if (stretches.reduce((sum, { error }) => sum + error, 0) <= tolerance) break;
    stretches.sort((a, b) => a.error - b.error);
    const { start, end, startValue, endValue } = stretches.pop()!;
    const middle = (start + end) / 2;
    if (middle <= start || middle >= end) break;
    const value = way.valueAt(middle);
    stretches.push(stretch(start, middle, startValue, value), stretch(middle, end, value, endValue));
  }
  return stretches.map(({ integral }) => integral).reduce((sum, part) => add(sum, part) as Tensor);
}
