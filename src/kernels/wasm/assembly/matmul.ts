import { packLeft, packRight } from "./pack";
import { fma, storeSum, sumLanes } from "./simd";
import { COLUMNS, ROWS } from "./tile-size";

export { packLeft };

/** Where columns of bias lie behind a panel, and behind them a tile at the edge of the result. */
const BIAS: usize = COLUMNS * 4;

/**
 * C[:, from..to) = bias + A · B[:, from..to), tile by tile. One panel of columns is packed at a time and meets all rows of
 * A while the first cache holds it.
 *
 * @param left A as `packLeft` gives it, [⌈rows / ROWS⌉][depth][ROWS]
 * @param right B, [n, depth] if transposed (a weight), else [depth, n]; `step` bytes from line to line
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
  const end = panel + <usize>depth * BIAS;
  const edge = end + BIAS;
  memory.fill(end, 0, BIAS);
  for (let j = from; j < to; j += COLUMNS) {
    const columns = min(COLUMNS, to - j);
    packRight(transposed ? right + <usize>j * step : right + (<usize>j << 2), columns, step, depth, transposed, panel);
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
}

/**
 * Four rows of eight: eight sums, two vectors of B and one of A. The bias lies at the end of B's panel. Inline, because V8
 * unrolls a loop of this size within another loop, and its second turn needs no more registers than there are.
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

/** The part of a tile that lies within the result. */
function copyTile(tile: usize, to: usize, step: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows && i < ROWS; i++) {
    memory.copy(to + <usize>i * step, tile + <usize>i * BIAS, <usize>columns << 2);
  }
}

/** The sum of x[p] · w[p] past the last whole vector. */
// @ts-ignore: decorator
@inline
function tail(w: usize, x: usize, count: i32): f32 {
  let sum: f32 = 0;
  for (let p = 0; p < count; p++) sum += f32.load(w + (<usize>p << 2)) * f32.load(x + (<usize>p << 2));
  return sum;
}

/**
 * y[from..to) = W[from..to) · x + bias for a weight [n, depth]: each weight is read once, where it lies, one row after the
 * other: a single stream is what memory reads fastest.
 */
export function multiplyVector(
  weight: usize,
  x: usize,
  y: usize,
  bias: usize,
  depth: i32,
  from: i32,
  to: i32,
): void {
  const step: usize = <usize>depth << 2;
  const blocks = x + (step & ~63);
  const vectors = x + (step & ~15);
  const rest = depth & 3;
  for (let n = from; n < to; n++) {
    let w = weight + <usize>n * step;
    let at = x;
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    while (at < blocks) {
      s0 = fma(v128.load(at), v128.load(w), s0);
      s1 = fma(v128.load(at, 16), v128.load(w, 16), s1);
      s2 = fma(v128.load(at, 32), v128.load(w, 32), s2);
      s3 = fma(v128.load(at, 48), v128.load(w, 48), s3);
      w += 64;
      at += 64;
    }
    while (at < vectors) {
      s0 = fma(v128.load(at), v128.load(w), s0);
      w += 16;
      at += 16;
    }
    let sum = sumLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
    if (rest) sum += tail(w, at, rest);
    storeSum(sum, bias, y, n);
  }
}
