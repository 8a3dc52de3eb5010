import { expNonPositive4 } from "../simd/exp";
import { loadFirst, storeFirst, sumOfLanes } from "../simd/lanes";
import { fma } from "../simd/simd";

// Rows of `size` contiguous numbers; each function works on the rows from ≤ row < to of [rows, size].

/** Σ a · b of a row, or Σ a where b is 0. */
function dot(a: usize, b: usize, size: i32): f32 {
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  let left = size;
  if (left >= 8) {
    do {
      if (b) {
        even = fma(v128.load(a), v128.load(b), even);
        odd = fma(v128.load(a, 16), v128.load(b, 16), odd);
        b += 32;
      } else {
        even = f32x4.add(v128.load(a), even);
        odd = f32x4.add(v128.load(a, 16), odd);
      }
      a += 32;
      left -= 8;
    } while (left >= 8);
  }
  if (left > 0) {
    do {
      if (b) {
        even = fma(loadFirst(a, left), loadFirst(b, left), even);
        b += 16;
      } else even = f32x4.add(loadFirst(a, left), even);
      a += 16;
      left -= 4;
    } while (left > 0);
  }
  return <f32>sumOfLanes(f32x4.add(even, odd));
}

/** With a larger sum, results may overflow float32, and the reference takes over. */
const LARGEST_SUM: f32 = 1.2676506e30; // 2^100

/**
 * output [rows, size] = y (g − Σ g y), y [rows, size] the softmax, g its gradient [rows, size]; sets `extreme` to 1 if
 * float32 is not precise enough for a row.
 */
export function softmaxGradient(
  y: usize,
  gradient: usize,
  output: usize,
  size: i32,
  extreme: usize,
  from: i32,
  to: i32,
): void {
  const bytes = <usize>size << 2;
  for (let row = from; row < to; row++) {
    let at = <usize>row * bytes;
    const sum = dot(gradient + at, y + at, size);
    if (!(abs<f32>(sum) <= LARGEST_SUM)) store<i32>(extreme, 1);
    const total = f32x4.splat(sum);
    let left = size;
    if (left > 0) {
      do {
        const slope = f32x4.sub(loadFirst(gradient + at, left), total);
        storeFirst(output + at, f32x4.mul(loadFirst(y + at, left), slope), left);
        at += 16;
        left -= 4;
      } while (left > 0);
    }
  }
}

/**
 * output [rows, size] = g − e^y Σ g, y [rows, size] the logarithms of the softmax, g their gradient [rows, size];
 * `extreme` as above.
 */
export function logSoftmaxGradient(
  y: usize,
  gradient: usize,
  output: usize,
  size: i32,
  extreme: usize,
  from: i32,
  to: i32,
): void {
  const bytes = <usize>size << 2;
  for (let row = from; row < to; row++) {
    let at = <usize>row * bytes;
    const sum = dot(gradient + at, 0, size);
    if (!(abs<f32>(sum) <= LARGEST_SUM)) store<i32>(extreme, 1);
    const total = f32x4.splat(-sum);
    let left = size;
    if (left > 0) {
      do {
        const g = fma(expNonPositive4(loadFirst(y + at, left)), total, loadFirst(gradient + at, left));
        storeFirst(output + at, g, left);
        at += 16;
        left -= 4;
      } while (left > 0);
    }
  }
}
