import { lanesBelow, loadFirst, sumOfLanes } from "../simd/lanes";
import { fma } from "../simd/simd";

/** The results of `moments`: x̂ = (x − centre) · normScale + normShift. */
export let centre: f32 = 0;
export let normScale: f32 = 0;
export let normShift: f32 = 0;
/** Whether the row has NaN, or numbers for which float32 is not precise enough. */
export let normFails: bool = false;

/** With a larger scale (impossible for ε of 1e-12 or more), what a gradient loses below 2⁻¹²⁶ would be visible. */
const LARGEST_SCALE: f32 = 1e12;

/** Σ x of a row. */
function total(x: usize, size: i32): f64 {
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  let left = size;
  if (left >= 8) {
    do {
      even = f32x4.add(even, v128.load(x));
      odd = f32x4.add(odd, v128.load(x, 16));
      x += 32;
      left -= 8;
    } while (left >= 8);
  }
  if (left > 0) {
    do {
      even = f32x4.add(even, loadFirst(x, left));
      x += 16;
      left -= 4;
    } while (left > 0);
  }
  return sumOfLanes(even) + sumOfLanes(odd);
}

/** Whether a sum of squares has overflowed, or is so small that squares may have underflowed. */
// @ts-ignore: decorator
@inline
function isExtreme(squares: f64): bool {
  return !(squares < Infinity) || squares < 1e-30;
}

/** Σ (x − m)² of a row in float64, for the rare rows whose squares leave float32's range. */
function widerSquares(x: usize, size: i32, m: f32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < size; i++) {
    const difference = <f64>f32.load(x + (<usize>i << 2)) - <f64>m;
    sum += difference * difference;
  }
  return sum;
}

/**
 * Mean and variance in two passes: with a mean m rounded to float32, d = mean(x − m) is its error, and the variance is
 * mean((x − m)²) − d². A large mean does not reduce the precision of small differences.
 */
export function moments(row: usize, size: i32, epsilon: f64): void {
  const count = <f64>size;
  let x = row;
  centre = <f32>(total(x, size) / count);
  const m = f32x4.splat(centre);
  let sums = f32x4.splat(0);
  let squares = f32x4.splat(0);
  let sums2 = f32x4.splat(0);
  let squares2 = f32x4.splat(0);
  let left = size;
  if (left >= 8) {
    do {
      const a = f32x4.sub(v128.load(x), m);
      const b = f32x4.sub(v128.load(x, 16), m);
      sums = f32x4.add(sums, a);
      squares = fma(a, a, squares);
      sums2 = f32x4.add(sums2, b);
      squares2 = fma(b, b, squares2);
      x += 32;
      left -= 8;
    } while (left >= 8);
  }
  if (left > 0) {
    do {
      const a = v128.and(f32x4.sub(loadFirst(x, left), m), lanesBelow(left));
      sums = f32x4.add(sums, a);
      squares = fma(a, a, squares);
      x += 16;
      left -= 4;
    } while (left > 0);
  }
  const missing = (sumOfLanes(sums) + sumOfLanes(sums2)) / count;
  let sum = sumOfLanes(squares) + sumOfLanes(squares2);
  normFails = !(sum < Infinity);
  if (isExtreme(sum)) sum = widerSquares(row, size, centre);
  const variance = max<f64>(sum / count - missing * missing, 0);
  const scale = 1 / sqrt<f64>(variance + epsilon);
  normScale = <f32>scale;
  if (!(normScale <= LARGEST_SCALE)) normFails = true;
  normShift = <f32>(-missing * scale);
}

/** Like `moments`, for 1 / √(mean of squares + ε): nothing is subtracted. */
export function rootMeanSquare(row: usize, size: i32, epsilon: f64): void {
  let x = row;
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  let left = size;
  if (left >= 8) {
    do {
      const a = v128.load(x);
      const b = v128.load(x, 16);
      even = fma(a, a, even);
      odd = fma(b, b, odd);
      x += 32;
      left -= 8;
    } while (left >= 8);
  }
  if (left > 0) {
    do {
      const a = loadFirst(x, left);
      even = fma(a, a, even);
      x += 16;
      left -= 4;
    } while (left > 0);
  }
  let sum = sumOfLanes(even) + sumOfLanes(odd);
  normFails = !(sum < Infinity);
  if (isExtreme(sum)) sum = widerSquares(row, size, 0);
  centre = 0;
  normScale = <f32>(1 / sqrt<f64>(sum / <f64>size + epsilon));
  if (!(normScale <= LARGEST_SCALE)) normFails = true;
  normShift = 0;
}
