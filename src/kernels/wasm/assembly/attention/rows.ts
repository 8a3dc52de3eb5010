import { fma, sumLanes } from "../simd/simd";

// Unpacked rows of keys and values, of whole vectors. What is inlined is short: calls would cost a sixth of the time.

/** Scores of two queries, which may be one, and four keys: at k, and `second`, `third` and `fourth` keys behind it. */
// @ts-ignore: decorator
@inline
export function scoreKeys(
  scores: usize,
  others: usize,
  q: usize,
  other: usize,
  k: usize,
  step: usize,
  second: i32,
  third: i32,
  fourth: i32,
  dim: i32,
  factor: v128,
): void {
  let k1 = k + <usize>second * step;
  let k2 = k + <usize>third * step;
  let k3 = k + <usize>fourth * step;
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let t0 = s0;
  let t1 = s0;
  let t2 = s0;
  let t3 = s0;
  for (const end = q + (<usize>dim << 2); q < end; q += 16) {
    const x = v128.load(q);
    const y = v128.load(other);
    let key = v128.load(k);
    s0 = fma(x, key, s0);
    t0 = fma(y, key, t0);
    key = v128.load(k1);
    s1 = fma(x, key, s1);
    t1 = fma(y, key, t1);
    key = v128.load(k2);
    s2 = fma(x, key, s2);
    t2 = fma(y, key, t2);
    key = v128.load(k3);
    s3 = fma(x, key, s3);
    t3 = fma(y, key, t3);
    other += 16;
    k += 16;
    k1 += 16;
    k2 += 16;
    k3 += 16;
  }
  storeScores(scores, second, third, fourth, s0, s1, s2, s3, factor);
  storeScores(others, second, third, fourth, t0, t1, t2, t3, factor);
}

// @ts-ignore: decorator
@inline
function storeScores(
  scores: usize,
  second: i32,
  third: i32,
  fourth: i32,
  s0: v128,
  s1: v128,
  s2: v128,
  s3: v128,
  factor: v128,
): void {
  const s01 = f32x4.add(v128.shuffle<f32>(s0, s1, 0, 2, 4, 6), v128.shuffle<f32>(s0, s1, 1, 3, 5, 7));
  const s23 = f32x4.add(v128.shuffle<f32>(s2, s3, 0, 2, 4, 6), v128.shuffle<f32>(s2, s3, 1, 3, 5, 7));
  const sums = f32x4.add(v128.shuffle<f32>(s01, s23, 0, 2, 4, 6), v128.shuffle<f32>(s01, s23, 1, 3, 5, 7));
  const four = f32x4.mul(factor, sums);
  v128.store32_lane(scores, four, 0);
  v128.store32_lane(scores + (<usize>second << 2), four, 1);
  v128.store32_lane(scores + (<usize>third << 2), four, 2);
  v128.store32_lane(scores + (<usize>fourth << 2), four, 3);
}

/** Adds four rows, `step` bytes apart, each times its weight, `next` bytes apart; a row of weight 0 is not read. */
// @ts-ignore: decorator
@inline
export function addValues(sums: usize, v: usize, step: usize, dim: i32, weights: usize, next: usize): void {
  const w0 = v128.load32_splat(weights);
  const w1 = v128.load32_splat(weights + next);
  const w2 = v128.load32_splat(weights + 2 * next);
  const w3 = v128.load32_splat(weights + 3 * next);
  if (!(f32x4.extract_lane(f32x4.min(f32x4.min(w0, w1), f32x4.min(w2, w3)), 0) > 0)) {
    for (let j: usize = 0; j < 4; j++) {
      const weight = load<f32>(weights + j * next);
      if (weight != 0) addValue(sums, v + j * step, dim, weight);
    }
    return;
  }
  const v1 = v + step;
  const v2 = v1 + step;
  const v3 = v2 + step;
  const width = <usize>dim << 2;
  for (let d: usize = 0; d < width; d += 16) {
    let sum = v128.load(sums + d);
    sum = fma(w0, v128.load(v + d), sum);
    sum = fma(w1, v128.load(v1 + d), sum);
    sum = fma(w2, v128.load(v2 + d), sum);
    sum = fma(w3, v128.load(v3 + d), sum);
    v128.store(sums + d, sum);
  }
}

function addValue(sums: usize, v: usize, dim: i32, weight: f32): void {
  const w = f32x4.splat(weight);
  for (const end = sums + (<usize>dim << 2); sums < end; sums += 16) {
    v128.store(sums, fma(w, v128.load(v), v128.load(sums)));
    v += 16;
  }
}

/** Multiplies numbers by a factor, in place. */
export function multiply(x: usize, count: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (const end = x + (<usize>count << 2); x < end; x += 16) v128.store(x, f32x4.mul(factors, v128.load(x)));
}

/** 0, or NaN if a number is NaN or infinite. */
export function zeroUnlessFinite(x: usize, count: i32): f32 {
  let zeros = f32x4.splat(0);
  for (const end = x + (<usize>count << 2); x < end; x += 16) {
    zeros = f32x4.add(zeros, f32x4.mul(v128.load(x), f32x4.splat(0)));
  }
  return sumLanes(zeros);
}
