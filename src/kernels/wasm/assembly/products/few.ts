import { fma, storeSum, sumLanes } from "../simd/simd";

/** Bytes of the weight that all rows of x meet before the next ones: they fit the L2 cache. */
// @ts-ignore: decorator
@inline const PANEL: usize = 1 << 18;

/**
 * y [rows, n] = x [rows, depth] · Wᵀ + bias for a weight [n, depth] and a few rows, for columns from..to. To pack the
 * weight would take longer than the product, so rows of x meet rows of W as they are. The first rows meet a panel of W
 * as it is read from memory, in two or four streams far apart, and the others while it is in the cache. On Zen 5, with
 * weights of 250 MB, one row takes 7 ms, 2 take 8, 4 take 11, 5 take 15 and 8 take 20; with a panel of 16 neighbouring
 * rows of W, read before it was multiplied, 4 took 15 and 8 took 23. The order of a sum does not depend on its tile, nor
 * on the number of rows.
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
  const line: usize = <usize>n << 2;
  // Half the columns, rounded up: if they are odd, the second half begins with the last column of the first.
  const each = (to - from + 1) >> 1;
  // If all rows are one group, nothing is read again.
  const columns = groupOf(rows) == rows ? each : <i32>max<usize>(PANEL / (2 * step), 1);
  for (let first = 0; first < each; first += columns) {
    const start = from + first;
    const count = min(columns, each - first);
    const other = to - each + first;
    let at = x;
    let into = y;
    for (let left = rows; left > 0; ) {
      const group = groupOf(left);
      if (group == 5) pairs(5, weight, at, into, bias, step, line, start, other, count);
      else if (group == 4) pairs(4, weight, at, into, bias, step, line, start, other, count);
      else if (group == 3) pairs(3, weight, at, into, bias, step, line, start, other, count);
      else if (group == 2) fours(2, weight, at, into, bias, step, line, start, other, count);
      else fours(1, weight, at, into, bias, step, line, start, other, count);
      at += step * group;
      into += line * group;
      left -= group;
    }
  }
}

/** The number of rows of the next tile. Without relaxed SIMD, a product takes a register, and five rows would spill. */
function groupOf(left: i32): i32 {
  if (ASC_FEATURE_RELAXED_SIMD && (left == 5 || left == 7 || left == 9)) return 5;
  return min(left, 4);
}

/** Three to five rows by `count` pairs of columns, start.. and other.. */
// @ts-ignore: decorator
@inline
function pairs(
  rows: i32,
  weight: usize,
  x: usize,
  y: usize,
  bias: usize,
  step: usize,
  line: usize,
  start: i32,
  other: i32,
  count: i32,
): void {
  let w0 = weight + <usize>start * step;
  let w1 = weight + <usize>other * step;
  for (let i = 0; i < count; i++) {
    let x0 = x;
    let x1 = x0 + step;
    let x2 = x1 + step;
    let x3 = x2 + step;
    let x4 = x3 + step;
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let a4 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    let b4 = a0;
    const end = w0 + step;
    const at = y + (<usize>(start + i) << 2);
    do {
      const first = v128.load(w0);
      const second = v128.load(w1);
      let each = v128.load(x0);
      a0 = fma(each, first, a0);
      b0 = fma(each, second, b0);
      each = v128.load(x1);
      a1 = fma(each, first, a1);
      b1 = fma(each, second, b1);
      if (rows > 4) {
        // V8 loads all operands ahead of all sums, for which ten sums leave too few registers; but it loads nothing
        // ahead of a store. The result overwrites these.
        v128.store32_lane(at, a0, 0);
        v128.store32_lane(at, b0, 0);
        v128.store32_lane(at, a1, 0);
        v128.store32_lane(at, b1, 0);
      }
      each = v128.load(x2);
      a2 = fma(each, first, a2);
      b2 = fma(each, second, b2);
      if (rows > 3) {
        each = v128.load(x3);
        a3 = fma(each, first, a3);
        b3 = fma(each, second, b3);
        x3 += 16;
      }
      if (rows > 4) {
        each = v128.load(x4);
        a4 = fma(each, first, a4);
        b4 = fma(each, second, b4);
        x4 += 16;
      }
      x0 += 16;
      x1 += 16;
      x2 += 16;
      w0 += 16;
      w1 += 16;
    } while (w0 < end);
    storeColumn(rows, a0, a1, a2, a3, a4, bias, y, line, start + i);
    storeColumn(rows, b0, b1, b2, b3, b4, bias, y, line, other + i);
  }
}

/** One or two rows by the same columns, each half in two streams. */
// @ts-ignore: decorator
@inline
function fours(
  rows: i32,
  weight: usize,
  x: usize,
  y: usize,
  bias: usize,
  step: usize,
  line: usize,
  start: i32,
  other: i32,
  count: i32,
): void {
  const each = (count + 1) >> 1;
  const rest = count - each;
  let w0 = weight + <usize>start * step;
  let w1 = w0 + <usize>rest * step;
  let w2 = weight + <usize>other * step;
  let w3 = w2 + <usize>rest * step;
  for (let i = 0; i < each; i++) {
    let x0 = x;
    let x1 = x + step;
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let b0 = a0;
    let b1 = a0;
    let c0 = a0;
    let c1 = a0;
    let d0 = a0;
    let d1 = a0;
    const end = w0 + step;
    do {
      const first = v128.load(w0);
      const second = v128.load(w1);
      const third = v128.load(w2);
      const fourth = v128.load(w3);
      let each = v128.load(x0);
      a0 = fma(each, first, a0);
      b0 = fma(each, second, b0);
      c0 = fma(each, third, c0);
      d0 = fma(each, fourth, d0);
      if (rows > 1) {
        each = v128.load(x1);
        a1 = fma(each, first, a1);
        b1 = fma(each, second, b1);
        c1 = fma(each, third, c1);
        d1 = fma(each, fourth, d1);
        x1 += 16;
      }
      x0 += 16;
      w0 += 16;
      w1 += 16;
      w2 += 16;
      w3 += 16;
    } while (w0 < end);
    storeColumn(rows, a0, a1, a0, a0, a0, bias, y, line, start + i);
    storeColumn(rows, b0, b1, b0, b0, b0, bias, y, line, start + rest + i);
    storeColumn(rows, c0, c1, c0, c0, c0, bias, y, line, other + i);
    storeColumn(rows, d0, d1, d0, d0, d0, bias, y, line, other + rest + i);
  }
}

/** One column of a tile. */
// @ts-ignore: decorator
@inline
function storeColumn(
  rows: i32,
  a: v128,
  b: v128,
  c: v128,
  d: v128,
  e: v128,
  bias: usize,
  y: usize,
  line: usize,
  column: i32,
): void {
  storeSum(sumLanes(a), bias, y, column);
  if (rows > 1) storeSum(sumLanes(b), bias, y + line, column);
  if (rows > 2) storeSum(sumLanes(c), bias, y + 2 * line, column);
  if (rows > 3) storeSum(sumLanes(d), bias, y + 3 * line, column);
  if (rows > 4) storeSum(sumLanes(e), bias, y + 4 * line, column);
}
