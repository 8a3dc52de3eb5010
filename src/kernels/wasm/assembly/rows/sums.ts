import { high, loadFirst, low, storeFirst } from "../simd/lanes";

/**
 * y [groups, size]: the sum of each group's rows of x [rows, size], from ≤ group < to, added in
 * their order in float64 and rounded once.
 *
 * @param order the rows of the first group, those of the next, …; 0 if they are in memory order
 * @param starts [groups + 1], where in that order each group begins and the last one ends
 * @param sums scratch, 8 bytes for each number of a row and 24 more
 */
export function addRows(
  x: usize,
  order: usize,
  starts: usize,
  y: usize,
  size: i32,
  from: i32,
  to: i32,
  sums: usize,
): void {
  const bytes = <usize>size << 2;
  for (let group = from; group < to; group++) {
    memory.fill(sums, 0, 2 * bytes + 24);
    const end = i32.load(starts + (<usize>group << 2), 4);
    for (let i = i32.load(starts + (<usize>group << 2)); i < end; i++) {
      let at = x + bytes * <usize>(order ? i32.load(order + (<usize>i << 2)) : i);
      let sum = sums;
      for (let left = size; left > 0; left -= 4) {
        const four = loadFirst(at, left);
        v128.store(sum, f64x2.add(v128.load(sum), low(four)));
        v128.store(sum, f64x2.add(v128.load(sum, 16), high(four)), 16);
        at += 16;
        sum += 32;
      }
    }
    let out = y + bytes * <usize>group;
    let sum = sums;
    for (let left = size; left > 0; left -= 4) {
      const lower = f32x4.demote_f64x2_zero(v128.load(sum));
      const upper = f32x4.demote_f64x2_zero(v128.load(sum, 16));
      storeFirst(out, v128.shuffle<f32>(lower, upper, 0, 1, 4, 5), left);
      out += 16;
      sum += 32;
    }
  }
}
