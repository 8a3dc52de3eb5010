// Functions of four float32 numbers, to about 3e-7 of their value. Polynomials and rationals are minimax fits
// (Lawson's iteration in float64) on the interval that their argument is reduced to.
import { fma } from "./simd";

// @ts-ignore: decorator
@inline
export function number(value: f32): v128 {
  return f32x4.splat(value);
}

/** Adding it rounds a small number to an integer, in the low bits. */
// @ts-ignore: decorator
@inline
export const ROUND: f32 = 12582912; // 1.5 · 2²³
// @ts-ignore: decorator
@inline
export const ROUND_BITS: i32 = 0x4b400000;

/** e^r for |r| ≤ 0.36: 1 + r + r² · P(r), error of the fit 4e-9. */
// @ts-ignore: decorator
@inline
export function expNearZero(r: v128): v128 {
  let p = fma(number(0.001380885485559702), r, number(0.008371497504413128));
  p = fma(p, r, number(0.041668668389320374));
  p = fma(p, r, number(0.1666649729013443));
  p = fma(p, r, number(0.4999999105930328));
  return f32x4.add(fma(p, f32x4.mul(r, r), r), number(1));
}

/** x − n ln 2, with ln 2 in two parts so that n times the first is exact. */
// @ts-ignore: decorator
@inline
function lessLogarithms(x: v128, n: v128): v128 {
  return fma(n, number(2.12194440e-4), fma(n, number(-0.693359375), x));
}

/**
 * e^x: subnormal results included, 0 below −104, Infinity above 88.73, NaN kept.
 *
 * x = n ln 2 + r, e^x = e^r 2^n; the power is applied in two steps, because its exponent may exceed float32's.
 */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, number(89)), number(-105)); // keep NaN, which is their first argument
  const shifted = fma(x, number(1.4426950408889634), number(ROUND));
  const p = expNearZero(lessLogarithms(x, f32x4.sub(shifted, number(ROUND))));
  const exponent = i32x4.sub(shifted, i32x4.splat(ROUND_BITS - 254)); // n + 2 · 127
  const half = i32x4.shr_s(exponent, 1);
  return f32x4.mul(f32x4.mul(p, i32x4.shl(half, 23)), i32x4.shl(i32x4.sub(exponent, half), 23));
}

/** e^x for x ≤ 0 (in fact x < 88), a few operations cheaper: results below 2^−126 are 0. −Infinity gives 0, NaN is kept. */
// @ts-ignore: decorator
@inline
export function expNonPositive4(x: v128): v128 {
  // At −88, n = −127, whose exponent field is that of 0.
  return expLifted4(x, number(-88), 0);
}

/** The largest power of two for `expLifted4`, and the x below which its result is 0. */
export const LIFT: i32 = 24;
export const LEAST_LIFTED: f32 = -104.7;

/** e^x · 2^lift for x ≤ 0, and 0 up to `least`: lifted, numbers below 2^−126 keep their precision until scaled down. */
// @ts-ignore: decorator
@inline
export function expLifted4(x: v128, least: v128, lift: i32): v128 {
  x = f32x4.pmax(x, least);
  const shifted = fma(x, number(1.4426950408889634), number(ROUND));
  const p = expNearZero(lessLogarithms(x, f32x4.sub(shifted, number(ROUND))));
  return f32x4.mul(p, i32x4.shl(i32x4.sub(shifted, i32x4.splat(ROUND_BITS - 127 - lift)), 23));
}

/** g e^x, even if e^x alone overflows or underflows float32: the power of two is applied in three steps. */
// @ts-ignore: decorator
@inline
export function expTimes4(x: v128, g: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, number(260)), number(-260)); // beyond this, the result is infinite or 0 for every g
  const shifted = fma(x, number(1.4426950408889634), number(ROUND));
  const p = expNearZero(lessLogarithms(x, f32x4.sub(shifted, number(ROUND))));
  const n = i32x4.sub(shifted, i32x4.splat(ROUND_BITS));
  const first = step(n);
  const second = step(i32x4.sub(n, first));
  const third = i32x4.sub(i32x4.sub(n, first), second);
  // As much as possible is applied before g, so that a small g loses no precision.
  const most = f32x4.mul(f32x4.mul(p, power(first)), g);
  return f32x4.mul(f32x4.mul(most, power(second)), power(third));
}

// @ts-ignore: decorator
@inline
function step(n: v128): v128 {
  return i32x4.max_s(i32x4.min_s(n, i32x4.splat(125)), i32x4.splat(-125));
}

/** 2ⁿ */
// @ts-ignore: decorator
@inline
function power(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

// @ts-ignore: decorator
@inline
export function withSignOf(magnitude: v128, x: v128): v128 {
  return v128.bitselect(x, magnitude, i32x4.splat(0x80000000));
}

/** tanh(x): x P(x²) up to 0.625, (1 − e) / (1 + e) with e = e^(−2|x|) beyond. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const square = f32x4.mul(x, x);
  let near = fma(number(0.015050842426717281), square, number(-0.05182179808616638));
  near = fma(near, square, number(0.1330452412366867));
  near = fma(near, square, number(-0.3333195447921753));
  near = fma(f32x4.mul(near, square), x, x);
  const a = f32x4.abs(x);
  const e = expNonPositive4(f32x4.mul(a, number(-2)));
  const far = withSignOf(f32x4.div(f32x4.sub(number(1), e), f32x4.add(number(1), e)), x);
  return v128.bitselect(near, far, f32x4.lt(a, number(0.625)));
}

/** 1 / (1 + e^(−x)), for x < 0 as e^x / (1 + e^x), so that no power overflows. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const e = expNonPositive4(v128.or(x, i32x4.splat(0x80000000)));
  return f32x4.div(v128.bitselect(e, number(1), f32x4.lt(x, number(0))), f32x4.add(e, number(1)));
}

/** e / (1 + e)², e = e^(−|x|): the slope of the sigmoid. */
// @ts-ignore: decorator
@inline
export function sigmoidSlope4(x: v128): v128 {
  const e = expNonPositive4(v128.or(x, i32x4.splat(0x80000000)));
  const inverse = f32x4.div(number(1), f32x4.add(e, number(1)));
  return f32x4.mul(f32x4.mul(e, inverse), inverse);
}

/** The slope of tanh: four times that of the sigmoid at 2x. */
// @ts-ignore: decorator
@inline
export function tanhSlope4(x: v128): v128 {
  return f32x4.mul(number(4), sigmoidSlope4(f32x4.add(x, x)));
}

/**
 * log x: −Infinity at 0, NaN below, Infinity and NaN kept.
 *
 * x = 2ⁿ m, m in [√½, √2): log x = n ln 2 + f − f²/2 + f³ P(f), f = m − 1.
 */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  const tiny = f32x4.lt(x, number(1.17549435e-38));
  const normal = v128.bitselect(f32x4.mul(x, number(8388608)), x, tiny);
  const shifted = i32x4.sub(normal, i32x4.splat(0x3f3504f3)); // the bits of √½
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const exponent = i32x4.sub(i32x4.shr_s(shifted, 23), v128.and(tiny, i32x4.splat(23)));
  const n = f32x4.convert_i32x4_s(exponent);
  const f = f32x4.sub(m, number(1));
  const square = f32x4.mul(f, f);
  let p = fma(number(-0.07634536176919937), f, number(0.12761639058589935));
  p = fma(p, f, number(-0.1316019743680954));
  p = fma(p, f, number(0.14201751351356506));
  p = fma(p, f, number(-0.16623355448246002));
  p = fma(p, f, number(0.20001226663589478));
  p = fma(p, f, number(-0.250008225440979));
  p = fma(p, f, number(0.3333333134651184));
  const low = fma(n, number(-2.12194440e-4), f32x4.mul(square, fma(p, f, number(-0.5))));
  const y = fma(n, number(0.693359375), f32x4.add(f, low));
  const infinite = f32x4.splat(Infinity);
  const positive = v128.bitselect(y, x, f32x4.lt(x, infinite)); // keeps Infinity and NaN
  const ofZero = v128.bitselect(f32x4.neg(infinite), f32x4.splat(NaN), f32x4.eq(x, number(0)));
  return v128.bitselect(ofZero, positive, f32x4.le(x, number(0)));
}
