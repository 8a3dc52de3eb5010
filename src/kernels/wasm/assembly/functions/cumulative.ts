import { high, joined, loadFirst, low, storeFirst } from "../simd/lanes";

/** The sums of two neighbours: [a, a + b]. */
// @ts-ignore: decorator
@inline
function ofTwo(x: v128): v128 {
  return f64x2.add(x, v128.shuffle<f64>(f64x2.splat(0), x, 0, 2));
}

// @ts-ignore: decorator
@inline
function second(x: v128): v128 {
  return v128.shuffle<f64>(x, x, 1, 1);
}

/** x [size] = total + the sums of x up to each, in place. Returns the last one. */
export function addUpLine(x: usize, size: i32, total: f64): f64 {
  let before = f64x2.splat(total);
  for (let left = size; left > 0; left -= 4) {
    const four = loadFirst(x, left);
    const first = ofTwo(low(four));
    const last = f64x2.add(ofTwo(high(four)), second(first));
    storeFirst(x, joined(f64x2.add(before, first), f64x2.add(before, last)), left);
    before = f64x2.add(before, second(last));
    x += 16;
  }
  return f64x2.extract_lane(before, 0);
}

/** x [rows, columns] = totals [columns], float64, + the sums of the rows up to each, in place; from the last row if backward. */
export function addUpRows(x: usize, rows: i32, columns: i32, totals: usize, backward: bool): void {
  const bytes = <usize>columns << 2;
  let row = backward ? x + bytes * <usize>(rows - 1) : x;
  for (let i = 0; i < rows; i++) {
    let at = row;
    let total = totals;
    for (let left = columns; left > 0; left -= 4) {
      const four = loadFirst(at, left);
      const lower = f64x2.add(v128.load(total), low(four));
      const upper = f64x2.add(v128.load(total, 16), high(four));
      v128.store(total, lower);
      v128.store(total, upper, 16);
      storeFirst(at, joined(lower, upper), left);
      at += 16;
      total += 32;
    }
    row = backward ? row - bytes : row + bytes;
  }
}
