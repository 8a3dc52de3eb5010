/** Rounding of numbers to whole ones, in blocks of 32 with a scale each. */
import { ROUND_BITS } from "../simd/exp";

/**
 * A constant that an engine does not know: otherwise V8 from Node 22 on makes it anew wherever it is used, with three
 * instructions.
 * @param count not negative
 */
// @ts-ignore: decorator
@inline
function hidden(bits: i32, count: i32): v128 {
  return i32x4.splat(bits + (count >>> 31));
}

/** What `nearest` needs: as a number, and as its bits. */
// @ts-ignore: decorator
@inline
export function roundFor(count: i32): v128 {
  return hidden(ROUND_BITS, count);
}

/** What `largestOfEach` needs: all bits but the sign. */
// @ts-ignore: decorator
@inline
export function magnitudeFor(count: i32): v128 {
  return hidden(0x7fffffff, count);
}

/**
 * The largest magnitude of each of four blocks. Magnitudes are compared by their bits, which have the same order, and where
 * NaN is above infinity: one instruction, where the maximum of floats takes seven.
 */
export function largestOfEach(x0: usize, x1: usize, x2: usize, x3: usize, magnitude: v128): v128 {
  let a = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (let at: usize = 0; at < 128; at += 16) {
    a = i32x4.max_s(a, v128.and(v128.load(x0 + at), magnitude));
    b = i32x4.max_s(b, v128.and(v128.load(x1 + at), magnitude));
    c = i32x4.max_s(c, v128.and(v128.load(x2 + at), magnitude));
    d = i32x4.max_s(d, v128.and(v128.load(x3 + at), magnitude));
  }
  a = i32x4.max_s(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  c = i32x4.max_s(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.max_s(v128.shuffle<i64>(a, c, 0, 2), v128.shuffle<i64>(a, c, 1, 3));
}

/** most / levels, or NaN if that is infinite or NaN: infinity is not rounded. */
// @ts-ignore: decorator
@inline
export function scalesOf(most: v128, levels: f32): v128 {
  return f32x4.add(f32x4.div(most, f32x4.splat(levels)), f32x4.sub(most, most));
}

/** One lane in all. */
// @ts-ignore: decorator
@inline
export function lane0(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 0, 0, 0, 0);
}

// @ts-ignore: decorator
@inline
export function lane1(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 1, 1, 1, 1);
}

// @ts-ignore: decorator
@inline
export function lane2(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 2, 2, 2, 2);
}

// @ts-ignore: decorator
@inline
export function lane3(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 3, 3, 3, 3);
}

/** Four numbers times a factor, rounded, ties to even, if they are below 2²². @param round see `roundFor` */
// @ts-ignore: decorator
@inline
export function nearest(x: usize, factor: v128, round: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.mul(v128.load(x), factor), round), round);
}

/** Eight, as 16 bits. */
// @ts-ignore: decorator
@inline
export function nearestWords(x: usize, factor: v128, round: v128): v128 {
  return i16x8.narrow_i32x4_s(nearest(x, factor, round), nearest(x + 16, factor, round));
}
