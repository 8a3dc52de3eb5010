import { ERF, EXP, GELU, GELU_TANH, LOG, RELU, SIGMOID, SILU, SQRT, TANH } from "../elements/functions";
import { slopeTimes } from "./functions";

/**
 * With a factor, the slope (at most about 1) is multiplied first by a quarter of the larger of factor and gradient: no
 * intermediate product overflows float32 unless the result does.
 */
// @ts-ignore: decorator
@inline
function mapGradient(name: i32, x: usize, gradient: usize, factor: usize, left: i32): void {
  do {
    let first = v128.load(gradient);
    let second = first;
    if (factor) {
      const other = v128.load(factor);
      const isGreater = f32x4.gt(f32x4.abs(first), f32x4.abs(other));
      second = v128.bitselect(other, first, isGreater);
      first = f32x4.mul(v128.bitselect(first, other, isGreater), f32x4.splat(0.25));
      factor += 16;
    }
    let result = slopeTimes(name, v128.load(x), first);
    if (factor) result = f32x4.mul(f32x4.mul(result, second), f32x4.splat(4));
    v128.store(x, result);
    x += 16;
    gradient += 16;
    left -= 4;
  } while (left > 0);
}

/** x = gradient · f′(x), times a factor each unless that is 0. Up to three numbers behind x change too. */
export function unaryGradient(name: i32, x: usize, gradient: usize, factor: usize, count: i32): void {
  switch (name) {
    case RELU: return mapGradient(RELU, x, gradient, factor, count);
    case GELU: return mapGradient(GELU, x, gradient, factor, count);
    case GELU_TANH: return mapGradient(GELU_TANH, x, gradient, factor, count);
    case SILU: return mapGradient(SILU, x, gradient, factor, count);
    case SIGMOID: return mapGradient(SIGMOID, x, gradient, factor, count);
    case TANH: return mapGradient(TANH, x, gradient, factor, count);
    case ERF: return mapGradient(ERF, x, gradient, factor, count);
    case EXP: return mapGradient(EXP, x, gradient, factor, count);
    case LOG: return mapGradient(LOG, x, gradient, factor, count);
    case SQRT: return mapGradient(SQRT, x, gradient, factor, count);
    default: unreachable();
  }
}
