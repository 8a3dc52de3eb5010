import { lanesBelow, largestOfLanes, loadFirst } from "../simd/lanes";
import { sumOfExponentials } from "../rows/softmax";

/**
 * Of scores x [size], writes the greatest; the first place where it is, or −1 with a score of NaN or Infinity, or without a
 * finite one; and, if `sums`, Σ e^(x − greatest).
 */
export function surveyScores(x: usize, size: i32, sums: bool, results: usize): void {
  const limit = f32x4.splat(Infinity);
  let most = f32x4.splat(-Infinity);
  let below = i32x4.splat(-1);
  let left = size;
  let at = x;
  for (; left >= 4; left -= 4) {
    const four = v128.load(at);
    most = f32x4.pmax(most, four);
    below = v128.and(below, f32x4.lt(four, limit));
    at += 16;
  }
  if (left > 0) {
    const four = v128.bitselect(loadFirst(at, left), f32x4.splat(-Infinity), lanesBelow(left));
    most = f32x4.pmax(most, four);
    below = v128.and(below, f32x4.lt(four, limit));
  }
  most = largestOfLanes(most);
  const greatest = f32x4.extract_lane(most, 0);
  const isUsual = i32x4.all_true(below) && greatest > -Infinity;
  f32.store(results, greatest);
  i32.store(results, isUsual ? placeOf(x, greatest) : -1, 4);
  if (sums && isUsual) f32.store(results, sumOfExponentials(x, 0, size, most, false), 8);
}

/** The first place of a number that is there. */
function placeOf(x: usize, number: f32): i32 {
  const wanted = f32x4.splat(number);
  let at = x;
  // What lies behind the last four numbers does not matter: the number comes before.
  while (!v128.any_true(f32x4.eq(v128.load(at), wanted))) at += 16;
  while (f32.load(at) != number) at += 4;
  return <i32>((at - x) >> 2);
}
