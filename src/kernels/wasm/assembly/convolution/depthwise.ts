import { fma } from "../simd/simd";
import { storeFirst } from "../simd/lanes";

/**
 * y[row, column] = bias + Σ weights[t] · x[offsets[t] + row · rowStep + column], for y [rows, columns]. Offsets and
 * `rowStep` are in bytes. Up to three numbers past the last ones of x are read, and not used.
 */
export function depthwise(
  x: usize,
  offsets: usize,
  weights: usize,
  taps: i32,
  y: usize,
  rows: i32,
  columns: i32,
  rowStep: usize,
  bias: f32,
): void {
  const end = offsets + (<usize>taps << 2);
  for (let row = 0; row < rows; row++) {
    let at = x + <usize>row * rowStep;
    let left = columns;
    for (; left >= 16; left -= 16) {
      sixteen(at, offsets, end, weights, y, bias);
      at += 64;
      y += 64;
    }
    for (; left > 0; left -= 4) {
      storeFirst(y, four(at, offsets, end, weights, bias), left);
      at += 16;
      y += <usize>min(left, 4) << 2;
    }
  }
}

/** Four sums at a time hide the latency of an addition. */
// @ts-ignore: decorator
@inline
function sixteen(x: usize, offsets: usize, end: usize, weights: usize, y: usize, bias: f32): void {
  let s0 = f32x4.splat(bias);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  while (offsets < end) {
    const at = x + load<u32>(offsets);
    const weight = v128.load32_splat(weights);
    s0 = fma(weight, v128.load(at), s0);
    s1 = fma(weight, v128.load(at, 16), s1);
    s2 = fma(weight, v128.load(at, 32), s2);
    s3 = fma(weight, v128.load(at, 48), s3);
    offsets += 4;
    weights += 4;
  }
  v128.store(y, s0);
  v128.store(y, s1, 16);
  v128.store(y, s2, 32);
  v128.store(y, s3, 48);
}

// @ts-ignore: decorator
@inline
function four(x: usize, offsets: usize, end: usize, weights: usize, bias: f32): v128 {
  let sum = f32x4.splat(bias);
  while (offsets < end) {
    sum = fma(v128.load32_splat(weights), v128.load(x + load<u32>(offsets)), sum);
    offsets += 4;
    weights += 4;
  }
  return sum;
}
