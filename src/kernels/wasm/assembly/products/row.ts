import { multiplyEight, multiplyFour } from "./quantized";
import { multiplyVector } from "./vector";

/** What a row is multiplied by: the addresses of a weight [rows, depth], the result and the bias (or 0). */
@unmanaged
class Factor {
  weight: usize;
  y: usize;
  bias: usize;
  rows: i32;
}

const FACTOR: usize = 16;

/**
 * The products of one row and several weights, of their rows one after the other, each weight's rounded up to a multiple
 * of four. Decoding multiplies query, key and value at once, so that threads meet once.
 * @param factors `count` times `Factor`
 */
export function multiplyRow(factors: usize, count: i32, x: usize, depth: i32, from: i32, to: i32): void {
  meetFactors(32, factors, count, x, 0, depth, from, to);
}

/**
 * The same for numbers of any kind.
 * @param bits of a weight's numbers: 32, 8 or 4; constant, so that a binary has only the products that it calls
 * @param x the row, quantized for 8 or 4 bits; `scales` are its scales
 */
// @ts-ignore: decorator
@inline
export function meetFactors(
  bits: i32,
  factors: usize,
  count: i32,
  x: usize,
  scales: usize,
  depth: i32,
  from: i32,
  to: i32,
): void {
  for (const end = factors + <usize>count * FACTOR; factors < end; factors += FACTOR) {
    const factor = changetype<Factor>(factors);
    const rows = factor.rows;
    const first = max(from, 0);
    const last = min(to, rows);
    if (first < last) {
      if (bits == 32) multiplyVector(factor.weight, x, factor.y, factor.bias, depth, first, last);
      else if (bits == 8) multiplyEight(factor.weight, x, scales, factor.y, factor.bias, depth, first, last);
      else multiplyFour(factor.weight, x, scales, factor.y, factor.bias, depth, first, last);
    }
    const padded = (rows + 3) & ~3;
    from -= padded;
    to -= padded;
  }
}
