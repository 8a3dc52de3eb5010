import { expLifted4, LEAST_LIFTED, LIFT, log4 } from "../simd/exp";
import { largestOfLanes, lanesBelow, loadFirst, storeFirst, sumOfLanes } from "../simd/lanes";

// Rows of `size` contiguous numbers; each function works on the rows from ≤ row < to of [rows, size], one by one, so
// that a row's result does not depend on how rows are split over threads. A row with +Infinity, NaN or only −Infinity
// gives NaN.

/** The largest number of a row, in every lane; NaN is ignored. */
export function largest(x: usize, size: i32): v128 {
  let most = f32x4.splat(-Infinity);
  let left = size;
  if (left >= 4) {
    do {
      most = f32x4.pmax(most, v128.load(x));
      x += 16;
      left -= 4;
    } while (left >= 4);
  }
  if (left > 0) most = f32x4.pmax(most, v128.bitselect(loadFirst(x, left), most, lanesBelow(left)));
  return largestOfLanes(most);
}

/**
 * The number of terms summed in float32: a sum near 1 loses terms below 6e-8, and a vocabulary has thousands of them.
 */
const TOGETHER = 512;

/** Σ e^(x − most) over a row. If `keep`, stores the exponentials at y; they and the sum are then 2²⁴ times as large. */
export function sumOfExponentials(x: usize, y: usize, size: i32, most: v128, keep: bool): f32 {
  let sum: f64 = 0;
  for (let at = 0; at < size; at += TOGETHER) {
    const start = <usize>at << 2;
    sum += sumOfFew(x + start, y + start, min(size - at, TOGETHER), most, keep);
  }
  return <f32>sum;
}

function sumOfFew(x: usize, y: usize, size: i32, most: v128, keep: bool): f64 {
  const lift = keep ? LIFT : 0;
  const least = f32x4.splat(keep ? LEAST_LIFTED : -88);
  let sum = f32x4.splat(0);
  let other = sum;
  let left = size;
  if (left >= 4) {
    do {
      const e = expLifted4(f32x4.sub(v128.load(x), most), least, lift);
      if (keep) {
        v128.store(y, e);
        y += 16;
      }
      const next = f32x4.add(other, e); // two alternating sums: smaller, and so rounded less
      other = sum;
      sum = next;
      x += 16;
      left -= 4;
    } while (left >= 4);
  }
  if (left > 0) {
    const e = expLifted4(f32x4.sub(loadFirst(x, left), most), least, lift);
    if (keep) storeFirst(y, e, left);
    other = f32x4.add(other, v128.and(e, lanesBelow(left)));
  }
  return sumOfLanes(sum) + sumOfLanes(other);
}

/** x [size] · factor, in place. */
export function scale(x: usize, size: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  let left = size;
  if (left >= 4) {
    do {
      v128.store(x, f32x4.mul(v128.load(x), factors));
      x += 16;
      left -= 4;
    } while (left >= 4);
  }
  if (left > 0) storeFirst(x, f32x4.mul(loadFirst(x, left), factors), left);
}

/** y [rows, size] = e^x / Σ e^x of each row of x [rows, size]; y may be x. */
export function softmax(x: usize, y: usize, size: i32, from: i32, to: i32): void {
  const bytes = <usize>size << 2;
  for (let row = from; row < to; row++) {
    const at = <usize>row * bytes;
    const total = sumOfExponentials(x + at, y + at, size, largest(x + at, size), true);
    scale(y + at, size, 1 / total);
  }
}

/** log Σ e^(x − most) of a row. Not inlined, because an engine would move the formula into the loop that uses it. */
export function logSumOfExponentials(x: usize, size: i32, most: v128): f32 {
  return f32x4.extract_lane(log4(f32x4.splat(sumOfExponentials(x, 0, size, most, false))), 0);
}

/** y [rows, size] = x − log Σ e^x of each row of x [rows, size]; y may be x. */
export function logSoftmax(x: usize, y: usize, size: i32, from: i32, to: i32): void {
  const bytes = <usize>size << 2;
  for (let row = from; row < to; row++) {
    let at = x + <usize>row * bytes;
    let out = y + <usize>row * bytes;
    const most = largest(at, size);
    const logSum = f32x4.splat(logSumOfExponentials(at, size, most));
    let left = size;
    if (left > 0) {
      do {
        storeFirst(out, f32x4.sub(f32x4.sub(loadFirst(at, left), most), logSum), left);
        at += 16;
        out += 16;
        left -= 4;
      } while (left > 0);
    }
  }
}
