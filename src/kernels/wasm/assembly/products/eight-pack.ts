/** Packing for ./eight.ts. */
import { ROUND, ROUND_BITS } from "../simd/exp";

/** Bytes of the numbers of four rows or columns of a block: words, or bytes with relaxed SIMD. */
// @ts-ignore: decorator
@inline export const NUMBERS: usize = ASC_FEATURE_RELAXED_SIMD ? 128 : 256;

/** The greatest number of the left side that meets 8-bit weights as bytes. Greater ones meet nibbles: see ./eight.ts. */
// @ts-ignore: decorator
@inline const LEVELS: f32 = 63;

/** Bytes of a packed panel of eight columns: for each block corrections with relaxed SIMD, numbers, scales. */
// @ts-ignore: decorator
@inline
export function panelBytes(depth: i32): usize {
  return <usize>(depth >> 5) * (ASC_FEATURE_RELAXED_SIMD ? 320 : 544);
}

/**
 * Rounds rows of x [rows, depth] to whole numbers of at most `levels`, in blocks of 32: scale = max |x| / levels. A block
 * that holds NaN or infinity gets a scale that makes its products NaN.
 * @param levels with relaxed SIMD at most 63 for bytes, more for nibbles
 * @param packed [⌈rows / 4⌉][depth / 32]: the numbers, [16][4 rows][2] words, or with relaxed SIMD [8][4 rows][4] bytes, 64
 * too large; then the scales of the four rows. For nibbles, whose zero is 8, bytes are as they are, and follow −8 times
 * the sums that they are added to: for each row two words
 * @param from a multiple of four
 */
export function packEight(x: usize, depth: i32, levels: f32, packed: usize, from: i32, to: i32): void {
  const step = <usize>depth << 2;
  const sums: usize = ASC_FEATURE_RELAXED_SIMD && levels > LEVELS ? 16 : 0;
  packed += <usize>(from >> 2) * <usize>(depth >> 5) * (NUMBERS + 16 + sums);
  for (let row = from; row < to; row += 4) {
    const r0 = x + <usize>row * step;
    // Missing rows are replaced by the one before; their results are not read.
    const r1 = to - row > 1 ? r0 + step : r0;
    const r2 = to - row > 2 ? r1 + step : r1;
    const r3 = to - row > 3 ? r2 + step : r2;
    for (let at: usize = 0; at < step; at += 128) {
      const most = greatestOfEach(largest(r0 + at), largest(r1 + at), largest(r2 + at), largest(r3 + at));
      // Infinity is not rounded: it becomes NaN.
      const scale = f32x4.add(f32x4.div(most, f32x4.splat(levels)), f32x4.mul(most, f32x4.splat(0)));
      // Of smaller numbers the inverse may be infinite: they become zeros.
      const inverse = v128.and(f32x4.div(f32x4.splat(levels), most), f32x4.gt(most, f32x4.splat(1e-34)));
      packed += sums;
      packBlock(r0 + at, v128.shuffle<f32>(inverse, inverse, 0, 0, 0, 0), packed, sums);
      packBlock(r1 + at, v128.shuffle<f32>(inverse, inverse, 1, 1, 1, 1), packed + 4, sums);
      packBlock(r2 + at, v128.shuffle<f32>(inverse, inverse, 2, 2, 2, 2), packed + 8, sums);
      packBlock(r3 + at, v128.shuffle<f32>(inverse, inverse, 3, 3, 3, 3), packed + 12, sums);
      packed += NUMBERS;
      v128.store(packed, scale);
      packed += 16;
    }
  }
}

/** The largest magnitudes of a block, in four lanes. */
// @ts-ignore: decorator
@inline
function largest(x: usize): v128 {
  let most = f32x4.splat(0);
  const end = x + 128;
  do {
    most = f32x4.max(most, f32x4.max(f32x4.abs(v128.load(x)), f32x4.abs(v128.load(x, 16))));
    x += 32;
  } while (x < end);
  return most;
}

/** The greatest lane of each vector. */
// @ts-ignore: decorator
@inline
function greatestOfEach(a: v128, b: v128, c: v128, d: v128): v128 {
  a = f32x4.max(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  c = f32x4.max(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.max(v128.shuffle<f32>(a, c, 0, 1, 4, 5), v128.shuffle<f32>(a, c, 2, 3, 6, 7));
}

/** Four numbers times a factor, rounded, ties to even, if they are below 2²². */
// @ts-ignore: decorator
@inline
export function nearest(x: usize, factor: v128): v128 {
  const shifted = f32x4.add(f32x4.mul(v128.load(x), factor), f32x4.splat(ROUND));
  return i32x4.sub(shifted, i32x4.splat(ROUND_BITS));
}

/** A block of one row. @param before bytes before it to its sums, 0 if there are none */
function packBlock(x: usize, factor: v128, to: usize, before: usize): void {
  const sums = to - before;
  let sum = i16x8.splat(0);
  for (const end = x + 128; x < end; x += 64) {
    const low = i16x8.narrow_i32x4_s(nearest(x, factor), nearest(x + 16, factor));
    const high = i16x8.narrow_i32x4_s(nearest(x + 32, factor), nearest(x + 48, factor));
    if (ASC_FEATURE_RELAXED_SIMD) {
      const bytes = i8x16.narrow_i16x8_s(low, high);
      sum = i16x8.sub(sum, i16x8.extadd_pairwise_i8x16_s(bytes));
      storeLanes(before ? bytes : i8x16.add(bytes, i8x16.splat(64)), to);
    } else {
      storeLanes(low, to);
      storeLanes(high, to + 64);
    }
    to += NUMBERS / 2;
  }
  if (ASC_FEATURE_RELAXED_SIMD && before) {
    sum = i16x8.add(sum, v128.shuffle<i64>(sum, sum, 1, 0));
    sum = i16x8.add(sum, v128.shuffle<i32>(sum, sum, 1, 0, 3, 2));
    v128.store32_lane(sums, i16x8.shl(sum, 3), 0);
  }
}

// @ts-ignore: decorator
@inline
function storeLanes(x: v128, to: usize): void {
  v128.store32_lane(to, x, 0);
  v128.store32_lane(to, x, 1, 16);
  v128.store32_lane(to, x, 2, 32);
  v128.store32_lane(to, x, 3, 48);
}

/** Four columns, a line of cells, to their half of a panel. 4-bit numbers are less 8, unless they stay nibbles. */
export function packCells(from: usize, depth: i32, eight: bool, nibbles: bool, to: usize): void {
  const zero = i8x16.splat(ASC_FEATURE_RELAXED_SIMD && nibbles ? 0 : 8);
  for (let block = 0; block < depth; block += 32) {
    const scales = v128.load(from);
    const corrections = to;
    if (ASC_FEATURE_RELAXED_SIMD) to += 32;
    let sums = i32x4.splat(0);
    from += 16;
    for (const end = from + (eight ? 128 : 64); from < end; from += 16) {
      const cell = v128.load(from);
      const low = eight ? cell : i8x16.sub(v128.and(cell, i8x16.splat(15)), zero);
      sums = i32x4.add(sums, storeFour(low, to));
      if (!eight) {
        const high = i8x16.sub(i8x16.shr_u(cell, 4), zero);
        sums = i32x4.add(sums, storeFour(high, to + NUMBERS));
      }
      to += NUMBERS / 4;
    }
    if (!eight) to += NUMBERS;
    // The numbers of the left side are 64 too large.
    if (ASC_FEATURE_RELAXED_SIMD) v128.store(corrections, i32x4.shl(i32x4.neg(sums), 6));
    v128.store(to, scales);
    to += 32;
  }
}

/** Four numbers of each of four columns. @returns their sums with relaxed SIMD */
// @ts-ignore: decorator
@inline
function storeFour(bytes: v128, to: usize): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    v128.store(to, bytes);
    return i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(bytes));
  }
  const pairs = v128.shuffle<i16>(bytes, bytes, 0, 2, 4, 6, 1, 3, 5, 7);
  v128.store(to, i16x8.extend_low_i8x16_s(pairs));
  v128.store(to, i16x8.extend_high_i8x16_s(pairs), 32);
  return bytes;
}
