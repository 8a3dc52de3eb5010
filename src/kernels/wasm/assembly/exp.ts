import { fma } from "./simd";

/**
 * eˣ of four numbers: x = n ln 2 + r with |r| ≤ ln 2 / 2, eʳ by its Taylor series, 2ⁿ from the exponent's bits.
 * Below −87.3 it is 0 (no subnormals), above 88.7 Infinity; NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  // ln 2 in two parts, so that n · high is exact.
  let r = fma(n, f32x4.splat(-0.693359375), x);
  r = fma(n, f32x4.splat(2.12194440e-4), r);
  let p = f32x4.splat(1.0 / 5040.0);
  p = fma(p, r, f32x4.splat(1.0 / 720.0));
  p = fma(p, r, f32x4.splat(1.0 / 120.0));
  p = fma(p, r, f32x4.splat(1.0 / 24.0));
  p = fma(p, r, f32x4.splat(1.0 / 6.0));
  p = fma(p, r, f32x4.splat(0.5));
  p = fma(p, r, f32x4.splat(1.0));
  p = fma(p, r, f32x4.splat(1.0));
  // 2ⁿ as 2ⁿ⁻¹ · 2, for n = 128 has no bits of its own.
  const bits = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(126)), 23);
  const y = f32x4.mul(f32x4.mul(p, bits), f32x4.splat(2));
  const low = v128.andnot(y, f32x4.lt(x, f32x4.splat(-87.3)));
  return v128.bitselect(f32x4.splat(Infinity), low, f32x4.gt(x, f32x4.splat(88.7228)));
}
