// The normal distribution and the error function of four float32 numbers, to about 3e-7 of their value.
import { expNearZero, number, ROUND, ROUND_BITS, withSignOf } from "../simd/exp";
import { fma } from "../simd/simd";

/**
 * e^(−c a²) for 0 ≤ a ≤ √(88 / c), c a power of two: the square is computed in two parts, the first exact, because a
 * relative error of 2⁻²⁴ in an exponent of 88 would be 5e-6 in the result.
 */
// @ts-ignore: decorator
@inline
export function gaussian4(a: v128, c: f32): v128 {
  const upper = v128.and(a, i32x4.splat(0xfffff000));
  const high = f32x4.mul(f32x4.mul(upper, upper), number(-c));
  const low = f32x4.mul(f32x4.mul(f32x4.sub(a, upper), f32x4.add(a, upper)), number(-c));
  const shifted = fma(high, number(1.4426950408889634), number(ROUND));
  const n = f32x4.sub(shifted, number(ROUND));
  const p = expNearZero(fma(n, number(2.12194440e-4), f32x4.add(fma(n, number(-0.693359375), high), low)));
  return f32x4.mul(p, i32x4.shl(i32x4.sub(shifted, i32x4.splat(ROUND_BITS - 127)), 23));
}

/** Φ(−a) e^(a²/2) for 0 ≤ a ≤ 13.3, Φ the normal distribution: a rational whose terms are all positive. */
// @ts-ignore: decorator
@inline
export function scaledTail4(a: v128): v128 {
  let above = fma(number(0.004020714201033115), a, number(0.03998780623078346));
  above = fma(above, a, number(0.18131764233112335));
  above = fma(above, a, number(0.4357011616230011));
  above = fma(above, a, number(0.5));
  let below = fma(number(0.010078292340040207), a, number(0.10024194419384003));
  below = fma(below, a, number(0.4644090235233307));
  below = fma(below, a, number(1.19452965259552));
  below = fma(below, a, number(1.6692872047424316));
  below = fma(below, a, number(1));
  return f32x4.div(above, below);
}

/** |x|, limited to where e^(−x²/2) is 2^−127 and thus 0. */
// @ts-ignore: decorator
@inline
export function normalArgument4(x: v128): v128 {
  return f32x4.pmin(f32x4.abs(x), number(13.2665));
}

/**
 * Φ(x) = P(normal < x); the lower tail is computed directly, without cancellation. `a` and its `gaussian` e^(−a²/2).
 */
// @ts-ignore: decorator
@inline
export function normalCumulative4(x: v128, a: v128, gaussian: v128): v128 {
  const tail = f32x4.mul(gaussian, scaledTail4(a));
  return v128.bitselect(tail, f32x4.sub(number(1), tail), f32x4.lt(x, number(0)));
}

/** erf(x): x P(x²) up to 0.75, 1 − 2 Φ(−√2 x) beyond. */
// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const square = f32x4.mul(x, x);
  let near = fma(number(0.004158794414252043), square, number(-0.02636021561920643));
  near = fma(near, square, number(0.11273734271526337));
  near = fma(near, square, number(-0.3761192858219147));
  near = f32x4.mul(fma(near, square, number(1.1283791065216064)), x);
  const a = f32x4.pmin(f32x4.abs(x), number(9.38));
  const tail = f32x4.mul(gaussian4(a, 1), scaledTail4(f32x4.mul(a, number(1.4142135623730951))));
  const far = withSignOf(fma(tail, number(-2), number(1)), x);
  return v128.bitselect(near, far, f32x4.lt(a, number(0.75)));
}
