import { loadFirst, storeFirst } from "../simd/lanes";
import { centre, moments, normFails, normScale, normShift, rootMeanSquare } from "./moments";
import { fma } from "../simd/simd";

// Rows of `size` contiguous numbers of [rows, size]; each function works on the rows from ≤ row < to.

/** y = x̂ · weight + bias of one row. */
function normalize(x: usize, weight: usize, bias: usize, y: usize, size: i32): void {
  const m = f32x4.splat(centre);
  const scale = f32x4.splat(normScale);
  const shift = f32x4.splat(normShift);
  let left = size;
  if (left >= 4) {
    do {
      let value = fma(f32x4.sub(v128.load(x), m), scale, shift);
      if (weight) {
        value = f32x4.mul(value, v128.load(weight));
        weight += 16;
      }
      if (bias) {
        value = f32x4.add(value, v128.load(bias));
        bias += 16;
      }
      v128.store(y, value);
      x += 16;
      y += 16;
      left -= 4;
    } while (left >= 4);
  }
  if (left > 0) {
    let value = fma(f32x4.sub(loadFirst(x, left), m), scale, shift);
    if (weight) value = f32x4.mul(value, loadFirst(weight, left));
    if (bias) value = f32x4.add(value, loadFirst(bias, left));
    storeFirst(y, value, left);
  }
}

/**
 * y [rows, size] = (x − mean) / √(variance + ε) · weight + bias for each row of x [rows, size]; y may be x.
 *
 * @param weight [size], or 0
 * @param bias [size], or 0
 * @param extreme the address to set to 1 if float32 is not precise enough for a row
 */
export function layerNorm(
  x: usize,
  weight: usize,
  bias: usize,
  y: usize,
  size: i32,
  epsilon: f64,
  extreme: usize,
  from: i32,
  to: i32,
): void {
  for (let row = from; row < to; row++) {
    const at = (<usize>row * <usize>size) << 2;
    moments(x + at, size, epsilon);
    if (normFails) store<i32>(extreme, 1);
    normalize(x + at, weight, bias, y + at, size);
  }
}

/**
 * y [rows, size] = x / √(mean of squares + ε) · weight for each row of x [rows, size]; y may be x.
 *
 * @param weight [size], or 0
 * @param extreme the address to set to 1 if float32 is not precise enough for a row
 */
export function rmsNorm(
  x: usize,
  weight: usize,
  y: usize,
  size: i32,
  epsilon: f64,
  extreme: usize,
  from: i32,
  to: i32,
): void {
  for (let row = from; row < to; row++) {
    const at = (<usize>row * <usize>size) << 2;
    rootMeanSquare(x + at, size, epsilon);
    if (normFails) store<i32>(extreme, 1);
    normalize(x + at, weight, 0, y + at, size);
  }
}
