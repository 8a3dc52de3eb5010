/**
 * Quantizes a row in blocks of 32 for the products of ./quantized.ts: scale = max |x| / limit, value = x / scale, rounded
 * to the nearest integer. A block with NaN or infinity gets a scale that makes its products NaN.
 */
import { greatestLane, sumLanes } from "../simd/simd";
import { nearest } from "./eight-pack";

/**
 * The largest values: multiples of 127, so that whole numbers of 8 bits stay exact. 16 bits for 8-bit weights; for 4-bit
 * weights a byte, or as much as lets x₃ − 16 z₃ fit 16 bits (see `quantizeForFour`).
 */
const FOR_EIGHT: f32 = 258 * 127;
const FOR_FOUR: f32 = (ASC_FEATURE_RELAXED_SIMD ? 1 : 15) * 127;

/** The factor for a block of x, whose scale is stored. */
// @ts-ignore: decorator
@inline
function factorOf(x: usize, limit: f32, scales: usize): v128 {
  let largest = f32x4.splat(0);
  for (const end = x + 128; x < end; x += 16) largest = f32x4.max(largest, f32x4.abs(v128.load(x)));
  const most = greatestLane(largest);
  // The last term is 0, or NaN with NaN or infinity.
  f32.store(scales, most / limit + (most - most));
  const factor = limit / most;
  // For tiny numbers, zero or NaN.
  return f32x4.splat(factor < Infinity ? factor : 0);
}

/** @param values [depth] of 16 bits @param scales [depth / 32][2]: a scale, and 0 */
export function quantizeForEight(x: usize, depth: i32, values: usize, scales: usize): void {
  for (const end = x + (<usize>depth << 2); x < end; scales += 8) {
    const factor = factorOf(x, FOR_EIGHT, scales);
    for (const blockEnd = x + 128; x < blockEnd; x += 32) {
      v128.store(values, i16x8.narrow_i32x4_s(nearest(x, factor), nearest(x + 16, factor)));
      values += 16;
    }
  }
}

/**
 * @param values a block's values as `multiplyFour` takes them: with relaxed SIMD, 32 bytes. Else, for each four x₀ to x₃
 * of the first half of a block, and z₀ to z₃ of its second half, eight words: x₀, x₂; z₀, z₂; x₁ − 16 z₀, x₃ − 16 z₂; z₁ −
 * 16 x₁, z₃ − 16 x₃
 * @param scales [depth / 32][2]: a scale, and −8 times the sum of its block, which corrects for the zero point 8
 */
export function quantizeForFour(x: usize, depth: i32, values: usize, scales: usize): void {
  for (const end = x + (<usize>depth << 2); x < end; x += 128) {
    const factor = factorOf(x, FOR_FOUR, scales);
    let sum = i32x4.splat(0);
    for (let quad: usize = 0; quad < 64; quad += 16) {
      const low = nearest(x + quad, factor);
      const high = nearest(x + quad + 64, factor);
      sum = i32x4.add(sum, i32x4.add(low, high));
      if (ASC_FEATURE_RELAXED_SIMD) {
        const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(low, high), low);
        v128.store32_lane(values, bytes, 0);
        v128.store32_lane(values + 16, bytes, 1);
        values += 4;
      } else {
        const even = i32x4.sub(low, i32x4.shl(i64x2.shl(high, 32), 4));
        const odd = i32x4.sub(high, i32x4.shl(v128.and(low, i64x2.splat(-0x100000000)), 4));
        const words = i16x8.narrow_i32x4_s(even, odd);
        v128.store(values, v128.shuffle<i16>(words, words, 0, 2, 4, 6, 1, 3, 5, 7));
        values += 16;
      }
    }
    if (ASC_FEATURE_RELAXED_SIMD) values += 16;
    f32.store(scales, f32.load(scales) * (-8 * sumLanes(f32x4.convert_i32x4_s(sum))), 4);
    scales += 8;
  }
}
