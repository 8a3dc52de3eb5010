/** Packing for ./eight.ts. */
import {
  lane0,
  lane1,
  lane2,
  lane3,
  largestOfEach,
  magnitudeFor,
  nearestWords,
  roundFor,
  scalesOf,
} from "./rounding";

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
  const magnitude = magnitudeFor(depth);
  const round = roundFor(depth);
  packed += <usize>(from >> 2) * <usize>(depth >> 5) * (NUMBERS + 16 + sums);
  for (let row = from; row < to; row += 4) {
    const r0 = x + <usize>row * step;
    // Missing rows are replaced by the one before; their results are not read.
    const r1 = to - row > 1 ? r0 + step : r0;
    const r2 = to - row > 2 ? r1 + step : r1;
    const r3 = to - row > 3 ? r2 + step : r2;
    for (let at: usize = 0; at < step; at += 128) {
      const most = largestOfEach(r0 + at, r1 + at, r2 + at, r3 + at, magnitude);
      // Of smaller numbers the inverse may be infinite: they become zeros.
      const inverse = v128.and(f32x4.div(f32x4.splat(levels), most), f32x4.gt(most, f32x4.splat(1e-34)));
      packBlock(r0 + at, r1 + at, r2 + at, r3 + at, inverse, round, packed, sums);
      packed += sums + NUMBERS;
      v128.store(packed, scalesOf(most, levels));
      packed += 16;
    }
  }
}

/** A block of four rows. @param sums bytes of the sums before the numbers, 0 if there are none */
// @ts-ignore: decorator
@inline
function packBlock(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  inverse: v128,
  round: v128,
  to: usize,
  sums: usize,
): void {
  const f0 = lane0(inverse);
  const f1 = lane1(inverse);
  const f2 = lane2(inverse);
  const f3 = lane3(inverse);
  if (ASC_FEATURE_RELAXED_SIMD) {
    let s0 = i16x8.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    const before = to;
    to += sums;
    for (let at: usize = 0; at < 128; at += 64) {
      let b0 = nearestBytes(r0 + at, f0, round);
      let b1 = nearestBytes(r1 + at, f1, round);
      let b2 = nearestBytes(r2 + at, f2, round);
      let b3 = nearestBytes(r3 + at, f3, round);
      if (sums) {
        s0 = i16x8.sub(s0, i16x8.extadd_pairwise_i8x16_s(b0));
        s1 = i16x8.sub(s1, i16x8.extadd_pairwise_i8x16_s(b1));
        s2 = i16x8.sub(s2, i16x8.extadd_pairwise_i8x16_s(b2));
        s3 = i16x8.sub(s3, i16x8.extadd_pairwise_i8x16_s(b3));
      } else {
        const zero = i8x16.splat(64);
        b0 = i8x16.add(b0, zero);
        b1 = i8x16.add(b1, zero);
        b2 = i8x16.add(b2, zero);
        b3 = i8x16.add(b3, zero);
      }
      storeColumns(b0, b1, b2, b3, to);
      to += 64;
    }
    if (sums) v128.store(before, i16x8.shl(addColumns(s0, s1, s2, s3), 3));
  } else {
    for (let at: usize = 0; at < 128; at += 32) {
      storeColumns(
        nearestWords(r0 + at, f0, round),
        nearestWords(r1 + at, f1, round),
        nearestWords(r2 + at, f2, round),
        nearestWords(r3 + at, f3, round),
        to,
      );
      to += 64;
    }
  }
}

/** Sixteen numbers times a factor, rounded, as bytes. */
// @ts-ignore: decorator
@inline
function nearestBytes(x: usize, factor: v128, round: v128): v128 {
  return i8x16.narrow_i16x8_s(nearestWords(x, factor, round), nearestWords(x + 32, factor, round));
}

/** Of each vector its first lane, then of each its second, and so on. */
// @ts-ignore: decorator
@inline
function storeColumns(a: v128, b: v128, c: v128, d: v128, to: usize): void {
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(to, v128.shuffle<i64>(ab, cd, 1, 3), 16);
  const last = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const lastOthers = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(last, lastOthers, 0, 2), 32);
  v128.store(to, v128.shuffle<i64>(last, lastOthers, 1, 3), 48);
}

/** The sum of the four lanes of each vector, each of two words. */
// @ts-ignore: decorator
@inline
function addColumns(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i16x8.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i16x8.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i16x8.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
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
