import { high, joined, low } from "../simd/lanes";
import { load } from "../simd/operand";
import { exp2, log2, number } from "./double";

// In the order of `pairVectors` in src/kernels/specs.ts.
// @ts-ignore: decorator
@inline const MAXIMUM = 0;
// @ts-ignore: decorator
@inline const MINIMUM = 1;
// @ts-ignore: decorator
@inline const POWER = 2;
// @ts-ignore: decorator
@inline const EQUAL = 3;
// @ts-ignore: decorator
@inline const NOT_EQUAL = 4;
// @ts-ignore: decorator
@inline const LESS = 5;
// @ts-ignore: decorator
@inline const LESS_EQUAL = 6;
// @ts-ignore: decorator
@inline const GREATER = 7;
// @ts-ignore: decorator
@inline const GREATER_EQUAL = 8;
/** A power of 2. */
// @ts-ignore: decorator
@inline const SQUARE = 9;

// @ts-ignore: decorator
@inline
function relation(name: i32, a: v128, b: v128): v128 {
  if (name == EQUAL) return f32x4.eq(a, b);
  if (name == NOT_EQUAL) return f32x4.ne(a, b);
  if (name == LESS) return f32x4.lt(a, b);
  if (name == LESS_EQUAL) return f32x4.le(a, b);
  if (name == GREATER) return f32x4.gt(a, b);
  return f32x4.ge(a, b);
}

// @ts-ignore: decorator
@inline
function value(name: i32, a: v128, b: v128): v128 {
  // These take a unless b is greater or smaller. f32x4.max, which knows NaN, took three times as long.
  if (name == MAXIMUM) return v128.or(f32x4.pmax(a, b), f32x4.ne(b, b));
  if (name == MINIMUM) return v128.or(f32x4.pmin(a, b), f32x4.ne(b, b));
  if (name == SQUARE) return f32x4.mul(a, a);
  if (name == POWER) return joined(power2(low(a), low(b)), power2(high(a), high(b)));
  return v128.and(relation(name, a, b), f32x4.splat(1));
}

/**
 * aᵇ = e^(b log |a|), negative for negative a and odd b, NaN for negative a and a fraction b; 1 for a = 1, for b = 0, and for
 * a = −1 with an infinite b.
 */
// @ts-ignore: decorator
@inline
function power2(a: v128, b: v128): v128 {
  const size = f64x2.abs(a);
  const isZero = f64x2.eq(a, number(0));
  const logarithm = v128.bitselect(number(-Infinity), log2(size), isZero);
  // NaN has no order: `log2` takes its bits for those of a number.
  const y = exp2(f64x2.mul(b, v128.bitselect(logarithm, a, f64x2.ge(size, number(0)))));
  const half = f64x2.mul(b, number(0.5));
  const isWhole = f64x2.eq(f64x2.trunc(b), b);
  const isOdd = v128.and(isWhole, f64x2.ne(f64x2.trunc(half), half));
  const signed = v128.xor(y, v128.and(v128.and(a, isOdd), i64x2.splat(0x8000000000000000)));
  const isNone = v128.andnot(v128.and(f64x2.lt(a, number(0)), f64x2.gt(a, number(-Infinity))), isWhole);
  const isOne = v128.or(f64x2.eq(b, number(0)), f64x2.eq(a, number(1)));
  const isMinusOne = v128.and(f64x2.eq(a, number(-1)), f64x2.eq(f64x2.abs(b), number(Infinity)));
  return v128.bitselect(number(1), v128.or(signed, isNone), v128.or(isOne, isMinusOne));
}

/** Steps are in bytes for four numbers, 16 or 0. */
// @ts-ignore: decorator
@inline
function loop(name: i32, a: usize, stepA: usize, b: usize, stepB: usize, y: usize, left: i32): void {
  do {
    v128.store(y, value(name, load(a, stepA), load(b, stepB)));
    a += stepA;
    b += stepB;
    y += 16;
    left -= 4;
  } while (left > 0);
}

/** y = f(a, b), f by its number; an operand whose step is 0 is a single number. Up to three numbers behind y change too. */
export function pair(name: i32, a: usize, stepA: usize, b: usize, stepB: usize, y: usize, count: i32): void {
  switch (name) {
    case MAXIMUM: return loop(MAXIMUM, a, stepA, b, stepB, y, count);
    case MINIMUM: return loop(MINIMUM, a, stepA, b, stepB, y, count);
    case POWER:
      if (!stepB && f32.load(b) == 2) return loop(SQUARE, a, stepA, b, 0, y, count);
      return loop(POWER, a, stepA, b, stepB, y, count);
    case EQUAL: return loop(EQUAL, a, stepA, b, stepB, y, count);
    case NOT_EQUAL: return loop(NOT_EQUAL, a, stepA, b, stepB, y, count);
    case LESS: return loop(LESS, a, stepA, b, stepB, y, count);
    case LESS_EQUAL: return loop(LESS_EQUAL, a, stepA, b, stepB, y, count);
    case GREATER: return loop(GREATER, a, stepA, b, stepB, y, count);
    case GREATER_EQUAL: return loop(GREATER_EQUAL, a, stepA, b, stepB, y, count);
    default: unreachable();
  }
}
