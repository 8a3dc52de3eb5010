import { meetFactors } from "./row";

/**
 * `multiplyRow` for weights of 8 or 4 bits.
 * @param x the row, quantized; `scales` are its scales
 */
export function multiplyQuantizedRow(
  bits: i32,
  factors: usize,
  count: i32,
  x: usize,
  scales: usize,
  depth: i32,
  from: i32,
  to: i32,
): void {
  if (bits == 8) meetFactors(8, factors, count, x, scales, depth, from, to);
  else meetFactors(4, factors, count, x, scales, depth, from, to);
}
