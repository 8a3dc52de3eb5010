import { fma, sumLanes } from "../simd/simd";

/** Rows of the weight that are read from memory at a time. */
// @ts-ignore: decorator
@inline const PANEL = 16;

/**
 * y [rows, n] = x [rows, depth] · Wᵀ + bias for a weight [n, depth] and a few rows, for columns from..to. To pack the
 * weight would take longer than the product, so rows of x meet rows of W as they are. The order of a sum does not
 * depend on its tile.
 * @param depth a multiple of four
 */
export function multiplyFew(
  weight: usize,
  x: usize,
  y: usize,
  bias: usize,
  depth: i32,
  rows: i32,
  n: i32,
  from: i32,
  to: i32,
): void {
  const step: usize = <usize>depth << 2;
  for (let column = from; column < to; column += PANEL) {
    const end = min(to, column + PANEL);
    const w = weight + <usize>column * step;
    readLines(w, weight + <usize>end * step);
    for (let row = 0; row < rows; row += 4) {
      const at = x + <usize>row * step;
      const into = y + (<usize>(row * n) << 2);
      const left = rows - row;
      if (left >= 4) tiles(4, 2, w, at, into, bias, step, n, column, end);
      else if (left == 3) tiles(3, 2, w, at, into, bias, step, n, column, end);
      else if (left == 2) tiles(2, 4, w, at, into, bias, step, n, column, end);
      else tiles(1, 4, w, at, into, bias, step, n, column, end);
    }
  }
}

/** Brings memory into the caches: as a single stream of one load per line it is read twice as fast as by the tiles. */
// @ts-ignore: decorator
@inline
function readLines(at: usize, end: usize): void {
  for (; at < end; at += 64) v128.load(at);
}

/** All columns of a panel, for one to four rows. @param columns of a tile: two, or four for one or two rows */
// @ts-ignore: decorator
@inline
function tiles(
  rows: i32,
  columns: i32,
  w: usize,
  x: usize,
  y: usize,
  bias: usize,
  step: usize,
  n: i32,
  column: i32,
  end: i32,
): void {
  for (; column < end; column += columns) {
    tile(rows, columns, w, x, y, bias, step, n, column, end - column);
    w += step * columns;
  }
}

/**
 * At most eight sums, so that all registers suffice when V8 loads the operands ahead. Rows of the weight that are
 * missing at the end are replaced by the one before.
 */
// @ts-ignore: decorator
@inline
function tile(
  rows: i32,
  columns: i32,
  w0: usize,
  x0: usize,
  y: usize,
  bias: usize,
  step: usize,
  n: i32,
  column: i32,
  left: i32,
): void {
  let w1 = left > 1 ? w0 + step : w0;
  let w2 = left > 2 ? w1 + step : w1;
  let w3 = left > 3 ? w2 + step : w2;
  let x1 = x0 + step;
  let x2 = x1 + step;
  let x3 = x2 + step;
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  let c0 = a0;
  let c1 = a0;
  let d0 = a0;
  let d1 = a0;
  const end = w0 + step;
  do {
    const first = v128.load(w0);
    const second = v128.load(w1);
    const third = columns > 2 ? v128.load(w2) : first;
    const fourth = columns > 2 ? v128.load(w3) : first;
    let each = v128.load(x0);
    a0 = fma(each, first, a0);
    b0 = fma(each, second, b0);
    if (columns > 2) {
      c0 = fma(each, third, c0);
      d0 = fma(each, fourth, d0);
      w2 += 16;
      w3 += 16;
    }
    if (rows > 1) {
      each = v128.load(x1);
      a1 = fma(each, first, a1);
      b1 = fma(each, second, b1);
      if (columns > 2) {
        c1 = fma(each, third, c1);
        d1 = fma(each, fourth, d1);
      }
      x1 += 16;
    }
    if (rows > 2) {
      each = v128.load(x2);
      a2 = fma(each, first, a2);
      b2 = fma(each, second, b2);
      x2 += 16;
    }
    if (rows > 3) {
      each = v128.load(x3);
      a3 = fma(each, first, a3);
      b3 = fma(each, second, b3);
      x3 += 16;
    }
    x0 += 16;
    w0 += 16;
    w1 += 16;
  } while (w0 < end);
  const at = <usize>column << 2;
  bias = bias ? bias + at : 0;
  y += at;
  storeSums(columns, a0, b0, c0, d0, bias, y, left);
  if (rows > 1) storeSums(columns, a1, b1, c1, d1, bias, y + (<usize>n << 2), left);
  if (rows > 2) storeSums(columns, a2, b2, c0, d0, bias, y + (<usize>n << 3), left);
  if (rows > 3) storeSums(columns, a3, b3, c0, d0, bias, y + <usize>n * 12, left);
}

/** One row of a tile. */
// @ts-ignore: decorator
@inline
function storeSums(columns: i32, a: v128, b: v128, c: v128, d: v128, bias: usize, y: usize, left: i32): void {
  storeSum(a, bias, y, 0);
  if (left > 1) storeSum(b, bias, y, 4);
  if (columns > 2) {
    if (left > 2) storeSum(c, bias, y, 8);
    if (left > 3) storeSum(d, bias, y, 12);
  }
}

function storeSum(sums: v128, bias: usize, y: usize, at: usize): void {
  const sum = sumLanes(sums);
  f32.store(y + at, bias ? sum + f32.load(bias + at) : sum);
}
