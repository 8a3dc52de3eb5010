import { loadFirst } from "../simd/lanes";
import { fma, sumLanes } from "../simd/simd";

// One query by unpacked rows of keys and values.

/** Scores of `count` keys, −Infinity up to a multiple of four. */
export function scoreKeys(q: usize, k: usize, step: usize, count: i32, dim: i32, scale: f32, scores: usize): void {
  const whole = <usize>(dim & ~3) << 2;
  const rest = <usize>(dim & 3) << 2;
  const factor = f32x4.splat(scale);
  for (let j: i32 = 0; j < count; j += 4) {
    // Missing keys are replaced by the last one.
    const k0 = k + <usize>j * step;
    const k1 = k + <usize>min(j + 1, count - 1) * step;
    const k2 = k + <usize>min(j + 2, count - 1) * step;
    const k3 = k + <usize>min(j + 3, count - 1) * step;
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let d: usize = 0; d < whole; d += 16) {
      const x = v128.load(q + d);
      s0 = fma(x, v128.load(k0 + d), s0);
      s1 = fma(x, v128.load(k1 + d), s1);
      s2 = fma(x, v128.load(k2 + d), s2);
      s3 = fma(x, v128.load(k3 + d), s3);
    }
    for (let d = whole; d < whole + rest; d += 4) {
      const x = v128.load32_zero(q + d);
      s0 = fma(x, v128.load32_zero(k0 + d), s0);
      s1 = fma(x, v128.load32_zero(k1 + d), s1);
      s2 = fma(x, v128.load32_zero(k2 + d), s2);
      s3 = fma(x, v128.load32_zero(k3 + d), s3);
    }
    const s01 = f32x4.add(v128.shuffle<f32>(s0, s1, 0, 2, 4, 6), v128.shuffle<f32>(s0, s1, 1, 3, 5, 7));
    const s23 = f32x4.add(v128.shuffle<f32>(s2, s3, 0, 2, 4, 6), v128.shuffle<f32>(s2, s3, 1, 3, 5, 7));
    const sum = f32x4.add(v128.shuffle<f32>(s01, s23, 0, 2, 4, 6), v128.shuffle<f32>(s01, s23, 1, 3, 5, 7));
    const here = i32x4.gt_s(i32x4.splat(count - j), i32x4(0, 1, 2, 3));
    v128.store(scores + (<usize>j << 2), v128.bitselect(f32x4.mul(factor, sum), f32x4.splat(-Infinity), here));
  }
}

/** Adds four rows to the sums, each times its weight; a row of weight 0 is not read. */
export function addValues(sums: usize, v: usize, step: usize, dim: i32, weights: usize): void {
  if (!i32x4.all_true(f32x4.ne(v128.load(weights), f32x4.splat(0)))) {
    for (let j: usize = 0; j < 4; j++) {
      const weight = load<f32>(weights + (j << 2));
      if (weight != 0) addValue(sums, v + j * step, dim, weight);
    }
    return;
  }
  const w0 = v128.load32_splat(weights, 0);
  const w1 = v128.load32_splat(weights, 4);
  const w2 = v128.load32_splat(weights, 8);
  const w3 = v128.load32_splat(weights, 12);
  const v1 = v + step;
  const v2 = v1 + step;
  const v3 = v2 + step;
  const whole = <usize>(dim & ~3) << 2;
  for (let d: usize = 0; d < whole; d += 16) {
    let sum = v128.load(sums + d);
    sum = fma(w0, v128.load(v + d), sum);
    sum = fma(w1, v128.load(v1 + d), sum);
    sum = fma(w2, v128.load(v2 + d), sum);
    sum = fma(w3, v128.load(v3 + d), sum);
    v128.store(sums + d, sum);
  }
  for (let d = whole; d < <usize>dim << 2; d += 4) {
    let sum = v128.load32_zero(sums + d);
    sum = fma(w0, v128.load32_zero(v + d), sum);
    sum = fma(w1, v128.load32_zero(v1 + d), sum);
    sum = fma(w2, v128.load32_zero(v2 + d), sum);
    sum = fma(w3, v128.load32_zero(v3 + d), sum);
    store<f32>(sums + d, f32x4.extract_lane(sum, 0));
  }
}

function addValue(sums: usize, v: usize, dim: i32, weight: f32): void {
  const w = f32x4.splat(weight);
  const whole = <usize>(dim & ~3) << 2;
  for (let d: usize = 0; d < whole; d += 16) v128.store(sums + d, fma(w, v128.load(v + d), v128.load(sums + d)));
  for (let d = whole; d < <usize>dim << 2; d += 4) store<f32>(sums + d, load<f32>(sums + d) + weight * load<f32>(v + d));
}

/** Multiplies `count` numbers by a factor, in place. */
export function multiply(x: usize, count: i32, factor: f32): void {
  const whole = <usize>(count & ~3) << 2;
  for (let d: usize = 0; d < whole; d += 16) v128.store(x + d, f32x4.mul(f32x4.splat(factor), v128.load(x + d)));
  for (let d = whole; d < <usize>count << 2; d += 4) store<f32>(x + d, factor * load<f32>(x + d));
}

/** 0, or NaN if one of `count` numbers is NaN or infinite. */
export function zeroUnlessFinite(x: usize, count: i32): f32 {
  let zeros = f32x4.splat(0);
  for (let left = count; left > 0; left -= 4) {
    zeros = f32x4.add(zeros, f32x4.mul(loadFirst(x, left), f32x4.splat(0)));
    x += 16;
  }
  return sumLanes(zeros);
}
