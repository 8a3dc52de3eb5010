import { fma } from "../simd/simd";

/** Four numbers, or the remaining ones padded with zeros: nothing past the end is read. */
// @ts-ignore: decorator
@inline
function loadUpTo(from: usize, count: i32): v128 {
  return count >= 4 ? v128.load(from) : loadFew(from, count);
}

/** Not inlined: the binary is smaller, and remainders are rare. */
function loadFew(from: usize, count: i32): v128 {
  let x = f32x4.splat(0);
  if (count > 0) x = v128.load32_zero(from);
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(from, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(from, 8));
  return x;
}

// @ts-ignore: decorator
@inline
function storeUpTo(to: usize, x: v128, count: i32): void {
  if (count >= 4) v128.store(to, x);
  else storeFew(to, x, count);
}

function storeFew(to: usize, x: v128, count: i32): void {
  if (count > 0) store<f32>(to, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(x, 2), 8);
}

/**
 * Packs rows that are `step` bytes apart into panels of `width` (4 or 8) rows: [rows / width][columns][width], times
 * `factor`. Padded with rows of zeros to a multiple of 8.
 */
export function packAcross(
  from: usize,
  step: usize,
  rows: i32,
  columns: i32,
  to: usize,
  width: i32,
  factor: f32,
): void {
  const scale = f32x4.splat(factor);
  const wide = <usize>width << 2;
  const padded = (rows + 7) & ~7;
  for (let row: i32 = 0; row < padded; row += 4) {
    const lane = row & (width - 1);
    const panel = to + ((<usize>(row - lane) * <usize>columns) << 2) + (<usize>lane << 2);
    for (let column: i32 = 0; column < columns; column += 4) {
      const left = columns - column;
      const source = from + <usize>row * step + (<usize>column << 2);
      const x0 = loadUpTo(source, row < rows ? left : 0);
      const x1 = loadUpTo(source + step, row + 1 < rows ? left : 0);
      const x2 = loadUpTo(source + step * 2, row + 2 < rows ? left : 0);
      const x3 = loadUpTo(source + step * 3, row + 3 < rows ? left : 0);
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
      const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      const place = panel + <usize>column * wide;
      v128.store(place, f32x4.mul(scale, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5)));
      if (left > 1) v128.store(place + wide, f32x4.mul(scale, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7)));
      if (left > 2) v128.store(place + wide * 2, f32x4.mul(scale, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5)));
      if (left > 3) v128.store(place + wide * 3, f32x4.mul(scale, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7)));
    }
  }
}

/**
 * Packs rows that are `step` bytes apart into panels of four columns: [columns / 4][padded rows][4], padded with zeros
 * to a multiple of 8 rows and 4 columns. Returns whether every number is finite.
 */
export function packAlong(from: usize, step: usize, rows: i32, columns: i32, to: usize): bool {
  const padded = (rows + 7) & ~7;
  const panel = <usize>padded << 4;
  const zero = f32x4.splat(0);
  // 0 · x is 0 for every finite x, otherwise NaN.
  let zeros = zero;
  for (let row: i32 = 0; row < padded; row++) {
    let place = to + (<usize>row << 4);
    let source = from + <usize>row * step;
    for (let column: i32 = 0; column < columns; column += 4) {
      const x = loadUpTo(source, row < rows ? columns - column : 0);
      zeros = fma(x, zero, zeros);
      v128.store(place, x);
      place += panel;
      source += 16;
    }
  }
  return i32x4.all_true(f32x4.eq(zeros, zero));
}

/**
 * The inverse: panels [columns, 8] of eight rows side by side become rows `step` bytes apart, times a factor for each
 * of the eight; or are added to the rows.
 */
export function unpack(
  from: usize,
  columns: i32,
  to: usize,
  step: usize,
  rows: i32,
  factors: usize,
  add: bool,
): void {
  for (let row: i32 = 0; row < min(rows, 8); row += 4) {
    const factor = factors ? v128.load(factors + (<usize>row << 2)) : f32x4.splat(1);
    for (let column: i32 = 0; column < columns; column += 4) {
      const source = from + (<usize>column << 5) + (<usize>row << 2);
      const x0 = f32x4.mul(factor, v128.load(source, 0));
      const x1 = f32x4.mul(factor, v128.load(source, 32));
      const x2 = f32x4.mul(factor, v128.load(source, 64));
      const x3 = f32x4.mul(factor, v128.load(source, 96));
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
      const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      const place = to + <usize>row * step + (<usize>column << 2);
      const left = columns - column;
      put(place, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5), left, add);
      if (row + 1 < rows) put(place + step, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), left, add);
      if (row + 2 < rows) put(place + step * 2, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), left, add);
      if (row + 3 < rows) put(place + step * 3, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), left, add);
    }
  }
}

function put(to: usize, x: v128, count: i32, add: bool): void {
  storeUpTo(to, add ? f32x4.add(x, loadUpTo(to, count)) : x, count);
}

/** Transposes a [4, 4] whose rows are 32 bytes apart into another. */
function turn(from: usize, to: usize): void {
  const x0 = v128.load(from, 0);
  const x1 = v128.load(from, 32);
  const x2 = v128.load(from, 64);
  const x3 = v128.load(from, 96);
  const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5), 0);
  v128.store(to, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 96);
}

/** Transposes [count, 8], count a multiple of 8, into panels of eight rows, [8, 8] each and `step` bytes apart. */
export function turnPanels(from: usize, count: i32, to: usize, step: usize): void {
  for (let row: i32 = 0; row < count; row += 8) {
    for (let half: usize = 0; half < 2; half++) {
      turn(from + (half << 4), to + (half << 7));
      turn(from + (half << 4) + 128, to + (half << 7) + 16);
    }
    from += 256;
    to += step;
  }
}
