/**
 * Quantizes a row in blocks of 32 for the products of ./quantized.ts: scale = max |x| / limit, value = x / scale, rounded
 * to the nearest integer. A block with NaN or infinity gets a scale that makes its products NaN.
 */
import {
  lane0,
  lane1,
  lane2,
  lane3,
  largestOfEach,
  magnitudeFor,
  nearest,
  nearestWords,
  roundFor,
  scalesOf,
} from "./rounding";

/**
 * The largest values: multiples of 127, so that whole numbers of 8 bits stay exact. 16 bits for 8-bit weights; for 4-bit
 * weights a byte, or as much as lets x₃ − 16 z₃ fit 16 bits (see `quantizeForFour`).
 */
const FOR_EIGHT: f32 = 258 * 127;
const FOR_FOUR: f32 = (ASC_FEATURE_RELAXED_SIMD ? 1 : 15) * 127;

/** Bytes of the values of a block, and of its scale. */
const BYTES_FOR_EIGHT: usize = 64;
const BYTES_FOR_FOUR: usize = ASC_FEATURE_RELAXED_SIMD ? 32 : 64;
const SCALE: usize = 8;

/** @param values [depth] of 16 bits @param scales [depth / 32][2]: a scale, and 0 */
export function quantizeForEight(x: usize, depth: i32, values: usize, scales: usize): void {
  quantize(true, x, depth, values, scales);
}

/**
 * @param values a block's values as `multiplyFour` takes them: with relaxed SIMD, 32 bytes. Else, for each four x₀ to x₃
 * of the first half of a block, and z₀ to z₃ of its second half, eight words: x₀, x₂; z₀, z₂; x₁ − 16 z₀, x₃ − 16 z₂; z₁ −
 * 16 x₁, z₃ − 16 x₃
 * @param scales [depth / 32][2]: a scale, and −8 times the sum of its block, which corrects for the zero point 8
 */
export function quantizeForFour(x: usize, depth: i32, values: usize, scales: usize): void {
  quantize(false, x, depth, values, scales);
}

/** Four blocks at a time share what is computed once for each. Where fewer are left, the last is taken several times. */
function quantize(eight: bool, x: usize, depth: i32, values: usize, scales: usize): void {
  const limit = eight ? FOR_EIGHT : FOR_FOUR;
  const bytes = eight ? BYTES_FOR_EIGHT : BYTES_FOR_FOUR;
  const magnitude = magnitudeFor(depth);
  const round = roundFor(depth);
  for (let left = <usize>(depth >> 5); ; left -= 4) {
    const i1: usize = min<usize>(left - 1, 1);
    const i2: usize = min<usize>(left - 1, 2);
    const i3: usize = min<usize>(left - 1, 3);
    const x1 = x + (i1 << 7);
    const x2 = x + (i2 << 7);
    const x3 = x + (i3 << 7);
    const most = largestOfEach(x, x1, x2, x3, magnitude);
    const scale = scalesOf(most, limit);
    const quotient = f32x4.div(f32x4.splat(limit), most);
    // For tiny numbers, zero or NaN.
    const factor = v128.and(quotient, f32x4.lt(quotient, f32x4.splat(Infinity)));
    let corrections = f32x4.splat(0);
    if (eight) {
      blockForEight(x, lane0(factor), round, values);
      blockForEight(x1, lane1(factor), round, values + i1 * bytes);
      blockForEight(x2, lane2(factor), round, values + i2 * bytes);
      blockForEight(x3, lane3(factor), round, values + i3 * bytes);
    } else {
      const s0 = blockForFour(x, lane0(factor), round, values);
      const s1 = blockForFour(x1, lane1(factor), round, values + i1 * bytes);
      const s2 = blockForFour(x2, lane2(factor), round, values + i2 * bytes);
      const s3 = blockForFour(x3, lane3(factor), round, values + i3 * bytes);
      corrections = f32x4.mul(scale, f32x4.mul(f32x4.splat(-8), f32x4.convert_i32x4_s(sumOfEach(s0, s1, s2, s3))));
    }
    const first = v128.shuffle<f32>(scale, corrections, 0, 4, 1, 5);
    const last = v128.shuffle<f32>(scale, corrections, 2, 6, 3, 7);
    v128.store64_lane(scales, first, 0);
    v128.store64_lane(scales + i1 * SCALE, first, 1);
    v128.store64_lane(scales + i2 * SCALE, last, 0);
    v128.store64_lane(scales + i3 * SCALE, last, 1);
    if (left <= 4) return;
    x += 512;
    values += 4 * bytes;
    scales += 4 * SCALE;
  }
}

/** The sum of the lanes of each vector. */
function sumOfEach(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
}

function blockForEight(x: usize, factor: v128, round: v128, values: usize): void {
  for (const end = x + 128; x < end; x += 32) {
    v128.store(values, nearestWords(x, factor, round));
    values += 16;
  }
}

/** @returns what adds up to the sum of the block */
function blockForFour(x: usize, factor: v128, round: v128, values: usize): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    let sum = i32x4.splat(0);
    for (const end = x + 128; x < end; x += 64) {
      const n0 = nearest(x, factor, round);
      const n1 = nearest(x + 16, factor, round);
      const n2 = nearest(x + 32, factor, round);
      const n3 = nearest(x + 48, factor, round);
      v128.store(values, i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(n0, n1), i16x8.narrow_i32x4_s(n2, n3)));
      sum = i32x4.add(sum, i32x4.add(i32x4.add(n0, n1), i32x4.add(n2, n3)));
      values += 16;
    }
    return sum;
  }
  let sum = i32x4.splat(0);
  for (const end = x + 64; x < end; x += 16) {
    const low = nearest(x, factor, round);
    const high = nearest(x + 64, factor, round);
    sum = i32x4.add(sum, i32x4.add(low, high));
    const even = i32x4.sub(low, i32x4.shl(i64x2.shl(high, 32), 4));
    const odd = i32x4.sub(high, i32x4.shl(v128.and(low, i64x2.splat(-0x100000000)), 4));
    const words = i16x8.narrow_i32x4_s(even, odd);
    v128.store(values, v128.shuffle<i16>(words, words, 0, 2, 4, 6, 1, 3, 5, 7));
    values += 16;
  }
  return sum;
}
