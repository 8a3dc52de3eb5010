import { high, joined, low } from "../simd/lanes";
import { exp2, expm12, LARGEST_ANGLE, log1p2, log1pOfShare2, number, sine2 } from "./double";

// In the order of `mapVectors` in src/kernels/specs.ts. From SIN on they are computed in float64.
// @ts-ignore: decorator
@inline const ABS = 0;
// @ts-ignore: decorator
@inline const SIGN = 1;
// @ts-ignore: decorator
@inline const ROUND = 2;
// @ts-ignore: decorator
@inline const RSQRT = 3;
// @ts-ignore: decorator
@inline const HARD_SWISH = 4;
// @ts-ignore: decorator
@inline const LEAKY_RELU = 5;
// @ts-ignore: decorator
@inline const CLAMP = 6;
// @ts-ignore: decorator
@inline const SIN = 7;
// @ts-ignore: decorator
@inline const COS = 8;
// @ts-ignore: decorator
@inline const LOG1P = 9;
// @ts-ignore: decorator
@inline const EXPM1 = 10;
// @ts-ignore: decorator
@inline const MISH = 11;
// @ts-ignore: decorator
@inline const GELU_SIGMOID = 12;
// @ts-ignore: decorator
@inline const SOFTPLUS = 13;
// @ts-ignore: decorator
@inline const ELU = 14;

// @ts-ignore: decorator
@inline
function single(value: f32): v128 {
  return f32x4.splat(value);
}

/** −1, 0 or 1; 0 for NaN. */
// @ts-ignore: decorator
@inline
function sign(x: v128): v128 {
  const above = v128.and(f32x4.gt(x, single(0)), single(1));
  return v128.or(above, v128.and(f32x4.lt(x, single(0)), single(-1)));
}

/** x · min(max(x + 3, 0), 6) / 6 */
// @ts-ignore: decorator
@inline
function hardSwish(x: v128): v128 {
  const share = f32x4.pmin(f32x4.pmax(f32x4.add(x, single(3)), single(0)), single(6));
  return f32x4.mul(x, f32x4.mul(share, single(1 / 6.0)));
}

// @ts-ignore: decorator
@inline
function value4(name: i32, x: v128, first: f64, second: f64): v128 {
  if (name == ABS) return f32x4.abs(x);
  if (name == SIGN) return sign(x);
  if (name == ROUND) return f32x4.nearest(x);
  if (name == RSQRT) return f32x4.div(single(1), f32x4.sqrt(x));
  if (name == HARD_SWISH) return hardSwish(x);
  if (name == LEAKY_RELU) return v128.bitselect(x, f32x4.mul(x, single(<f32>first)), f32x4.gt(x, single(0)));
  if (name == CLAMP) return f32x4.pmin(f32x4.pmax(x, single(<f32>first)), single(<f32>second));
  const lower = value2(name, low(x), number(first), number(second));
  return joined(lower, value2(name, high(x), number(first), number(second)));
}

/** x tanh(log(1 + e^x)) = x w / (w + 2), w = e^x (e^x + 2) */
// @ts-ignore: decorator
@inline
function mish(x: v128): v128 {
  const e = exp2(f64x2.pmin(x, number(40))); // beyond, the fraction is 1
  const w = f64x2.mul(e, f64x2.add(e, number(2)));
  return f64x2.mul(x, f64x2.div(w, f64x2.add(w, number(2))));
}

/** x sigmoid(1.702 x), the sigmoid from the power below 1. */
// @ts-ignore: decorator
@inline
function geluSigmoid(x: v128): v128 {
  const e = exp2(f64x2.mul(f64x2.abs(x), number(-1.702)));
  const above = v128.bitselect(e, number(1), f64x2.lt(x, number(0)));
  return f64x2.mul(x, f64x2.div(above, f64x2.add(e, number(1))));
}

/** (max(u, 0) + log(1 + e^−|u|)) / beta, u = beta x; x where u is above the threshold. */
// @ts-ignore: decorator
@inline
function softplus(x: v128, beta: v128, threshold: v128): v128 {
  const u = f64x2.mul(x, beta);
  const rest = log1pOfShare2(exp2(f64x2.neg(f64x2.abs(u))));
  const y = f64x2.mul(f64x2.add(f64x2.pmax(u, number(0)), rest), f64x2.div(number(1), beta));
  return v128.bitselect(x, y, f64x2.gt(u, threshold));
}

// @ts-ignore: decorator
@inline
function value2(name: i32, x: v128, first: v128, second: v128): v128 {
  if (name == SIN) return sine2(x, false);
  if (name == COS) return sine2(x, true);
  if (name == LOG1P) return log1p2(x);
  if (name == EXPM1) return expm12(x);
  if (name == MISH) return mish(x);
  if (name == GELU_SIGMOID) return geluSigmoid(x);
  if (name == SOFTPLUS) return softplus(x, first, second);
  return v128.bitselect(x, f64x2.mul(first, expm12(x)), f64x2.gt(x, number(0)));
}

// @ts-ignore: decorator
@inline
function loop(name: i32, x: usize, left: i32, first: f64, second: f64): bool {
  let large = i32x4.splat(0);
  do {
    const four = v128.load(x);
    if (name == SIN || name == COS) large = v128.or(large, f32x4.gt(f32x4.abs(four), single(LARGEST_ANGLE)));
    v128.store(x, value4(name, four, first, second));
    if (name < SIN) {
      // The loop itself costs as much as the function.
      v128.store(x, value4(name, v128.load(x, 16), first, second), 16);
      x += 16;
      left -= 4;
    }
    x += 16;
    left -= 4;
  } while (left > 0);
  return v128.any_true(large);
}

/**
 * x = f(x) in place, f by its number, with its settings. Returns whether f is not precise for one of the numbers. Up to
 * seven numbers behind them change too.
 */
export function map(name: i32, x: usize, count: i32, first: f64, second: f64): bool {
  switch (name) {
    case ABS: return loop(ABS, x, count, first, second);
    case SIGN: return loop(SIGN, x, count, first, second);
    case ROUND: return loop(ROUND, x, count, first, second);
    case RSQRT: return loop(RSQRT, x, count, first, second);
    case HARD_SWISH: return loop(HARD_SWISH, x, count, first, second);
    case LEAKY_RELU: return loop(LEAKY_RELU, x, count, first, second);
    case CLAMP: return loop(CLAMP, x, count, first, second);
    case SIN: return loop(SIN, x, count, first, second);
    case COS: return loop(COS, x, count, first, second);
    case LOG1P: return loop(LOG1P, x, count, first, second);
    case EXPM1: return loop(EXPM1, x, count, first, second);
    case MISH: return loop(MISH, x, count, first, second);
    case GELU_SIGMOID: return loop(GELU_SIGMOID, x, count, first, second);
    case SOFTPLUS: return loop(SOFTPLUS, x, count, first, second);
    case ELU: return loop(ELU, x, count, first, second);
    default: return unreachable();
  }
}
