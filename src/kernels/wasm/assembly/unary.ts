import { exp4, erf4, expNonPositive4, gaussian4, log4, normalArgument4, normalCumulative4, sigmoid4, tanh4 } from "./exp";
import { loadFirst, storeFirst } from "./lanes";
import { fma } from "./simd";

// The order of the type Unary in src/kernels/kernels.ts.
// @ts-ignore: decorator
@inline const RELU = 0;
// @ts-ignore: decorator
@inline const GELU = 1;
// @ts-ignore: decorator
@inline const GELU_TANH = 2;
// @ts-ignore: decorator
@inline const SILU = 3;
// @ts-ignore: decorator
@inline const SIGMOID = 4;
// @ts-ignore: decorator
@inline export const TANH = 5;
// @ts-ignore: decorator
@inline const ERF = 6;
// @ts-ignore: decorator
@inline const EXP = 7;
// @ts-ignore: decorator
@inline const LOG = 8;
// @ts-ignore: decorator
@inline const SQRT = 9;

// @ts-ignore: decorator
@inline
function number(value: f32): v128 {
  return f32x4.splat(value);
}

/** Twice the argument of tanh in GELU's approximation, 2 √(2/π) (x + 0.044715 x³): ½ (1 + tanh u) = sigmoid(2u). */
// @ts-ignore: decorator
@inline
function geluArgument4(x: v128): v128 {
  // Beyond 10.1 the sigmoid is 0 or 1 already, and x³ would overflow.
  x = f32x4.pmax(f32x4.pmin(x, number(10.1)), number(-10.1));
  return f32x4.mul(x, fma(f32x4.mul(x, x), number(0.07135481627159544), number(1.5957691216057308)));
}

// @ts-ignore: decorator
@inline
export function gelu4(x: v128): v128 {
  const a = normalArgument4(x);
  return f32x4.mul(x, normalCumulative4(x, a, gaussian4(a, 0.5)));
}

// @ts-ignore: decorator
@inline
export function silu4(x: v128): v128 {
  return f32x4.mul(x, sigmoid4(x));
}

// @ts-ignore: decorator
@inline
function value(name: i32, x: v128): v128 {
  if (name == RELU) return f32x4.max(x, number(0));
  if (name == GELU) return gelu4(x);
  if (name == GELU_TANH) return f32x4.mul(x, sigmoid4(geluArgument4(x)));
  if (name == SILU) return silu4(x);
  if (name == SIGMOID) return sigmoid4(x);
  if (name == TANH) return tanh4(x);
  if (name == ERF) return erf4(x);
  if (name == EXP) return exp4(x);
  if (name == LOG) return log4(x);
  return f32x4.sqrt(x);
}

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
  const a = normalArgument4(x);
  const gaussian = gaussian4(a, 0.5);
  return fma(f32x4.mul(x, number(0.3989422804014327)), gaussian, normalCumulative4(x, a, gaussian));
}

/** s + x · s (1 − s) · 2u′, s = sigmoid(2u). */
// @ts-ignore: decorator
@inline
function geluTanhSlope(x: v128): v128 {
  const near = f32x4.pmax(f32x4.pmin(x, number(10.1)), number(-10.1));
  const slope = fma(f32x4.mul(near, near), number(0.2140644488147863), number(1.5957691216057308));
  return sigmoidAndSlope(geluArgument4(x), slope, x);
}

/** e / (1 + e)², e = e^(−|x|): the slope of the sigmoid. */
// @ts-ignore: decorator
@inline
function sigmoidSlope(x: v128): v128 {
  const e = expNonPositive4(v128.or(x, i32x4.splat(0x80000000)));
  const inverse = f32x4.div(number(1), f32x4.add(e, number(1)));
  return f32x4.mul(f32x4.mul(e, inverse), inverse);
}

// @ts-ignore: decorator
@inline
function slopeTimes(name: i32, x: v128, g: v128): v128 {
  if (name == RELU) return f32x4.mul(g, v128.andnot(number(1), f32x4.le(x, number(0))));
  if (name == GELU) return f32x4.mul(g, geluSlope(x));
  if (name == GELU_TANH) return f32x4.mul(g, geluTanhSlope(x));
  if (name == SILU) return f32x4.mul(g, sigmoidAndSlope(x, number(1), x));
  if (name == SIGMOID) return f32x4.mul(g, sigmoidSlope(x));
  if (name == TANH) return f32x4.mul(g, f32x4.mul(number(4), sigmoidSlope(f32x4.add(x, x))));
  if (name == ERF) {
    const a = f32x4.pmin(f32x4.abs(x), number(9.38083));
    return f32x4.mul(g, f32x4.mul(number(1.1283791670955126), gaussian4(a, 1)));
  }
  if (name == EXP) return f32x4.mul(g, exp4(x));
  if (name == LOG) return f32x4.div(g, x);
  return f32x4.mul(g, f32x4.div(number(0.5), f32x4.sqrt(x)));
}

// Loops are do-while here and in the files beside: V8 moves constants out of a loop only where its body is sure to run. As
// for-loops these took a third longer (gelu 1.93 ns a number instead of 1.68).

// @ts-ignore: decorator
@inline
function map(name: i32, x: usize, factor: usize, y: usize, count: i32): void {
  let left = count;
  if (left <= 0) return;
  do {
    let result = value(name, loadFirst(x, left));
    if (factor) {
      result = f32x4.mul(result, loadFirst(factor, left));
      factor += 16;
    }
    storeFirst(y, result, left);
    x += 16;
    y += 16;
    left -= 4;
  } while (left > 0);
}

// @ts-ignore: decorator
@inline
function mapGradient(name: i32, x: usize, gradient: usize, factor: usize, y: usize, count: i32): void {
  let left = count;
  if (left <= 0) return;
  do {
    let result = slopeTimes(name, loadFirst(x, left), loadFirst(gradient, left));
    if (factor) {
      result = f32x4.mul(result, loadFirst(factor, left));
      factor += 16;
    }
    storeFirst(y, result, left);
    x += 16;
    gradient += 16;
    y += 16;
    left -= 4;
  } while (left > 0);
}

/** y = f(x), times a factor each unless that is 0, for elements from ≤ i < to; f by its place in the type Unary; y may be x. */
export function unary(name: i32, x: usize, factor: usize, y: usize, from: i32, to: i32): void {
  x += <usize>from << 2;
  if (factor) factor += <usize>from << 2;
  y += <usize>from << 2;
  const count = to - from;
  switch (name) {
    case RELU: return map(RELU, x, factor, y, count);
    case GELU: return map(GELU, x, factor, y, count);
    case GELU_TANH: return map(GELU_TANH, x, factor, y, count);
    case SILU: return map(SILU, x, factor, y, count);
    case SIGMOID: return map(SIGMOID, x, factor, y, count);
    case TANH: return map(TANH, x, factor, y, count);
    case ERF: return map(ERF, x, factor, y, count);
    case EXP: return map(EXP, x, factor, y, count);
    case LOG: return map(LOG, x, factor, y, count);
    default: return map(SQRT, x, factor, y, count);
  }
}

/** y = gradient · f′(x), times a factor each unless that is 0, for elements from ≤ i < to; y may be x or gradient. */
export function unaryGradient(
  name: i32,
  x: usize,
  gradient: usize,
  factor: usize,
  y: usize,
  from: i32,
  to: i32,
): void {
  x += <usize>from << 2;
  if (factor) factor += <usize>from << 2;
  gradient += <usize>from << 2;
  y += <usize>from << 2;
  const count = to - from;
  switch (name) {
    case RELU: return mapGradient(RELU, x, gradient, factor, y, count);
    case GELU: return mapGradient(GELU, x, gradient, factor, y, count);
    case GELU_TANH: return mapGradient(GELU_TANH, x, gradient, factor, y, count);
    case SILU: return mapGradient(SILU, x, gradient, factor, y, count);
    case SIGMOID: return mapGradient(SIGMOID, x, gradient, factor, y, count);
    case TANH: return mapGradient(TANH, x, gradient, factor, y, count);
    case ERF: return mapGradient(ERF, x, gradient, factor, y, count);
    case EXP: return mapGradient(EXP, x, gradient, factor, y, count);
    case LOG: return mapGradient(LOG, x, gradient, factor, y, count);
    default: return mapGradient(SQRT, x, gradient, factor, y, count);
  }
}
