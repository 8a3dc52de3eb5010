import { ERF, EXP, GELU, GELU_TANH, LOG, RELU, SIGMOID, SILU, SQRT, slopeTimes, TANH, value } from "../simd/functions";
import { loadFirst, storeFirst } from "../simd/lanes";

// Loops are do-while here and in the neighbouring files: V8 moves constants out of a loop only if its body is certain
// to run. for-loops were up to a third slower (gelu 1.93 ns per number instead of 1.68).

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

/**
 * With a factor, the slope (at most about 1) is multiplied first by a quarter of the larger of factor and gradient: no
 * intermediate product overflows float32 unless the result does.
 */
// @ts-ignore: decorator
@inline
function mapGradient(name: i32, x: usize, gradient: usize, factor: usize, y: usize, count: i32): void {
  let left = count;
  if (left <= 0) return;
  do {
    let first = loadFirst(gradient, left);
    let second = first;
    if (factor) {
      const other = loadFirst(factor, left);
      const isGreater = f32x4.gt(f32x4.abs(first), f32x4.abs(other));
      second = v128.bitselect(other, first, isGreater);
      first = f32x4.mul(v128.bitselect(first, other, isGreater), f32x4.splat(0.25));
      factor += 16;
    }
    let result = slopeTimes(name, loadFirst(x, left), first);
    if (factor) result = f32x4.mul(f32x4.mul(result, second), f32x4.splat(4));
    storeFirst(y, result, left);
    x += 16;
    gradient += 16;
    y += 16;
    left -= 4;
  } while (left > 0);
}

/**
 * y = f(x), times a factor each unless that is 0, for elements from ≤ i < to; f by its index in the type Unary; y may
 * be x.
 */
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
    case SQRT: return map(SQRT, x, factor, y, count);
    default: unreachable();
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
    case SQRT: return mapGradient(SQRT, x, gradient, factor, y, count);
    default: unreachable();
  }
}
