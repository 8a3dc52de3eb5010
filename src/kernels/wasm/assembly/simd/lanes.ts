// Four lanes at the end of a row: memory past the end is neither read nor written.

/** All ones in the first `left` lanes (all of them from 4 on). */
// @ts-ignore: decorator
@inline
export function lanesBelow(left: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left));
}

/** Four numbers, or the first `left` of them and zeros. */
// @ts-ignore: decorator
@inline
export function loadFirst(at: usize, left: i32): v128 {
  return left >= 4 ? v128.load(at) : loadPart(at, left);
}

/** Writes the first `left` of four numbers. */
// @ts-ignore: decorator
@inline
export function storeFirst(at: usize, value: v128, left: i32): void {
  if (left >= 4) v128.store(at, value);
  else storePart(at, value, left);
}

function loadPart(at: usize, left: i32): v128 {
  if (left == 1) return v128.load32_zero(at);
  const two = v128.load64_zero(at);
  return left == 2 ? two : v128.load32_lane(at + 8, two, 2);
}

function storePart(at: usize, value: v128, left: i32): void {
  if (left == 1) {
    v128.store32_lane(at, value, 0);
  } else {
    v128.store64_lane(at, value, 0);
    if (left == 3) v128.store32_lane(at + 8, value, 2);
  }
}

/** The first two lanes, in float64. */
// @ts-ignore: decorator
@inline
export function low(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

/** The last two lanes, in float64. */
// @ts-ignore: decorator
@inline
export function high(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3));
}

/** The sum of four lanes, in float64. */
// @ts-ignore: decorator
@inline
export function sumOfLanes(v: v128): f64 {
  const pairs = f64x2.add(low(v), high(v));
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}

// @ts-ignore: decorator
@inline
export function largestOfLanes(v: v128): v128 {
  const two = f32x4.pmax(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.pmax(two, v128.shuffle<f32>(two, two, 1, 0, 3, 2));
}

/** Two pairs of float64 numbers, rounded to four of float32. */
// @ts-ignore: decorator
@inline
export function joined(lower: v128, upper: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(lower), f32x4.demote_f64x2_zero(upper), 0, 1, 4, 5);
}
