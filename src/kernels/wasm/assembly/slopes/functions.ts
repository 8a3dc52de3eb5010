import { ERF, EXP, GELU, GELU_TANH, geluArgument4, LOG, RELU, SIGMOID, SILU, TANH } from "../elements/functions";
import { gaussian4, normalArgument4, normalCumulative4 } from "../elements/normal";
import { expNonPositive4, expTimes4, number, sigmoidSlope4, tanhSlope4 } from "../simd/exp";
import { fma } from "../simd/simd";

/** s + factor · s (1 − s) · inner, s = sigmoid(x); 1 − s is sigmoid(−x), so that it does not cancel. */
// @ts-ignore: decorator
@inline
function sigmoidAndSlope(x: v128, inner: v128, factor: v128): v128 {
  const e = expNonPositive4(v128.or(x, i32x4.splat(0x80000000)));
  const inverse = f32x4.div(number(1), f32x4.add(e, number(1)));
  const smaller = f32x4.mul(e, inverse);
  const s = v128.bitselect(smaller, inverse, f32x4.lt(x, number(0)));
  return fma(factor, f32x4.mul(f32x4.mul(smaller, inverse), inner), s);
}

// @ts-ignore: decorator
@inline
function geluSlope(x: v128): v128 {
  const b = normalArgument4(x);
  const gaussian = gaussian4(b, false);
  return fma(f32x4.mul(x, number(0.3989422804014327)), gaussian, normalCumulative4(x, b, gaussian));
}

/** s + x · s (1 − s) · 2u′, s = sigmoid(2u). */
// @ts-ignore: decorator
@inline
function geluTanhSlope(x: v128): v128 {
  const near = f32x4.pmax(f32x4.pmin(x, number(10.1)), number(-10.1));
  const slope = fma(f32x4.mul(near, near), number(0.2140644488147863), number(1.5957691216057308));
  return sigmoidAndSlope(geluArgument4(x), slope, x);
}

// @ts-ignore: decorator
@inline
export function slopeTimes(name: i32, x: v128, g: v128): v128 {
  if (name == RELU) return f32x4.mul(g, v128.andnot(number(1), f32x4.le(x, number(0))));
  if (name == GELU) return f32x4.mul(g, geluSlope(x));
  if (name == GELU_TANH) return f32x4.mul(g, geluTanhSlope(x));
  if (name == SILU) return f32x4.mul(g, sigmoidAndSlope(x, number(1), x));
  if (name == SIGMOID) return f32x4.mul(g, sigmoidSlope4(x));
  if (name == TANH) return f32x4.mul(g, tanhSlope4(x));
  if (name == ERF) {
    const b = f32x4.pmax(v128.or(x, i32x4.splat(0x80000000)), number(-9.38083));
    return f32x4.mul(g, f32x4.mul(number(1.1283791670955126), gaussian4(b, true)));
  }
  if (name == EXP) return expTimes4(x, g);
  if (name == LOG) return f32x4.div(g, x);
  return f32x4.mul(g, f32x4.div(number(0.5), f32x4.sqrt(x)));
}
