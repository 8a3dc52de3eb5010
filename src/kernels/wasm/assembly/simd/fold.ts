import { expNonPositive4 } from "./exp";
import { high, joined, low } from "./lanes";

// In the order of `folds` in src/kernels/wasm/lines.ts.
// @ts-ignore: decorator
@inline export const SUM = 0;
// @ts-ignore: decorator
@inline export const SIZES = 1;
// @ts-ignore: decorator
@inline export const SQUARES = 2;
// @ts-ignore: decorator
@inline export const EXPONENTIALS = 3;
// @ts-ignore: decorator
@inline export const PRODUCT = 4;
// @ts-ignore: decorator
@inline export const GREATEST = 5;
// @ts-ignore: decorator
@inline export const SMALLEST = 6;

/** What is added up of four numbers: for powers, x is at most the shift. */
// @ts-ignore: decorator
@inline
function term(name: i32, x: v128, shift: v128): v128 {
  return name == EXPONENTIALS ? expNonPositive4(f32x4.sub(x, shift)) : x;
}

/** The total with two more numbers: their sum, that of their sizes, of their squares, or their product. */
// @ts-ignore: decorator
@inline
function step(name: i32, total: v128, x: v128, shift: v128): v128 {
  if (name == SIZES) return f64x2.add(total, f64x2.abs(x));
  if (name == PRODUCT) return f64x2.mul(total, x);
  if (name != SQUARES) return f64x2.add(total, x);
  x = f64x2.sub(x, shift);
  return f64x2.add(total, f64x2.mul(x, x));
}

/** The greater or smaller of each: of equal ones, and where x is NaN, the one before. */
// @ts-ignore: decorator
@inline
function choose(name: i32, found: v128, x: v128): v128 {
  return name == GREATEST ? f32x4.pmax(found, x) : f32x4.pmin(found, x);
}

/** All ones, which is NaN, where x is. */
// @ts-ignore: decorator
@inline
function nan(x: v128): v128 {
  return f32x4.ne(x, x);
}

// @ts-ignore: decorator
@inline
function merged(name: i32, a: v128, b: v128): v128 {
  return name == PRODUCT ? f64x2.mul(a, b) : f64x2.add(a, b);
}

/** A shift in the form that `term` or `step` takes. */
// @ts-ignore: decorator
@inline
function shiftOf(name: i32, shift: f64): v128 {
  return name == EXPONENTIALS ? f32x4.splat(<f32>shift) : f64x2.splat(shift);
}

// @ts-ignore: decorator
@inline
function ofLine(name: i32, x: usize, left: i32, offset: f64): f64 {
  const shift = shiftOf(name, offset);
  const identity = f64x2.splat(name == PRODUCT ? 1 : 0);
  let a = identity;
  let b = identity;
  let c = identity;
  let d = identity;
  if (left >= 8) {
    do {
      const first = term(name, v128.load(x), shift);
      const second = term(name, v128.load(x, 16), shift);
      a = step(name, a, low(first), shift);
      b = step(name, b, high(first), shift);
      c = step(name, c, low(second), shift);
      d = step(name, d, high(second), shift);
      x += 32;
      left -= 8;
    } while (left >= 8);
  }
  a = merged(name, merged(name, a, b), merged(name, c, d));
  a = merged(name, a, v128.shuffle<f64>(a, a, 1, 0));
  for (; left > 0; left--) {
    a = step(name, a, low(term(name, v128.load32_splat(x), shift)), shift);
    x += 4;
  }
  return f64x2.extract_lane(a, 0);
}

// @ts-ignore: decorator
@inline
function chosenOfLine(name: i32, x: usize, left: i32): f64 {
  const identity = f32x4.splat(name == GREATEST ? -Infinity : Infinity);
  let a = identity;
  let b = identity;
  let none = i32x4.splat(0);
  if (left >= 8) {
    do {
      const first = v128.load(x);
      const second = v128.load(x, 16);
      a = choose(name, a, first);
      b = choose(name, b, second);
      none = v128.or(none, v128.or(nan(first), nan(second)));
      x += 32;
      left -= 8;
    } while (left >= 8);
  }
  a = choose(name, a, b);
  a = choose(name, a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  a = choose(name, a, v128.shuffle<f32>(a, a, 1, 0, 3, 2));
  for (; left > 0; left--) {
    const each = v128.load32_splat(x);
    a = choose(name, a, each);
    none = v128.or(none, nan(each));
    x += 4;
  }
  return v128.any_true(none) ? NaN : <f64>f32x4.extract_lane(a, 0);
}

// @ts-ignore: decorator
@inline
export function eachLine(name: i32, x: usize, size: i32, count: i32, shifts: usize, results: usize): void {
  for (let line = 0; line < count; line++) {
    const at = <usize>line << 3;
    const found = name >= GREATEST ? chosenOfLine(name, x, size) : ofLine(name, x, size, f64.load(shifts + at));
    f64.store(results + at, found);
    x += <usize>size << 2;
  }
}

/** Four float64 numbers, rounded. */
// @ts-ignore: decorator
@inline
function four(at: usize): v128 {
  return joined(v128.load(at), v128.load(at, 16));
}

/** Four columns of all rows. */
// @ts-ignore: decorator
@inline
function ofColumns(name: i32, x: usize, rows: i32, bytes: usize, shifts: usize, totals: usize): void {
  const isPower = name == EXPONENTIALS;
  const lowerShift = isPower ? four(shifts) : v128.load(shifts);
  const upperShift = isPower ? lowerShift : v128.load(shifts, 16);
  let lower = v128.load(totals);
  let upper = v128.load(totals, 16);
  do {
    const each = term(name, v128.load(x), lowerShift);
    lower = step(name, lower, low(each), lowerShift);
    upper = step(name, upper, high(each), upperShift);
    x += bytes;
    rows--;
  } while (rows > 0);
  v128.store(totals, lower);
  v128.store(totals, upper, 16);
}

// @ts-ignore: decorator
@inline
function chosenOfColumns(name: i32, x: usize, rows: i32, bytes: usize, totals: usize): void {
  let found = four(totals);
  let none = nan(found);
  do {
    const each = v128.load(x);
    found = choose(name, found, each);
    none = v128.or(none, nan(each));
    x += bytes;
    rows--;
  } while (rows > 0);
  found = v128.or(found, none);
  v128.store(totals, low(found));
  v128.store(totals, high(found), 16);
}

// @ts-ignore: decorator
@inline
export function eachColumn(name: i32, x: usize, rows: i32, columns: i32, shifts: usize, totals: usize): void {
  const bytes = <usize>columns << 2;
  for (let column = 0; column < columns; column += 4) {
    if (name >= GREATEST) chosenOfColumns(name, x, rows, bytes, totals);
    else ofColumns(name, x, rows, bytes, shifts, totals);
    x += 16;
    shifts += 32;
    totals += 32;
  }
}
