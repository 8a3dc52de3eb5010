/**
 * Products of many rows with an 8-bit or 4-bit matrix. Both sides are packed as integers, in blocks of 32 along the depth,
 * each row of a block with a scale. The sum of a block is a sum of integers, exact in any order; the sums of blocks are
 * added as float32. A depth of any length is therefore safe from overflow.
 *
 * Numbers have 16 bits, multiplied by an instruction that gives the same on every processor; or, with relaxed SIMD, 8-bit
 * weights meet unsigned 7-bit numbers of the left side, which are 64 too large. No processor saturates for these, and all
 * give the same. 4-bit weights may stay nibbles, from 0 to 15, and be what has 7 bits: then a block's sums fit words, and
 * two instructions multiply and add sixteen bytes where bytes of 8-bit weights take four.
 */
import { NUMBERS, packCells, panelBytes } from "./eight-pack";
import { fma } from "../simd/simd";

/** Columns of a panel, and rows that meet it at a time. */
// @ts-ignore: decorator
@inline const COLUMNS = 8;
// @ts-ignore: decorator
@inline const ROWS = 4;
/** Two panels of more bytes do not fit the L1 cache. */
// @ts-ignore: decorator
@inline const LARGE: usize = 14000;
/** Bytes of a row of a tile: of the bias columns after a panel, and of the tile for the edge of the result. */
// @ts-ignore: decorator
@inline const LINE: usize = 32;

/**
 * Whether bytes are fast here: the product of numbers out of its range shows whether the processor multiplies bytes
 * in one instruction. Where there is none, sums of two products saturate.
 */
export function multipliesBytes(): bool {
  if (ASC_FEATURE_RELAXED_SIMD) {
    const sums = i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.splat(127), i8x16.splat(-1), i32x4.splat(0));
    const sum = i32x4.extract_lane(sums, 0);
    return sum == 4 * 127 * 255 || sum == -4 * 127;
  }
  return false;
}

/**
 * C[:, from..to) = bias + A · W[from..to)ᵀ. Two panels at a time meet the rows, so that whole cache lines of C are written,
 * unless the L1 cache would not hold both.
 * @param left A as packed by `packEight`
 * @param nibbles whether A is packed for them, with relaxed SIMD
 * @param cells W, see ../../../quantized.ts
 * @param output C, `outputStep` bytes from row to row
 * @param bias [n], or 0
 * @param panels scratch of depth · 34 + 192 bytes
 */
export function multiplyMany(
  left: usize,
  cells: usize,
  output: usize,
  bias: usize,
  rows: i32,
  depth: i32,
  eight: bool,
  nibbles: bool,
  outputStep: usize,
  from: i32,
  to: i32,
  panels: usize,
): void {
  const size = panelBytes(depth) + LINE;
  const step = <usize>(depth >> 5) * (eight ? 144 : 80);
  const width = size > LARGE ? COLUMNS : 2 * COLUMNS;
  for (let j = from; j < to; j += width) {
    const columns = min(width, to - j);
    for (let k = 0; k < columns; k += 4) {
      const panel = panels + (k < COLUMNS ? 0 : size) + (<usize>(k & 4) << 2);
      packCells(cells + <usize>((j + k) >> 2) * step, depth, eight, nibbles, panel);
    }
    for (let k = 0; k < columns; k += COLUMNS) {
      const end = panels + (k < COLUMNS ? size : 2 * size) - LINE;
      memory.fill(end, 0, LINE);
      if (bias != 0) memory.copy(end, bias + (<usize>(j + k) << 2), <usize>min(COLUMNS, columns - k) << 2);
    }
    const at = output + (<usize>j << 2);
    if (ASC_FEATURE_RELAXED_SIMD && nibbles) meetRows(true, left, panels, size, at, rows, outputStep, columns);
    else meetRows(false, left, panels, size, at, rows, outputStep, columns);
  }
}

/** All rows, with two panels of columns. */
// @ts-ignore: decorator
@inline
function meetRows(
  nibbles: bool,
  a: usize,
  panels: usize,
  size: usize,
  at: usize,
  rows: i32,
  outputStep: usize,
  columns: i32,
): void {
  const edge = panels + 2 * size;
  for (let i = 0; i < rows; i += ROWS) {
    let next = a;
    for (let k = 0; k < columns; k += COLUMNS) {
      const left = columns - k;
      const whole = left >= COLUMNS && rows - i >= ROWS;
      const panel = k ? panels + size : panels;
      const to = at + <usize>(k << 2);
      next = tile(nibbles, a, panel, panel + size - LINE, whole ? to : edge, whole ? outputStep : LINE);
      if (!whole)
        for (let row = 0; row < min(ROWS, rows - i); row++)
          memory.copy(to + <usize>row * outputStep, edge + <usize>row * LINE, <usize>min(COLUMNS, left) << 2);
    }
    a = next;
    at += outputStep * ROWS;
  }
}

/** Two or four products for each lane, added to its sum. */
// @ts-ignore: decorator
@inline
function dot(nibbles: bool, x: v128, weights: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD && nibbles) return i16x8.add(sum, i16x8.relaxed_dot_i8x16_i7x16_s(x, weights));
  return ASC_FEATURE_RELAXED_SIMD
    ? i32x4.relaxed_dot_i8x16_i7x16_add_s(weights, x, sum)
    : i32x4.add(sum, i32x4.dot_i16x8_s(x, weights));
}

// @ts-ignore: decorator
@inline
function addScaled(nibbles: bool, total: v128, sum: v128, scale: v128, scales: v128): v128 {
  if (nibbles) sum = i32x4.extadd_pairwise_i16x8_s(sum);
  return fma(f32x4.convert_i32x4_s(sum), f32x4.mul(scale, scales), total);
}

/** Four rows of eight columns. The float32 totals leave their registers to the sums of a block. @returns the next rows */
// @ts-ignore: decorator
@inline
function tile(nibbles: bool, a: usize, b: usize, end: usize, at: usize, step: usize): usize {
  let f00 = v128.load(end);
  let f01 = v128.load(end, 16);
  let f10 = f00;
  let f11 = f01;
  let f20 = f00;
  let f21 = f01;
  let f30 = f00;
  let f31 = f01;
  do {
    let c00 = i32x4.splat(0);
    let c01 = c00;
    if (ASC_FEATURE_RELAXED_SIMD) {
      if (!nibbles) {
        c00 = v128.load(b);
        c01 = v128.load(b, 16);
      }
      b += 32;
    }
    let c10 = c00;
    let c11 = c01;
    let c20 = c00;
    let c21 = c01;
    let c30 = c00;
    let c31 = c01;
    if (nibbles) {
      c00 = c01 = v128.load32_splat(a);
      c10 = c11 = v128.load32_splat(a, 4);
      c20 = c21 = v128.load32_splat(a, 8);
      c30 = c31 = v128.load32_splat(a, 12);
      a += 16;
    }
    const stop = b + 2 * NUMBERS;
    do {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let x = v128.load32_splat(a);
      c00 = dot(nibbles, x, b0, c00);
      c01 = dot(nibbles, x, b1, c01);
      x = v128.load32_splat(a, 4);
      c10 = dot(nibbles, x, b0, c10);
      c11 = dot(nibbles, x, b1, c11);
      x = v128.load32_splat(a, 8);
      c20 = dot(nibbles, x, b0, c20);
      c21 = dot(nibbles, x, b1, c21);
      x = v128.load32_splat(a, 12);
      c30 = dot(nibbles, x, b0, c30);
      c31 = dot(nibbles, x, b1, c31);
      a += 16;
      b += 32;
    } while (b < stop);
    const s0 = v128.load(b);
    const s1 = v128.load(b, 16);
    let scale = v128.load32_splat(a);
    f00 = addScaled(nibbles, f00, c00, scale, s0);
    f01 = addScaled(nibbles, f01, c01, scale, s1);
    scale = v128.load32_splat(a, 4);
    f10 = addScaled(nibbles, f10, c10, scale, s0);
    f11 = addScaled(nibbles, f11, c11, scale, s1);
    scale = v128.load32_splat(a, 8);
    f20 = addScaled(nibbles, f20, c20, scale, s0);
    f21 = addScaled(nibbles, f21, c21, scale, s1);
    scale = v128.load32_splat(a, 12);
    f30 = addScaled(nibbles, f30, c30, scale, s0);
    f31 = addScaled(nibbles, f31, c31, scale, s1);
    a += 16;
    b += 32;
  } while (b < end);
  v128.store(at, f00);
  v128.store(at, f01, 16);
  at += step;
  v128.store(at, f10);
  v128.store(at, f11, 16);
  at += step;
  v128.store(at, f20);
  v128.store(at, f21, 16);
  at += step;
  v128.store(at, f30);
  v128.store(at, f31, 16);
  return a;
}
