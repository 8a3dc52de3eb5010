/**
 * Products of one row with an 8-bit or 4-bit matrix, without dequantizing it: cells of four rows (see
 * ../../../quantized.ts), a row of the matrix in each lane. The row is quantized too (see ./quantize-row.ts), so that
 * the products of a block are sums of integers, exact in any order. Like float32 weights (see ./vector.ts), cells are
 * read in four streams a quarter of the rows apart; the streams share what is loaded of the vector.
 */
import { fma } from "../simd/simd";

/** Bytes of a cell: four scales, then 4 · 32 numbers. */
const EIGHT: usize = 16 + 128;
const FOUR: usize = 16 + 64;

/** Both sums of two rows: their first halves in `first`, their second halves in `last`. */
// @ts-ignore: decorator
@inline
function joined(first: v128, last: v128): v128 {
  return i32x4.add(v128.shuffle<i32>(first, last, 0, 2, 4, 6), v128.shuffle<i32>(first, last, 1, 3, 5, 7));
}

/** Adds the products of two rows' four numbers at w and those of the vector: two sums for each row. */
// @ts-ignore: decorator
@inline
function pair(sums: v128, w: usize, x: v128): v128 {
  return i32x4.add(sums, i32x4.dot_i16x8_s(v128.load8x8_s(w), x));
}

/** The total of four rows with one more block, whose scales are at `cell`. */
// @ts-ignore: decorator
@inline
function withEight(total: v128, cell: usize, first: v128, last: v128, scale: v128): v128 {
  return fma(f32x4.convert_i32x4_s(joined(first, last)), f32x4.mul(v128.load(cell), scale), total);
}

/** The first of four totals: the bias, or zeros. */
// @ts-ignore: decorator
@inline
function start(bias: usize, row: i32): v128 {
  return bias ? v128.load(bias + (<usize>row << 2)) : f32x4.splat(0);
}

/**
 * y[from..to) = W[from..to) · x + bias for W [n, depth] of 8 bits.
 * @param vector x quantized by `quantizeForEight`; `vectorScales` are its scales
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
  const step = (<usize>depth >> 5) * EIGHT;
  const end = vector + (<usize>depth << 1);
  const each = (to - from + 15) >> 4;
  // If the groups of four rows are not a multiple of four, streams end with groups that others begin with.
  const fourth = ((to - from + 3) >> 2) - each;
  const second = min(each, fourth);
  const third = min(second + each, fourth);
  let w0 = weight + <usize>(from >> 2) * step;
  let w1 = w0 + <usize>second * step;
  let w2 = w0 + <usize>third * step;
  let w3 = w0 + <usize>fourth * step;
  for (let n = from; n < from + (each << 2); n += 4) {
    let x = vector;
    let scales = vectorScales;
    let t0 = start(bias, n);
    let t1 = start(bias, n + (second << 2));
    let t2 = start(bias, n + (third << 2));
    let t3 = start(bias, n + (fourth << 2));
    do {
      let a0 = i32x4.splat(0);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      let b0 = a0;
      let b1 = a0;
      let b2 = a0;
      let b3 = a0;
      const blockEnd = x + 64;
      do {
        const four = v128.load64_splat(x);
        a0 = pair(a0, w0 + 16, four);
        b0 = pair(b0, w0 + 24, four);
        a1 = pair(a1, w1 + 16, four);
        b1 = pair(b1, w1 + 24, four);
        a2 = pair(a2, w2 + 16, four);
        b2 = pair(b2, w2 + 24, four);
        a3 = pair(a3, w3 + 16, four);
        b3 = pair(b3, w3 + 24, four);
        w0 += 16;
        w1 += 16;
        w2 += 16;
        w3 += 16;
        x += 8;
      } while (x < blockEnd);
      const scale = v128.load32_splat(scales);
      t0 = withEight(t0, w0 - 128, a0, b0, scale);
      t1 = withEight(t1, w1 - 128, a1, b1, scale);
      t2 = withEight(t2, w2 - 128, a2, b2, scale);
      t3 = withEight(t3, w3 - 128, a3, b3, scale);
      w0 += 16;
      w1 += 16;
      w2 += 16;
      w3 += 16;
      scales += 8;
    } while (x < end);
    storeTotals(y + (<usize>n << 2), second, third, fourth, t0, t1, t2, t3);
  }
}

// @ts-ignore: decorator
@inline
function storeTotals(y: usize, second: i32, third: i32, fourth: i32, t0: v128, t1: v128, t2: v128, t3: v128): void {
  v128.store(y, t0);
  v128.store(y + (<usize>second << 4), t1);
  v128.store(y + (<usize>third << 4), t2);
  v128.store(y + (<usize>fourth << 4), t3);
}

/** Bytes of a block of the vector of `multiplyFour`. */
const BLOCK: usize = ASC_FEATURE_RELAXED_SIMD ? 32 : 64;
/** The numbers of the vector that meet 16 bytes of W, and where a block ends that its last 16 bytes meet. */
const STEP: usize = ASC_FEATURE_RELAXED_SIMD ? 4 : 16;
const STEPS: usize = 4 * STEP;

/** What `addFour` masks the lowest four bits with: of bytes with relaxed SIMD, else of words. */
// @ts-ignore: decorator
@inline
function lowBits(): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i8x16.splat(15) : i16x8.splat(15);
}

/** One of the parts of the vector that `addFour` takes: two of four bytes with relaxed SIMD, else four pairs of 16 bits. */
// @ts-ignore: decorator
@inline
function part(x: usize, index: usize): v128 {
  return v128.load32_splat(x + index * (ASC_FEATURE_RELAXED_SIMD ? 16 : 4));
}

/**
 * Adds the products of 16 bytes of W, numbers from 0 to 15. With relaxed SIMD they are the 7-bit operand, for which the
 * instruction gives the same result everywhere, and sums of at most 16 · 127 · 15 fit 16 bits. Else W is read as words w
 * of 16 bits with n₀ to n₃ from the lowest on: Σ nᵢ xᵢ = n₀ x₀ + ⌊w / 2⁴⌋ x₁ + ⌊w / 2⁸⌋ (x₂ − 16 x₁) + ⌊w / 2¹²⌋ (x₃ − 16
 * x₂), so that only n₀ is masked. Sums may overflow on the way, which cancels.
 */
// @ts-ignore: decorator
@inline
function addFour(sums: v128, w: usize, mask: v128, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  const words = v128.load(w);
  if (ASC_FEATURE_RELAXED_SIMD) {
    const low = i16x8.relaxed_dot_i8x16_i7x16_s(x0, v128.and(words, mask));
    const high = i16x8.relaxed_dot_i8x16_i7x16_s(x1, v128.and(i16x8.shr_u(words, 4), mask));
    return i16x8.add(i16x8.add(sums, low), high);
  }
  const first = i32x4.dot_i16x8_s(v128.and(words, mask), x0);
  const second = i32x4.dot_i16x8_s(i16x8.shr_u(words, 4), x1);
  const third = i32x4.dot_i16x8_s(i16x8.shr_u(words, 8), x2);
  const fourth = i32x4.dot_i16x8_s(i16x8.shr_u(words, 12), x3);
  return i32x4.add(i32x4.add(sums, i32x4.add(first, second)), i32x4.add(third, fourth));
}

/** The total of four rows with one more block. Numbers of W are 8 too large, which `shift` corrects. */
// @ts-ignore: decorator
@inline
function withFour(total: v128, cell: usize, sums: v128, scale: v128, shift: v128): v128 {
  const whole = ASC_FEATURE_RELAXED_SIMD ? i32x4.dot_i16x8_s(sums, i16x8.splat(1)) : sums;
  return fma(fma(f32x4.convert_i32x4_s(whole), scale, shift), v128.load(cell), total);
}

/** Like `multiplyEight`, for W of 4 bits, and a vector quantized by `quantizeForFour`. */
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
  const step = (<usize>depth >> 5) * FOUR;
  const end = vector + (<usize>depth >> 5) * BLOCK;
  const mask = lowBits();
  const each = (to - from + 15) >> 4;
  const fourth = ((to - from + 3) >> 2) - each;
  const second = min(each, fourth);
  const third = min(second + each, fourth);
  let w0 = weight + <usize>(from >> 2) * step;
  let w1 = w0 + <usize>second * step;
  let w2 = w0 + <usize>third * step;
  let w3 = w0 + <usize>fourth * step;
  for (let n = from; n < from + (each << 2); n += 4) {
    let x = vector;
    let scales = vectorScales;
    let t0 = start(bias, n);
    let t1 = start(bias, n + (second << 2));
    let t2 = start(bias, n + (third << 2));
    let t3 = start(bias, n + (fourth << 2));
    do {
      let s0 = i32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      const blockEnd = x + STEPS;
      do {
        const x0 = part(x, 0);
        const x1 = part(x, 1);
        const x2 = ASC_FEATURE_RELAXED_SIMD ? x0 : part(x, 2);
        const x3 = ASC_FEATURE_RELAXED_SIMD ? x0 : part(x, 3);
        s0 = addFour(s0, w0 + 16, mask, x0, x1, x2, x3);
        s1 = addFour(s1, w1 + 16, mask, x0, x1, x2, x3);
        s2 = addFour(s2, w2 + 16, mask, x0, x1, x2, x3);
        s3 = addFour(s3, w3 + 16, mask, x0, x1, x2, x3);
        w0 += 16;
        w1 += 16;
        w2 += 16;
        w3 += 16;
        x += STEP;
      } while (x < blockEnd);
      const scale = v128.load32_splat(scales);
      const shift = v128.load32_splat(scales, 4);
      t0 = withFour(t0, w0 - 64, s0, scale, shift);
      t1 = withFour(t1, w1 - 64, s1, scale, shift);
      t2 = withFour(t2, w2 - 64, s2, scale, shift);
      t3 = withFour(t3, w3 - 64, s3, scale, shift);
      w0 += 16;
      w1 += 16;
      w2 += 16;
      w3 += 16;
      x += BLOCK - STEPS;
      scales += 8;
    } while (x < end);
    storeTotals(y + (<usize>n << 2), second, third, fourth, t0, t1, t2, t3);
  }
}
