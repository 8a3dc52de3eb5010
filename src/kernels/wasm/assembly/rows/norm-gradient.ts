import { loadFirst, storeFirst, sumOfLanes } from "../simd/lanes";
import { centre, moments, normFails, normScale, normShift, rootMeanSquare } from "./moments";
import { fma } from "../simd/simd";

/** With a larger mean, a difference may overflow float32. */
const LARGEST_MEAN: f32 = 1e30;

/**
 * One row of a norm's gradient, with x̂ from what `moments` found and h = g · weight: output = scale (h − mean(h) − x̂
 * · mean(h x̂)), without the first mean if `centred` is false; weightSums += g x̂, biasSums += g (if centred). Returns
 * whether float32 is precise enough.
 */
function rowGradient(
  x: usize,
  weight: usize,
  gradient: usize,
  output: usize,
  size: i32,
  centred: bool,
  weightSums: usize,
  biasSums: usize,
): bool {
  const m = f32x4.splat(centre);
  const scale = f32x4.splat(normScale);
  const shift = f32x4.splat(normShift);
  let sums = f32x4.splat(0);
  let products = f32x4.splat(0);
  let at: usize = 0;
  let left = size;
  if (left > 0) {
    do {
      const g = loadFirst(gradient + at, left); // 0 beyond the row, and so are all its products
      const normalized = fma(f32x4.sub(loadFirst(x + at, left), m), scale, shift);
      const h = weight ? f32x4.mul(g, loadFirst(weight + at, left)) : g;
      sums = f32x4.add(sums, h);
      products = fma(h, normalized, products);
      storeFirst(weightSums + at, fma(g, normalized, loadFirst(weightSums + at, left)), left);
      if (centred) storeFirst(biasSums + at, f32x4.add(g, loadFirst(biasSums + at, left)), left);
      at += 16;
      left -= 4;
    } while (left > 0);
  }
  const meanH = f32x4.splat(centred ? <f32>(sumOfLanes(sums) / <f64>size) : 0);
  const meanProduct = f32x4.splat(<f32>(-sumOfLanes(products) / <f64>size));
  at = 0;
  left = size;
  if (left > 0) {
    do {
      const g = loadFirst(gradient + at, left);
      const normalized = fma(f32x4.sub(loadFirst(x + at, left), m), scale, shift);
      const h = weight ? f32x4.mul(g, loadFirst(weight + at, left)) : g;
      storeFirst(output + at, f32x4.mul(scale, fma(normalized, meanProduct, f32x4.sub(h, meanH))), left);
      at += 16;
      left -= 4;
    } while (left > 0);
  }
  const largest = max<f32>(abs<f32>(f32x4.extract_lane(meanH, 0)), abs<f32>(f32x4.extract_lane(meanProduct, 0)));
  return largest <= LARGEST_MEAN;
}

/**
 * The number of rows whose weight and bias gradients are added into one partial sum. Fixed, so that the number of
 * threads changes nothing.
 */
const BLOCK = 64;

/** Rows from..to; sums also has partial sums of the bias's gradient if `centred`. */
// @ts-ignore: decorator
@inline
function gradients(
  x: usize,
  weight: usize,
  gradient: usize,
  output: usize,
  sums: usize,
  size: i32,
  epsilon: f64,
  extreme: usize,
  from: i32,
  to: i32,
  centred: bool,
): void {
  const bytes = <usize>size << 2;
  const width = centred ? 2 * bytes : bytes;
  for (let row = from; row < to; row++) {
    const at = <usize>row * bytes;
    const block = sums + width * <usize>(row / BLOCK);
    if (row % BLOCK == 0) memory.fill(block, 0, width);
    if (centred) moments(x + at, size, epsilon);
    else rootMeanSquare(x + at, size, epsilon);
    const fits = rowGradient(x + at, weight, gradient + at, output + at, size, centred, block, block + bytes);
    if (normFails || !fits) store<i32>(extreme, 1);
  }
}

/**
 * output [rows, size] = ∂x; `from` is a multiple of 64, `to` too or the end. Block b of 64 rows writes its partial sums
 * to sums [⌈rows / 64⌉, 2, size]: of the weight's gradient, then of the bias's. `addBlocks` adds the blocks. Sets
 * `extreme` to 1 if float32 is not precise enough for a row.
 *
 * @param x [rows, size]
 * @param weight [size], or 0
 * @param gradient [rows, size]
 */
export function layerNormGradient(
  x: usize,
  weight: usize,
  gradient: usize,
  output: usize,
  sums: usize,
  size: i32,
  epsilon: f64,
  extreme: usize,
  from: i32,
  to: i32,
): void {
  gradients(x, weight, gradient, output, sums, size, epsilon, extreme, from, to, true);
}

/** Like `layerNormGradient`, with partial sums of the weight's gradient only: sums [⌈rows / 64⌉, size]. */
export function rmsNormGradient(
  x: usize,
  weight: usize,
  gradient: usize,
  output: usize,
  sums: usize,
  size: i32,
  epsilon: f64,
  extreme: usize,
  from: i32,
  to: i32,
): void {
  gradients(x, weight, gradient, output, sums, size, epsilon, extreme, from, to, false);
}

/** output [size] = the sum over blocks of sums [blocks, size]; layerNorm's partial sums are [blocks, 2 · size]. */
export function addBlocks(sums: usize, output: usize, blocks: i32, size: i32): void {
  const bytes = <usize>size << 2;
  let left = size;
  if (left > 0) {
    do {
      let sum = f32x4.splat(0);
      for (let b = 0; b < blocks; b++) sum = f32x4.add(sum, loadFirst(sums + <usize>b * bytes, left));
      storeFirst(output, sum, left);
      sums += 16;
      output += 16;
      left -= 4;
    } while (left > 0);
  }
}
