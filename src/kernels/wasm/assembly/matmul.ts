import { packLeft, packRight } from "./pack";
import { fma, storeSum, sumLanes } from "./simd";

export { packLeft };

/**
 * C[:, from..to) = A · B[:, from..to) + bias, in tiles of 4 × 8: eight sums, two vectors of B and one of A fit the
 * registers. One panel of eight columns is packed at a time and meets all rows of A while the first cache holds it.
 *
 * @param left A as `packLeft` gives it, [⌈rows / 4⌉][depth][4]
 * @param right B, [n, depth] if transposed (a weight), else [depth, n]; `step` bytes from line to line
 * @param output C, [rows, n], `outputStep` bytes from row to row
 * @param bias [n], or 0
 * @param panel scratch of depth · 32 + 128 bytes
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
  const end = panel + (<usize>depth << 5);
  for (let j = from; j < to; j += 8) {
    const columns = to - j < 8 ? to - j : 8;
    packRight(transposed ? right + <usize>j * step : right + (<usize>j << 2), columns, step, depth, transposed, panel);
    let bias0 = f32x4.splat(0);
    let bias1 = bias0;
    if (bias != 0) {
      // By way of the tile's scratch: the bias ends with its last column.
      memory.copy(end, bias + (<usize>j << 2), <usize>columns << 2);
      bias0 = v128.load(end);
      bias1 = v128.load(end, 16);
    }
    let a = left;
    for (let i = 0; i < rows; i += 4) {
      let b = panel;
      let c00 = f32x4.splat(0);
      let c01 = c00;
      let c10 = c00;
      let c11 = c00;
      let c20 = c00;
      let c21 = c00;
      let c30 = c00;
      let c31 = c00;
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
      const whole = columns == 8 && rows - i >= 4;
      let at = whole ? output + <usize>i * outputStep + (<usize>j << 2) : end;
      const rowStep = whole ? outputStep : 32;
      v128.store(at, f32x4.add(c00, bias0));
      v128.store(at, f32x4.add(c01, bias1), 16);
      at += rowStep;
      v128.store(at, f32x4.add(c10, bias0));
      v128.store(at, f32x4.add(c11, bias1), 16);
      at += rowStep;
      v128.store(at, f32x4.add(c20, bias0));
      v128.store(at, f32x4.add(c21, bias1), 16);
      at += rowStep;
      v128.store(at, f32x4.add(c30, bias0));
      v128.store(at, f32x4.add(c31, bias1), 16);
      if (!whole) copyTile(end, output + <usize>i * outputStep + (<usize>j << 2), outputStep, rows - i, columns);
    }
  }
}

/** The part of a 4 × 8 tile that lies within the result. */
function copyTile(tile: usize, to: usize, step: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows && i < 4; i++) memory.copy(to + <usize>i * step, tile + (<usize>i << 5), <usize>columns << 2);
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
