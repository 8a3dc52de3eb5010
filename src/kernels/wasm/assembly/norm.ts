import { lanesBelow, loadFirst, storeFirst, sumOfLanes } from "./lanes";
import { fma } from "./simd";

// Rows of `size` contiguous numbers of [rows, size]; each function works on the rows from ≤ row < to.

/** What `moments` finds of a row: x̂ = (x − centre) · normScale + normShift. */
let centre: f32 = 0;
let normScale: f32 = 0;
let normShift: f32 = 0;

/** Σ x of a row. */
function total(x: usize, size: i32): f64 {
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  let left = size;
  for (; left >= 8; left -= 8) {
    even = f32x4.add(even, v128.load(x));
    odd = f32x4.add(odd, v128.load(x, 16));
    x += 32;
  }
  for (; left > 0; left -= 4) {
    even = f32x4.add(even, loadFirst(x, left));
    x += 16;
  }
  return sumOfLanes(even) + sumOfLanes(odd);
}

/**
 * Mean and variance in two passes: with a mean m that float32 has rounded, d = mean(x − m) is what is missing, and the
 * variance is mean((x − m)²) − d². A large mean takes nothing from small differences.
 */
function moments(x: usize, size: i32, epsilon: f64): void {
  const count = <f64>size;
  centre = <f32>(total(x, size) / count);
  const m = f32x4.splat(centre);
  let sums = f32x4.splat(0);
  let squares = f32x4.splat(0);
  let sums2 = f32x4.splat(0);
  let squares2 = f32x4.splat(0);
  let left = size;
  for (; left >= 8; left -= 8) {
    const a = f32x4.sub(v128.load(x), m);
    const b = f32x4.sub(v128.load(x, 16), m);
    sums = f32x4.add(sums, a);
    squares = fma(a, a, squares);
    sums2 = f32x4.add(sums2, b);
    squares2 = fma(b, b, squares2);
    x += 32;
  }
  for (; left > 0; left -= 4) {
    const a = v128.and(f32x4.sub(loadFirst(x, left), m), lanesBelow(left));
    sums = f32x4.add(sums, a);
    squares = fma(a, a, squares);
    x += 16;
  }
  const missing = (sumOfLanes(sums) + sumOfLanes(sums2)) / count;
  const variance = max<f64>((sumOfLanes(squares) + sumOfLanes(squares2)) / count - missing * missing, 0);
  const scale = 1 / sqrt<f64>(variance + epsilon);
  normScale = <f32>scale;
  normShift = <f32>(-missing * scale);
}

/** As `moments`, for 1 / √(mean of squares + ε): nothing is subtracted. */
function rootMeanSquare(x: usize, size: i32, epsilon: f64): void {
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  let left = size;
  for (; left >= 8; left -= 8) {
    const a = v128.load(x);
    const b = v128.load(x, 16);
    even = fma(a, a, even);
    odd = fma(b, b, odd);
    x += 32;
  }
  for (; left > 0; left -= 4) {
    const a = loadFirst(x, left);
    even = fma(a, a, even);
    x += 16;
  }
  centre = 0;
  normScale = <f32>(1 / sqrt<f64>((sumOfLanes(even) + sumOfLanes(odd)) / <f64>size + epsilon));
  normShift = 0;
}

/** y = x̂ · weight + bias of one row. */
function normalize(x: usize, weight: usize, bias: usize, y: usize, size: i32): void {
  const m = f32x4.splat(centre);
  const scale = f32x4.splat(normScale);
  const shift = f32x4.splat(normShift);
  let left = size;
  for (; left >= 4; left -= 4) {
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
 */
export function layerNorm(
  x: usize,
  weight: usize,
  bias: usize,
  y: usize,
  size: i32,
  epsilon: f64,
  from: i32,
  to: i32,
): void {
  for (let row = from; row < to; row++) {
    const at = (<usize>row * <usize>size) << 2;
    moments(x + at, size, epsilon);
    normalize(x + at, weight, bias, y + at, size);
  }
}

/**
 * y [rows, size] = x / √(mean of squares + ε) · weight for each row of x [rows, size]; y may be x.
 *
 * @param weight [size], or 0
 */
export function rmsNorm(x: usize, weight: usize, y: usize, size: i32, epsilon: f64, from: i32, to: i32): void {
  for (let row = from; row < to; row++) {
    const at = (<usize>row * <usize>size) << 2;
    rootMeanSquare(x + at, size, epsilon);
    normalize(x + at, weight, 0, y + at, size);
  }
}

/**
 * One row of a norm's gradient, with x̂ from what `moments` found and h = g · weight:
 * output = scale (h − mean(h) − x̂ · mean(h x̂)), the first mean left out where `centred` is false;
 * weightSums += g x̂, biasSums += g (where centred).
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
): void {
  const m = f32x4.splat(centre);
  const scale = f32x4.splat(normScale);
  const shift = f32x4.splat(normShift);
  let sums = f32x4.splat(0);
  let products = f32x4.splat(0);
  let at: usize = 0;
  for (let left = size; left > 0; left -= 4) {
    const g = loadFirst(gradient + at, left); // 0 beyond the row, and so are all its products
    const normalized = fma(f32x4.sub(loadFirst(x + at, left), m), scale, shift);
    const h = weight ? f32x4.mul(g, loadFirst(weight + at, left)) : g;
    sums = f32x4.add(sums, h);
    products = fma(h, normalized, products);
    storeFirst(weightSums + at, fma(g, normalized, loadFirst(weightSums + at, left)), left);
    if (centred) storeFirst(biasSums + at, f32x4.add(g, loadFirst(biasSums + at, left)), left);
    at += 16;
  }
  const meanH = f32x4.splat(centred ? <f32>(sumOfLanes(sums) / <f64>size) : 0);
  const meanProduct = f32x4.splat(<f32>(-sumOfLanes(products) / <f64>size));
  at = 0;
  for (let left = size; left > 0; left -= 4) {
    const g = loadFirst(gradient + at, left);
    const normalized = fma(f32x4.sub(loadFirst(x + at, left), m), scale, shift);
    const h = weight ? f32x4.mul(g, loadFirst(weight + at, left)) : g;
    storeFirst(output + at, f32x4.mul(scale, fma(normalized, meanProduct, f32x4.sub(h, meanH))), left);
    at += 16;
  }
}

/** Rows whose weight and bias gradients are added into one partial sum: fixed, so that threads change nothing. */
const BLOCK = 64;

/**
 * output [rows, size] = ∂x; `from` is a multiple of 64, `to` too or the end. Block b of 64 rows leaves its partial sums
 * in sums [⌈rows / 64⌉, 2, size]: of the weight's gradient, then of the bias's. `addBlocks` adds the blocks.
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
  from: i32,
  to: i32,
): void {
  const bytes = <usize>size << 2;
  for (let row = from; row < to; row++) {
    const at = <usize>row * bytes;
    const block = sums + 2 * bytes * <usize>(row / BLOCK);
    if (row % BLOCK == 0) memory.fill(block, 0, 2 * bytes);
    moments(x + at, size, epsilon);
    rowGradient(x + at, weight, gradient + at, output + at, size, true, block, block + bytes);
  }
}

/** As `layerNormGradient`, with partial sums of the weight's gradient alone: sums [⌈rows / 64⌉, size]. */
export function rmsNormGradient(
  x: usize,
  weight: usize,
  gradient: usize,
  output: usize,
  sums: usize,
  size: i32,
  epsilon: f64,
  from: i32,
  to: i32,
): void {
  const bytes = <usize>size << 2;
  for (let row = from; row < to; row++) {
    const at = <usize>row * bytes;
    const block = sums + bytes * <usize>(row / BLOCK);
    if (row % BLOCK == 0) memory.fill(block, 0, bytes);
    rootMeanSquare(x + at, size, epsilon);
    rowGradient(x + at, weight, gradient + at, output + at, size, false, block, 0);
  }
}

/** output [size] = the sum over blocks of sums [blocks, size]; layerNorm's partial sums are [blocks, 2 · size]. */
export function addBlocks(sums: usize, output: usize, blocks: i32, size: i32): void {
  const bytes = <usize>size << 2;
  for (let left = size; left > 0; left -= 4) {
    let sum = f32x4.splat(0);
    for (let b = 0; b < blocks; b++) sum = f32x4.add(sum, loadFirst(sums + <usize>b * bytes, left));
    storeFirst(output, sum, left);
    sums += 16;
    output += 16;
  }
}
