import { exp4, log4, number, sigmoid4, tanh4 } from "../simd/exp";
import { erf4, gelu4 } from "./normal";
import { fma } from "../simd/simd";

// Functions of one number, four at a time, in the order of the type Unary in src/kernels/specs.ts.
// @ts-ignore: decorator
@inline export const RELU = 0;
// @ts-ignore: decorator
@inline export const GELU = 1;
// @ts-ignore: decorator
@inline export const GELU_TANH = 2;
// @ts-ignore: decorator
@inline export const SILU = 3;
// @ts-ignore: decorator
@inline export const SIGMOID = 4;
// @ts-ignore: decorator
@inline export const TANH = 5;
// @ts-ignore: decorator
@inline export const ERF = 6;
// @ts-ignore: decorator
@inline export const EXP = 7;
// @ts-ignore: decorator
@inline export const LOG = 8;
// @ts-ignore: decorator
@inline export const SQRT = 9;

/** Twice the argument of tanh in GELU's approximation, 2 √(2/π) (x + 0.044715 x³): ½ (1 + tanh u) = sigmoid(2u). */
// @ts-ignore: decorator
@inline
export function geluArgument4(x: v128): v128 {
  // Beyond 10.1 the sigmoid is 0 or 1 already, and x³ would overflow.
  x = f32x4.pmax(f32x4.pmin(x, number(10.1)), number(-10.1));
  return f32x4.mul(x, fma(f32x4.mul(x, x), number(0.07135481627159544), number(1.5957691216057308)));
}

// @ts-ignore: decorator
@inline
function silu4(x: v128): v128 {
  return f32x4.mul(x, sigmoid4(x));
}

// @ts-ignore: decorator
@inline
export function value(name: i32, x: v128): v128 {
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
