// Exponential, logarithm and sine of two float64 numbers, to about 3e-9 of their value: results are rounded to float32.

// @ts-ignore: decorator
@inline
export function number(value: f64): v128 {
  return f64x2.splat(value);
}

/** a · b + c */
// @ts-ignore: decorator
@inline
function then(a: v128, b: v128, c: f64): v128 {
  return f64x2.add(f64x2.mul(a, b), number(c));
}

/** Adding it rounds a number to an integer, in the low bits. */
// @ts-ignore: decorator
@inline
const ROUND: f64 = 6755399441055744; // 1.5 · 2⁵²

/** x log₂ e, rounded by `ROUND`. */
// @ts-ignore: decorator
@inline
function halvings(x: v128): v128 {
  return then(x, number(1.4426950408889634), ROUND);
}

/** e^r − 1, r = x − n ln 2 */
// @ts-ignore: decorator
@inline
function remainder(x: v128, shifted: v128): v128 {
  const n = f64x2.sub(shifted, number(ROUND));
  const r = f64x2.sub(x, f64x2.mul(n, number(0.6931471805599453)));
  let p = then(number(1 / 5040), r, 1 / 720);
  p = then(p, r, 1 / 120);
  p = then(p, r, 1 / 24);
  p = then(p, r, 1 / 6);
  p = then(p, r, 1 / 2);
  return f64x2.add(f64x2.mul(f64x2.mul(r, r), p), r);
}

/** 2ⁿ */
// @ts-ignore: decorator
@inline
function power(shifted: v128): v128 {
  return i64x2.shl(i64x2.add(shifted, i64x2.splat(1023)), 52);
}

/** x within ±700, NaN kept. */
// @ts-ignore: decorator
@inline
function limited(x: v128): v128 {
  return f64x2.pmax(f64x2.pmin(x, number(700)), number(-700));
}

/** e^x: 0 below −700, at least 1e304 above 700, NaN kept. */
// @ts-ignore: decorator
@inline
export function exp2(x: v128): v128 {
  const near = limited(x);
  const shifted = halvings(near);
  const scale = power(shifted);
  const y = f64x2.add(f64x2.mul(scale, remainder(near, shifted)), scale);
  return v128.andnot(y, f64x2.lt(x, number(-700)));
}

/** e^x − 1, of small x too. */
// @ts-ignore: decorator
@inline
export function expm12(x: v128): v128 {
  const near = limited(x);
  const shifted = halvings(near);
  const scale = power(shifted);
  const y = f64x2.add(f64x2.mul(scale, remainder(near, shifted)), f64x2.sub(scale, number(1)));
  return v128.bitselect(x, y, i64x2.splat(0x8000000000000000)); // −0 gives −0
}

/**
 * log x for x of 2⁻¹⁰²² to Infinity.
 *
 * x = 2ⁿ m, m in [√½, √2): log x = n ln 2 + 2 artanh s, s = (m − 1) / (m + 1).
 */
// @ts-ignore: decorator
@inline
export function log2(x: v128): v128 {
  const least = i64x2.splat(0x3fe6a09e667f3bcd); // the bits of √½
  // The exponent is kept positive, so that its bits are a whole number.
  const shifted = i64x2.add(i64x2.sub(x, least), i64x2.splat(0x3ff0000000000000));
  const exponent = v128.or(i64x2.shr_u(shifted, 52), i64x2.splat(0x4330000000000000)); // 2⁵² + 1023 + n
  const n = f64x2.sub(exponent, number(4503599627370496 + 1023));
  const m = i64x2.add(v128.and(shifted, i64x2.splat(0x000fffffffffffff)), least);
  const s = f64x2.div(f64x2.sub(m, number(1)), f64x2.add(m, number(1)));
  const square = f64x2.mul(s, s);
  let p = then(number(2 / 11), square, 2 / 9);
  p = then(p, square, 2 / 7);
  p = then(p, square, 2 / 5);
  p = then(p, square, 2 / 3);
  p = f64x2.mul(then(p, square, 2), s);
  const y = f64x2.add(f64x2.mul(n, number(0.6931471805599453)), p);
  return v128.bitselect(x, y, f64x2.eq(x, number(Infinity)));
}

/** −Infinity for 0, NaN for negative x and NaN, log x otherwise. */
// @ts-ignore: decorator
@inline
export function logOfAny2(x: v128): v128 {
  const ofOthers = v128.bitselect(number(-Infinity), number(NaN), f64x2.eq(x, number(0)));
  return v128.bitselect(log2(x), ofOthers, f64x2.gt(x, number(0)));
}

/** Below it, log(1 + x) = x to float32's precision. Above it, the rounding of 1 + x to float64 does not matter. */
// @ts-ignore: decorator
@inline
const SMALL: f64 = 7.450580596923828e-9; // 2⁻²⁷

/** log(1 + x) */
// @ts-ignore: decorator
@inline
export function log1p2(x: v128): v128 {
  const y = logOfAny2(f64x2.add(x, number(1)));
  return v128.bitselect(x, y, f64x2.lt(f64x2.abs(x), number(SMALL)));
}

/** log(1 + x) for x in [0, 1]: 2 artanh s, s = x / (2 + x), to 4e-9 (a minimax fit in s²). */
// @ts-ignore: decorator
@inline
export function log1pOfShare2(x: v128): v128 {
  const s = f64x2.div(x, f64x2.add(x, number(2)));
  const square = f64x2.mul(s, s);
  let p = then(number(0.28178334828440943), square, 0.2796060317973725);
  p = then(p, square, 0.4002491021316946);
  p = then(p, square, 0.6666631468512728);
  return f64x2.mul(then(p, square, 2.000000007920699), s);
}

/** The sine is precise up to here: π is in two parts, of which n times the first is exact. */
// @ts-ignore: decorator
@inline
export const LARGEST_ANGLE: f32 = 3e7;

/** (−1)ⁿ sin r, r = x − n π in [−π/2, π/2], and cos x = sin(x + π/2). */
// @ts-ignore: decorator
@inline
export function sine2(x: v128, isCosine: bool): v128 {
  let turns = f64x2.mul(x, number(0.3183098861837907));
  if (isCosine) turns = f64x2.add(turns, number(0.5));
  const shifted = f64x2.add(turns, number(ROUND));
  let n = f64x2.sub(shifted, number(ROUND));
  if (isCosine) n = f64x2.sub(n, number(0.5));
  let r = f64x2.sub(x, f64x2.mul(n, number(3.141592651605606)));
  r = f64x2.sub(r, f64x2.mul(n, number(1.984187159361081e-9)));
  const square = f64x2.mul(r, r);
  let p = then(number(1.5896230157221844e-10), square, -2.5050747762850355e-8);
  p = then(p, square, 2.755731362138572e-6);
  p = then(p, square, -1.984126982958954e-4);
  p = then(p, square, 8.333333333322118e-3);
  p = then(p, square, -0.16666666666666632);
  const y = f64x2.mul(then(p, square, 1), r); // in this order, −0 gives −0
  return v128.xor(y, i64x2.shl(shifted, 63)); // negative for odd n
}
