import { packLeft, packRight } from "./pack";
import { fma } from "../simd/simd";
import { COLUMNS, ROWS } from "./tile-size";

export { packLeft };

/** Bytes of the bias columns after a panel; a tile for the edge of the result follows them. */
const BIAS: usize = COLUMNS * 4;

/**
 * C[:, from..to) = bias + A · B[:, from..to), tile by tile. One panel of columns is packed at a time and multiplied
 * with all rows of A while it is in the L1 cache.
 *
 * @param left A as packed by `packLeft`, [⌈rows / ROWS⌉][depth][ROWS]
 * @param right B, or its transpose; `step` bytes from line to line
 * @param output C, [rows, n], `outputStep` bytes from row to row
 * @param bias [n], or 0
 * @param panel scratch of depth · 48 + 192 bytes
 */
export function multiply(
  left: usize,
  right: usize,
  output: usize,
  bias: usize,
  rows: i32,
  depth: i32,
  step: usize,
  transposed: bool,
  outputStep: usize,
  from: i32,
  to: i32,
  panel: usize,
): void {
  for (let j = from; j < to; j += COLUMNS) {
    const columns = min(COLUMNS, to - j);
    packRight(right, j, columns, step, depth, transposed, panel);
    meetRows(left, panel, output, bias, rows, depth, outputStep, j, columns);
  }
}

/** C[:, j..j + columns) of all rows, with the panel of these columns. */
function meetRows(
  left: usize,
  panel: usize,
  output: usize,
  bias: usize,
  rows: i32,
  depth: i32,
  outputStep: usize,
  j: i32,
  columns: i32,
): void {
  const end = panel + <usize>depth * BIAS;
  const edge = end + BIAS;
  memory.fill(end, 0, BIAS);
  if (bias != 0) memory.copy(end, bias + (<usize>j << 2), <usize>columns << 2);
  let a = left;
  let at = output + (<usize>j << 2);
  for (let i = 0; i < rows; i += ROWS) {
    const whole = columns == COLUMNS && rows - i >= ROWS;
    if (ASC_FEATURE_RELAXED_SIMD) tile3x12(a, panel, end, whole ? at : edge, whole ? outputStep : BIAS);
    else tile4x8(a, panel, end, whole ? at : edge, whole ? outputStep : BIAS);
    if (!whole) copyTile(edge, at, outputStep, rows - i, columns);
    a += <usize>depth * (ROWS * 4);
    at += outputStep * ROWS;
  }
}

/**
 * Four rows of eight: eight sums, two vectors of B and one of A. The bias is at the end of B's panel. Inlined, because
 * V8 unrolls a loop of this size within another loop, and the registers suffice for two iterations.
 */
// @ts-ignore: decorator
@inline
function tile4x8(a: usize, b: usize, end: usize, at: usize, step: usize): void {
  let c00 = v128.load(end);
  let c01 = v128.load(end, 16);
  let c10 = c00;
  let c11 = c01;
  let c20 = c00;
  let c21 = c01;
  let c30 = c00;
  let c31 = c01;
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = fma(x, b0, c10);
    c11 = fma(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = fma(x, b0, c20);
    c21 = fma(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = fma(x, b0, c30);
    c31 = fma(x, b1, c31);
    a += 16;
    b += 32;
  } while (b < end);
  v128.store(at, c00);
  v128.store(at, c01, 16);
  at += step;
  v128.store(at, c10);
  v128.store(at, c11, 16);
  at += step;
  v128.store(at, c20);
  v128.store(at, c21, 16);
  at += step;
  v128.store(at, c30);
  v128.store(at, c31, 16);
}

/** Three rows of twelve: nine sums, three vectors of B and one of A. */
function tile3x12(a: usize, b: usize, end: usize, at: usize, step: usize): void {
  let c00 = v128.load(end);
  let c01 = v128.load(end, 16);
  let c02 = v128.load(end, 32);
  let c10 = c00;
  let c11 = c01;
  let c12 = c02;
  let c20 = c00;
  let c21 = c01;
  let c22 = c02;
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    let x = v128.load32_splat(a);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    c02 = fma(x, b2, c02);
    x = v128.load32_splat(a, 4);
    c10 = fma(x, b0, c10);
    c11 = fma(x, b1, c11);
    c12 = fma(x, b2, c12);
    x = v128.load32_splat(a, 8);
    c20 = fma(x, b0, c20);
    c21 = fma(x, b1, c21);
    c22 = fma(x, b2, c22);
    a += 12;
    b += 48;
  } while (b < end);
  v128.store(at, c00);
  v128.store(at, c01, 16);
  v128.store(at, c02, 32);
  at += step;
  v128.store(at, c10);
  v128.store(at, c11, 16);
  v128.store(at, c12, 32);
  at += step;
  v128.store(at, c20);
  v128.store(at, c21, 16);
  v128.store(at, c22, 32);
}

/** Copies the part of a tile that is inside the result. */
function copyTile(tile: usize, to: usize, step: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows && i < ROWS; i++) {
    memory.copy(to + <usize>i * step, tile + <usize>i * BIAS, <usize>columns << 2);
  }
}
