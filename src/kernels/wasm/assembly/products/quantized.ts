/**
 * Products of one row with an 8-bit or 4-bit matrix, without dequantizing it: cells of four rows (see
 * ../../../quantized.ts), a row of the matrix in each lane. The row is quantized too, block by block, so that the
 * products of a block are sums of small integers, exact in any order.
 */
import { fma, greatestLane, sumLanes } from "../simd/simd";

/**
 * Quantizes a row [depth] in blocks of 32: scale = max |x| / 127, value = x / scale, rounded to the nearest integer.
 * @param wide whether a value takes 16 bits, or 8
 * @param values [depth]
 * @param scales [depth / 32][2]: a scale, and −8 times the sum of its block, which corrects for the zero point 8 of
 * 4-bit weights
 */
export function quantizeVector(x: usize, depth: i32, wide: bool, values: usize, scales: usize): void {
  for (let block = 0; block < depth; block += 32) {
    let largest = f32x4.splat(0);
    for (let i: usize = 0; i < 128; i += 16) largest = f32x4.max(largest, f32x4.abs(v128.load(x + i)));
    const most = greatestLane(largest);
    // Below this, 127 / most is infinite; NaN is kept.
    const inverse = f32x4.splat(most < 4e-37 ? 0 : 127 / most);
    let sum = i32x4.splat(0);
    for (let i: usize = 0; i < 128; i += 64) {
      const a = nearest(x + i, inverse);
      const b = nearest(x + i + 16, inverse);
      const c = nearest(x + i + 32, inverse);
      const d = nearest(x + i + 48, inverse);
      sum = i32x4.add(sum, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
      const low = i16x8.narrow_i32x4_s(a, b);
      const high = i16x8.narrow_i32x4_s(c, d);
      if (wide) {
        v128.store(values, low);
        v128.store(values, high, 16);
        values += 32;
      } else {
        v128.store(values, i8x16.narrow_i16x8_s(low, high));
        values += 16;
      }
    }
    const scale = most / 127;
    f32.store(scales, scale);
    f32.store(scales, scale * (-8 * sumLanes(f32x4.convert_i32x4_s(sum))), 4);
    x += 128;
    scales += 8;
  }
}

// @ts-ignore: decorator
@inline
function nearest(x: usize, inverse: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x), inverse)));
}

/**
 * y[from..to) = W[from..to) · x + bias for W [n, depth] of 8 bits.
 * @param vector x quantized by `quantizeVector`, 16 bits wide; `vectorScales` are its scales
 * @param y with room for a multiple of four numbers, like bias, [n] or 0
 * @param from a multiple of four
 */
export function multiplyEight(
  weight: usize,
  vector: usize,
  vectorScales: usize,
  y: usize,
  bias: usize,
  depth: i32,
  from: i32,
  to: i32,
): void {
  const end = vector + (<usize>depth << 1);
  let w = weight + <usize>(from >> 2) * ((<usize>depth >> 5) * 144);
  for (let n = from; n < to; n += 4) {
    let x = vector;
    let xScale = vectorScales;
    let total = bias ? v128.load(bias + (<usize>n << 2)) : f32x4.splat(0);
    do {
      const scale = f32x4.mul(v128.load(w), v128.load32_splat(xScale));
      let sum = i32x4.splat(0);
      w += 16;
      // Not unrolled further: V8 would load all operands of an iteration first, which takes more registers than there
      // are.
      const blockEnd = x + 64;
      do {
        const a = i32x4.dot_i16x8_s(v128.load8x8_s(w), v128.load32_splat(x));
        const b = i32x4.dot_i16x8_s(v128.load8x8_s(w, 8), v128.load32_splat(x, 4));
        const c = i32x4.dot_i16x8_s(v128.load8x8_s(w, 16), v128.load32_splat(x, 8));
        const d = i32x4.dot_i16x8_s(v128.load8x8_s(w, 24), v128.load32_splat(x, 12));
        sum = i32x4.add(sum, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
        w += 32;
        x += 16;
      } while (x < blockEnd);
      total = fma(f32x4.convert_i32x4_s(sum), scale, total);
      xScale += 8;
    } while (x < end);
    v128.store(y + (<usize>n << 2), total);
  }
}

/** Whether `multiplyFour` takes 16-bit numbers in its vector: relaxed SIMD multiplies bytes directly. */
export function isFourWide(): bool {
  return !ASC_FEATURE_RELAXED_SIMD;
}

/** Bytes of four numbers of the vector of `multiplyFour`. */
const STEP: usize = ASC_FEATURE_RELAXED_SIMD ? 4 : 8;

/** Like `multiplyEight`, for W of 4 bits, and a vector of the width given by `isFourWide`. */
export function multiplyFour(
  weight: usize,
  vector: usize,
  vectorScales: usize,
  y: usize,
  bias: usize,
  depth: i32,
  from: i32,
  to: i32,
): void {
  const end = vector + (<usize>depth >> 2) * STEP;
  let w = weight + <usize>(from >> 2) * ((<usize>depth >> 5) * 80);
  for (let n = from; n < to; n += 4) {
    let x = vector;
    let xScale = vectorScales;
    let total = bias ? v128.load(bias + (<usize>n << 2)) : f32x4.splat(0);
    do {
      const scale = v128.load(w);
      w += 16;
      const sums = f32x4.convert_i32x4_s(ASC_FEATURE_RELAXED_SIMD ? sumBytes(w, x) : sumWords(w, x));
      w += 64;
      x += 8 * STEP;
      // Numbers of W are 8 too large: subtracts 8 times the sum of the vector's block.
      total = fma(fma(sums, v128.load32_splat(xScale), v128.load32_splat(xScale, 4)), scale, total);
      xScale += 8;
    } while (x < end);
    v128.store(y + (<usize>n << 2), total);
  }
}

/**
 * A block of four rows of weights from 0 to 15 at `w` times the bytes of the vector at `x`. Sums of at most 16 · 127 ·
 * 15 fit 16 bits, and 4-bit weights fit the 7 bits for which the instruction gives the same result everywhere.
 */
// @ts-ignore: decorator
@inline
function sumBytes(w: usize, x: usize): v128 {
  const low = i8x16.splat(15);
  let sum = i16x8.splat(0);
  const end = x + 16;
  do {
    const a = v128.load(w);
    const b = v128.load(w, 16);
    const first = i16x8.relaxed_dot_i8x16_i7x16_s(v128.load32_splat(x), v128.and(a, low));
    const last = i16x8.relaxed_dot_i8x16_i7x16_s(v128.load32_splat(x, 16), v128.and(i16x8.shr_u(a, 4), low));
    const second = i16x8.relaxed_dot_i8x16_i7x16_s(v128.load32_splat(x, 4), v128.and(b, low));
    const other = i16x8.relaxed_dot_i8x16_i7x16_s(v128.load32_splat(x, 20), v128.and(i16x8.shr_u(b, 4), low));
    sum = i16x8.add(sum, i16x8.add(i16x8.add(first, last), i16x8.add(second, other)));
    w += 32;
    x += 8;
  } while (x < end);
  return i32x4.dot_i16x8_s(sum, i16x8.splat(1));
}

/** Like `sumBytes`, with the vector in 16 bits: two sums per row, which are added at the end. */
// @ts-ignore: decorator
@inline
function sumWords(w: usize, x: usize): v128 {
  const low = i8x16.splat(15);
  let upper = i32x4.splat(0);
  let lower = i32x4.splat(0);
  const end = x + 32;
  do {
    const pairs = v128.load(w);
    const a = v128.and(pairs, low);
    const b = i8x16.shr_u(pairs, 4);
    const first = v128.load64_splat(x);
    const last = v128.load64_splat(x, 32);
    upper = i32x4.add(upper, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(a), first));
    lower = i32x4.add(lower, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(a), first));
    upper = i32x4.add(upper, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(b), last));
    lower = i32x4.add(lower, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(b), last));
    w += 16;
    x += 8;
  } while (x < end);
  return i32x4.add(v128.shuffle<i32>(upper, lower, 0, 2, 4, 6), v128.shuffle<i32>(upper, lower, 1, 3, 5, 7));
}
