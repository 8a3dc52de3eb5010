import { high, joined, low } from "../simd/lanes";
import { load } from "../simd/operand";

/** −g a / b² in float64, rounded once. */
// @ts-ignore: decorator
@inline
function quotient(g: v128, a: v128, b: v128): v128 {
  return joined(slope(low(g), low(a), low(b)), slope(high(g), high(a), high(b)));
}

// @ts-ignore: decorator
@inline
function slope(g: v128, a: v128, b: v128): v128 {
  return f64x2.div(f64x2.mul(f64x2.neg(g), a), f64x2.mul(b, b));
}

/** y = −g a / b². An operand whose step is 0 is a single number. Up to three numbers behind y change too. */
export function divideGradient(
  g: usize,
  stepG: usize,
  a: usize,
  stepA: usize,
  b: usize,
  stepB: usize,
  y: usize,
  left: i32,
): void {
  do {
    v128.store(y, quotient(load(g, stepG), load(a, stepA), load(b, stepB)));
    g += stepG;
    a += stepA;
    b += stepB;
    y += 16;
    left -= 4;
  } while (left > 0);
}
