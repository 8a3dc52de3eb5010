/**
 * Products of one row with a matrix of 8 or 4 bits, straight from the bits. The row is quantized as well, block by block,
 * so that the products of a block are sums of small whole numbers, exact in any order.
 */
import { fma, greatestLane, storeSum, sumLanes } from "./simd";

/**
 * Quantizes a row [depth] in blocks of 32: scale = max |x| / 127, value = x / scale to the nearest whole number.
 * @param values [depth] signed bytes
 * @param scales [depth / 32]
 * @param sums [depth / 32] the sum of each block's values, times 8: what the zero of 4-bit weights adds too much
 */
export function quantizeVector(x: usize, depth: i32, values: usize, scales: usize, sums: usize): void {
  for (let block = 0; block < depth; block += 32) {
    let largest = f32x4.splat(0);
    for (let i: usize = 0; i < 128; i += 16) largest = f32x4.max(largest, f32x4.abs(v128.load(x + i)));
    const most = greatestLane(largest);
    const inverse = f32x4.splat(most == 0 ? 0 : 127 / most);
    let sum = i32x4.splat(0);
    for (let i: usize = 0; i < 128; i += 64) {
      const a = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x + i), inverse)));
      const b = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x + i, 16), inverse)));
      const c = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x + i, 32), inverse)));
      const d = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x + i, 48), inverse)));
      sum = i32x4.add(sum, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
      v128.store(
        values + (i >> 2),
        i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)),
      );
    }
    f32.store(scales, most / 127);
    const total =
      i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3);
    i32.store(sums, total << 3);
    x += 128;
    values += 32;
    scales += 4;
    sums += 4;
  }
}

/** The products of 16 pairs of signed bytes, summed by lanes. */
// @ts-ignore: decorator
@inline
function dot16(a: v128, b: v128): v128 {
  return i32x4.add(
    i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(a), i16x8.extend_low_i8x16_s(b)),
    i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(a), i16x8.extend_high_i8x16_s(b)),
  );
}

/**
 * y[from..to) = W[from..to) · x + bias for W [n, depth] of signed bytes with a scale for each 32 of them.
 * @param vector x as `quantizeVector` gives its values, and `vectorScales` its scales
 */
export function multiplyEight(
  weight: usize,
  scales: usize,
  vector: usize,
  vectorScales: usize,
  y: usize,
  bias: usize,
  depth: i32,
  from: i32,
  to: i32,
): void {
  const blocks: usize = <usize>depth >> 5;
  const end = vector + <usize>depth;
  for (let n = from; n < to; n++) {
    let w = weight + <usize>n * <usize>depth;
    let scale = scales + ((<usize>n * blocks) << 2);
    let x = vector;
    let xScale = vectorScales;
    let total = f32x4.splat(0);
    while (x < end) {
      const sums = i32x4.add(dot16(v128.load(w), v128.load(x)), dot16(v128.load(w, 16), v128.load(x, 16)));
      const factor = f32x4.mul(v128.load32_splat(scale), v128.load32_splat(xScale));
      total = fma(f32x4.convert_i32x4_s(sums), factor, total);
      w += 32;
      x += 32;
      scale += 4;
      xScale += 4;
    }
    storeSum(sumLanes(total), bias, y, n);
  }
}

/**
 * The products of 32 signed bytes of x with weights of 0 to 15, summed by lanes. A sum of two pairs fits 16 bits, and
 * relaxed SIMD multiplies bytes at once: a weight of 4 bits is one of the 7 that it needs to be the same everywhere.
 */
// @ts-ignore: decorator
@inline
function dot32(x0: v128, w0: v128, x1: v128, w1: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD
    ? i32x4.extadd_pairwise_i16x8_s(
        i16x8.add(i16x8.relaxed_dot_i8x16_i7x16_s(x0, w0), i16x8.relaxed_dot_i8x16_i7x16_s(x1, w1)),
      )
    : i32x4.add(dot16(x0, w0), dot16(x1, w1));
}

/**
 * As `multiplyEight`, for W of two numbers a byte. Their zero is 8: eight times the sum of x is taken off a block.
 */
export function multiplyFour(
  weight: usize,
  scales: usize,
  vector: usize,
  vectorScales: usize,
  vectorSums: usize,
  y: usize,
  bias: usize,
  depth: i32,
  from: i32,
  to: i32,
): void {
  const blocks: usize = <usize>depth >> 5;
  const end = vector + <usize>depth;
  const low = i8x16.splat(15);
  for (let n = from; n < to; n++) {
    let w = weight + ((<usize>n * blocks) << 4);
    let scale = scales + ((<usize>n * blocks) << 2);
    let x = vector;
    let xScale = vectorScales;
    let xSum = vectorSums;
    let total = f32x4.splat(0);
    while (x < end) {
      const pairs = v128.load(w);
      const products = dot32(v128.load(x), v128.and(pairs, low), v128.load(x, 16), i8x16.shr_u(pairs, 4));
      const sums = i32x4.sub(products, v128.load32_zero(xSum));
      const factor = f32x4.mul(v128.load32_splat(scale), v128.load32_splat(xScale));
      total = fma(f32x4.convert_i32x4_s(sums), factor, total);
      w += 16;
      x += 32;
      scale += 4;
      xScale += 4;
      xSum += 4;
    }
    storeSum(sumLanes(total), bias, y, n);
  }
}

/** Rows from..to) of a matrix of bytes as float32, [to − from, depth]. */
export function expandEight(weight: usize, scales: usize, output: usize, depth: i32, from: i32, to: i32): void {
  let w = weight + <usize>from * <usize>depth;
  let scale = scales + ((<usize>from * (<usize>depth >> 5)) << 2);
  const end = weight + <usize>to * <usize>depth;
  while (w < end) {
    const factor = v128.load32_splat(scale);
    for (let half: usize = 0; half < 32; half += 8) {
      const wide = i16x8.extend_low_i8x16_s(v128.load64_zero(w + half));
      v128.store(output, f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(wide))));
      v128.store(output, f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(wide))), 16);
      output += 32;
    }
    w += 32;
    scale += 4;
  }
}

/** As `expandEight`, of two numbers a byte. */
export function expandFour(weight: usize, scales: usize, output: usize, depth: i32, from: i32, to: i32): void {
  const blocks: usize = <usize>depth >> 5;
  let w = weight + ((<usize>from * blocks) << 4);
  let scale = scales + ((<usize>from * blocks) << 2);
  const end = weight + ((<usize>to * blocks) << 4);
  const eight = i8x16.splat(8);
  while (w < end) {
    const factor = v128.load32_splat(scale);
    const pairs = v128.load(w);
    expandBytes(i8x16.sub(v128.and(pairs, i8x16.splat(15)), eight), factor, output);
    expandBytes(i8x16.sub(i8x16.shr_u(pairs, 4), eight), factor, output + 64);
    output += 128;
    w += 16;
    scale += 4;
  }
}

// @ts-ignore: decorator
@inline
function expandBytes(bytes: v128, factor: v128, output: usize): void {
  const low = i16x8.extend_low_i8x16_s(bytes);
  const high = i16x8.extend_high_i8x16_s(bytes);
  v128.store(output, f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low))));
  v128.store(output, f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low))), 16);
  v128.store(output, f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high))), 32);
  v128.store(output, f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high))), 48);
}
