// @ts-ignore: decorator
@inline
function rotate(y: v128, left: i32): v128 {
  return v128.or(i32x4.shl(y, left), i32x4.shr_u(y, 32 - left));
}

/**
 * Threefry-2x32, 20 rounds, of the counter [low, high] and the next three under a key: writes the first words of the
 * four pairs to `at`, then the second ones.
 */
function threefry(at: usize, first: i32, second: i32, low: i32, high: i32): void {
  let a = first;
  let b = second;
  let c = 0x1bd11bda ^ first ^ second;
  const start = i32x4.splat(low);
  const counters = i32x4.add(start, i32x4(0, 1, 2, 3));
  // A lane that has wrapped at 2³² is less than the start: its comparison, −1, is the carry.
  const carried = i32x4.sub(i32x4.splat(high), i32x4.lt_u(counters, start));
  let x = i32x4.add(counters, i32x4.splat(a));
  let y = i32x4.add(carried, i32x4.splat(b));
  for (let group = 1; group <= 5; group++) {
    if (group & 1) {
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 13), x);
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 15), x);
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 26), x);
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 6), x);
    } else {
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 17), x);
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 29), x);
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 16), x);
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 24), x);
    }
    const used = a;
    a = b;
    b = c;
    c = used;
    x = i32x4.add(x, i32x4.splat(a));
    y = i32x4.add(y, i32x4.splat(b + group));
  }
  v128.store(at, x);
  v128.store(at, y, 16);
}

/** The same for group `index` of four pairs after the counter [low, high]. */
// @ts-ignore: decorator
@inline
function threefryGroup(at: usize, first: i32, second: i32, low: i32, high: i32, index: i32): void {
  const from = low + 4 * index;
  threefry(at, first, second, from, high + i32(<u32>from < <u32>low));
}

/**
 * Words i for from ≤ i < to, multiples of 8, at y. Also writes past the end, up to the next multiple of 8; the
 * functions below read and write there too.
 *
 * @param low with `high` the counter of words 0 and 1
 */
export function words(y: usize, first: i32, second: i32, low: i32, high: i32, from: i32, to: i32): void {
  for (let i = from; i < to; i += 8) {
    const at = y + (<usize>i << 2);
    threefryGroup(at, first, second, low, high, i >> 3);
    const firsts = v128.load(at);
    const seconds = v128.load(at, 16);
    v128.store(at, v128.shuffle<i32>(firsts, seconds, 0, 4, 1, 5));
    v128.store(at, v128.shuffle<i32>(firsts, seconds, 2, 6, 3, 7), 16);
  }
}

/** A bit for each word of groups from ≤ i < to of eight: 1 if its upper 24 bits are at least the threshold. */
export function choosePlaces(
  bits: usize,
  threshold: i32,
  first: i32,
  second: i32,
  low: i32,
  high: i32,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const limit = i32x4.splat(threshold);
  for (let i = from; i < to; i++) {
    threefryGroup(scratch, first, second, low, high, i);
    const firsts = i32x4.ge_s(i32x4.shr_u(v128.load(scratch), 8), limit);
    const seconds = i32x4.ge_s(i32x4.shr_u(v128.load(scratch, 16), 8), limit);
    const left = i32x4.bitmask(v128.shuffle<i32>(firsts, seconds, 0, 4, 1, 5));
    const right = i32x4.bitmask(v128.shuffle<i32>(firsts, seconds, 2, 6, 3, 7));
    store<u8>(bits + i, left | (right << 4));
  }
}

/**
 * y = x times `scale` where a bit is 1, times 0 elsewhere, for elements from ≤ i < to, rounded up to a multiple of 8.
 */
export function dropout(y: usize, x: usize, bits: usize, scale: f32, from: i32, to: i32): void {
  const factor = f32x4.splat(scale);
  for (let i = from; i < to; i += 8) {
    const at = <usize>i << 2;
    const kept = i32x4.splat(load<u8>(bits + (i >> 3)));
    v128.store(y + at, f32x4.mul(v128.load(x + at), v128.and(lowBits(kept), factor)));
    v128.store(y + at, f32x4.mul(v128.load(x + at, 16), v128.and(highBits(kept), factor)), 16);
  }
}

/** All ones in the lanes whose bit, of the lower four, is 1. */
// @ts-ignore: decorator
@inline
export function lowBits(bits: v128): v128 {
  return i32x4.ne(v128.and(bits, i32x4(1, 2, 4, 8)), i32x4.splat(0));
}

/** The same for the next four bits. */
// @ts-ignore: decorator
@inline
export function highBits(bits: v128): v128 {
  return i32x4.ne(v128.and(bits, i32x4(16, 32, 64, 128)), i32x4.splat(0));
}

/** A number between −1 and 1 from the upper 24 bits of each of the first two lanes. */
// @ts-ignore: decorator
@inline
function symmetric(words: v128): v128 {
  const bits = f64x2.convert_low_i32x4_s(i32x4.shr_u(words, 8));
  return f64x2.sub(f64x2.mul(bits, f64x2.splat(1.0 / 8388608.0)), f64x2.splat(1));
}

/** As in ../../../reference/random.ts, in the same order: ln m = 2 artanh s with s = (m − 1) / (m + 1), for m near 1. */
// @ts-ignore: decorator
@inline
function logarithm(x: v128): v128 {
  // How often the reference would double x until it is √½ or more, from the bits of the exponent.
  const exponents = i64x2.shr_s(i64x2.sub(x, f64x2.splat(0.7071067811865476)), 52);
  const m = i64x2.sub(x, i64x2.shl(exponents, 52));
  const s = f64x2.div(f64x2.sub(m, f64x2.splat(1)), f64x2.add(m, f64x2.splat(1)));
  let sum = f64x2.splat(0);
  for (let power: f64 = 23; power >= 1; power -= 2)
    sum = f64x2.add(f64x2.mul(f64x2.mul(sum, s), s), f64x2.splat(1 / power));
  const whole = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(exponents, exponents, 0, 2, 0, 2));
  return f64x2.add(
    f64x2.mul(f64x2.mul(f64x2.splat(2), s), sum),
    f64x2.mul(whole, f64x2.splat(0.6931471805599453)),
  );
}

/**
 * Writes the pairs of numbers from two pairs of words that are inside the circle to y.
 *
 * @returns the address after them
 */
function accept(y: usize, firsts: v128, seconds: v128): usize {
  const u = symmetric(firsts);
  const v = symmetric(seconds);
  const square = f64x2.add(f64x2.mul(u, u), f64x2.mul(v, v));
  const factor = f64x2.sqrt(f64x2.div(f64x2.mul(f64x2.splat(-2), logarithm(square)), square));
  const numbers = v128.shuffle<f32>(
    f32x4.demote_f64x2_zero(f64x2.mul(u, factor)),
    f32x4.demote_f64x2_zero(f64x2.mul(v, factor)),
    0, 4, 1, 5,
  );
  const inside = v128.and(f64x2.lt(square, f64x2.splat(1)), f64x2.gt(square, f64x2.splat(0)));
  // A pair outside the circle is overwritten by the next.
  v128.store64_lane(y, numbers, 0);
  y += i32(i64x2.extract_lane(inside, 0)) & 8;
  v128.store64_lane(y, numbers, 1);
  return y + (i32(i64x2.extract_lane(inside, 1)) & 8);
}

/**
 * Writes numbers of the standard normal distribution from groups of eight words, by the polar method, to y, which has
 * room for eight per group. @returns their count
 */
export function normal(y: usize, first: i32, second: i32, low: i32, high: i32, groups: i32): i32 {
  let at = y;
  for (let group = 0; group < groups; group++) {
    threefryGroup(at, first, second, low, high, group);
    const firsts = v128.load(at);
    const seconds = v128.load(at, 16);
    at = accept(at, firsts, seconds);
    at = accept(at, v128.shuffle<i32>(firsts, firsts, 2, 3, 2, 3), v128.shuffle<i32>(seconds, seconds, 2, 3, 2, 3));
  }
  return i32((at - y) >> 2);
}
