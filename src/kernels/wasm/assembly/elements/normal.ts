// The normal distribution and the error function of four float32 numbers, to about 6e-7 of their value.
import { number, ROUND_BITS, withSignOf } from "../simd/exp";
import { fma } from "../simd/simd";

/**
 * Constants lie in memory, from where each takes one instruction. V8 from Node 22 on otherwise makes every one of them
 * again for each four numbers, with three instructions, which took as long as the arithmetic.
 */
const CONSTANTS = memory.data<f32>([
  -13.2665, 0.7213475204444817, 12582912, 4.2438888e-4, -1.38671875, -0.00025094731245189905, 0.0026179684791713953,
  -0.020837530493736267, 0.12499818950891495, -0.5, 1, 0.004020714201033115, -0.03998780623078346, 0.18131764233112335,
  -0.4357011616230011, 0.5, -0.010078292340040207, 0.10024194419384003, -0.4644090235233307, 1.19452965259552,
  -1.6692872047424316,
]);

// @ts-ignore: decorator
@inline
function constant(place: usize): v128 {
  return v128.load32_splat(CONSTANTS + (place << 2));
}

/** −|x|, limited to where e^(−x²/2) is 2^−127 and thus 0. */
// @ts-ignore: decorator
@inline
export function normalArgument4(x: v128): v128 {
  return f32x4.pmax(v128.or(x, i32x4.splat(0x80000000)), constant(0));
}

/**
 * e^(−b²/2), or e^(−b²), for an exponent of at least −88. The square is computed in two parts, the first exact, because a
 * relative error of 2⁻²⁴ in an exponent of 88 would be 5e-6 in the result. It is not halved: b² = 2 n ln 2 + t, with 2 ln 2 in
 * two parts too, and the result is e^(−t/2) 2^(−n). The polynomial is a fit for −0.694 < t < 0.845, with an error of 2.4e-7.
 */
// @ts-ignore: decorator
@inline
export function gaussian4(b: v128, whole: bool): v128 {
  const upper = v128.and(b, i32x4.splat(0xfffff000));
  let high = f32x4.mul(upper, upper);
  let low = f32x4.mul(f32x4.sub(b, upper), f32x4.add(b, upper));
  if (whole) {
    high = f32x4.add(high, high);
    low = f32x4.add(low, low);
  }
  const round = constant(2);
  const shifted = fma(high, constant(1), round);
  const n = f32x4.sub(shifted, round);
  const t = fma(n, constant(3), f32x4.add(fma(n, constant(4), high), low));
  let p = fma(constant(5), t, constant(6));
  p = fma(p, t, constant(7));
  p = fma(p, t, constant(8));
  p = fma(p, t, constant(9));
  p = fma(p, t, constant(10));
  return f32x4.mul(p, i32x4.shl(i32x4.sub(i32x4.splat(ROUND_BITS + 127), shifted), 23));
}

/** Φ(b) e^(b²/2) for −13.3 ≤ b ≤ 0, Φ the normal distribution: a rational whose terms are all positive. */
// @ts-ignore: decorator
@inline
export function scaledTail4(b: v128): v128 {
  let above = fma(constant(11), b, constant(12));
  above = fma(above, b, constant(13));
  above = fma(above, b, constant(14));
  above = fma(above, b, constant(15));
  let below = fma(constant(16), b, constant(17));
  below = fma(below, b, constant(18));
  below = fma(below, b, constant(19));
  below = fma(below, b, constant(20));
  below = fma(below, b, constant(10));
  return f32x4.div(above, below);
}

/**
 * Φ(x) = P(normal < x); the lower tail is computed directly, without cancellation. `b` is −|x|, `gaussian` e^(−b²/2).
 */
// @ts-ignore: decorator
@inline
export function normalCumulative4(x: v128, b: v128, gaussian: v128): v128 {
  const tail = f32x4.mul(gaussian, scaledTail4(b));
  return v128.bitselect(tail, f32x4.sub(number(1), tail), f32x4.lt(x, number(0)));
}

/** x Φ(x) = max(x, 0) + min(x, b) Φ(b), b = −|x|: what is added is NaN for −∞, where x Φ(x) is −∞ · 0. */
// @ts-ignore: decorator
@inline
export function gelu4(x: v128): v128 {
  const b = normalArgument4(x);
  return fma(f32x4.pmin(x, b), f32x4.mul(gaussian4(b, false), scaledTail4(b)), f32x4.pmax(x, number(0)));
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
  const b = normalArgument4(f32x4.mul(x, number(1.4142135623730951)));
  const tail = f32x4.mul(gaussian4(b, false), scaledTail4(b));
  const far = withSignOf(fma(tail, number(-2), number(1)), x);
  return v128.bitselect(near, far, f32x4.lt(square, number(0.5625)));
}
