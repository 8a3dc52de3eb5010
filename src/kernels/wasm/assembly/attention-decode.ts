import { cap, centerOf, greatest, logarithm, shrinkage, weigh } from "./attention-scores";
import { biasOf, factorOf, maskOf, passedKeys, Spec, Spread, TILE } from "./attention-spec";
import { fma, greatestLane } from "./simd";

/**
 * One query of one head, as in decoding: bound by the memory of the cache, so keys and values are read where they lie,
 * four at a time. Each pointer is at its first row of that head; the sums gather in `output`.
 */
export function attendOne(
  spec: Spec,
  b: i32,
  h: i32,
  q: usize,
  k: usize,
  v: usize,
  output: usize,
  logSumExp: usize,
  scratch: usize,
): void {
  const kStep = <usize>(spec.keyValueHeads * spec.headDim) << 2;
  const vStep = <usize>(spec.keyValueHeads * spec.valueDim) << 2;
  const first = passedKeys(spec, 0, 0, 1);
  const mask = maskOf(spec);
  const bias = biasOf(spec);
  k += <usize>first * kStep;
  v += <usize>first * vStep;
  let maximum: f32 = -Infinity;
  let totals = f32x4.splat(0);
  memory.fill(output, 0, <usize>spec.valueDim << 2);
  for (let start = first; start < spec.keys; start += TILE) {
    const present = min(TILE, spec.keys - start);
    scoreKeys(q, k, kStep, present, spec.headDim, factorOf(spec), scratch);
    if (spec.softcap != 0) cap(scratch, present, spec.softcap);
    if (bias.at) {
      let value = placeOf(bias, b, h, start);
      for (let j: i32 = 0; j < present; j++) {
        store<f32>(scratch + (<usize>j << 2), load<f32>(scratch + (<usize>j << 2)) + load<f32>(value));
        value += <usize>bias.key << 2;
      }
    }
    if (mask.at) {
      let value = placeOf(mask, b, h, start);
      for (let j: i32 = 0; j < present; j++) {
        if (load<f32>(value) == 0) store<f32>(scratch + (<usize>j << 2), -Infinity);
        value += <usize>mask.key << 2;
      }
    }
    const vectors = (present + 3) >> 2;
    const before = maximum;
    maximum = greatestLane(greatest(scratch, 16, vectors, f32x4.splat(before)));
    const center = centerOf(f32x4.splat(maximum));
    const shrink = shrinkage(f32x4.sub(f32x4.splat(before), center));
    totals = f32x4.add(f32x4.mul(totals, shrink), weigh(scratch, 16, vectors, center));
    if (before != maximum) multiply(output, spec.valueDim, f32x4.extract_lane(shrink, 0));
    for (let j: i32 = 0; j < present; j += 4) {
      addValues(output, v + <usize>j * vStep, vStep, spec.valueDim, scratch + (<usize>j << 2));
    }
    k += <usize>TILE * kStep;
    v += <usize>TILE * vStep;
  }
  const total =
    f32x4.extract_lane(totals, 0) +
    f32x4.extract_lane(totals, 1) +
    (f32x4.extract_lane(totals, 2) + f32x4.extract_lane(totals, 3));
  const seen = total != 0;
  multiply(output, spec.valueDim, seen ? 1 / total : 0);
  store<f32>(logSumExp, seen ? <f32>(<f64>maximum + logarithm(total)) : -Infinity);
}

/** Where the number that meets the only query and a key lies. */
function placeOf(spread: Spread, b: i32, h: i32, key: i32): usize {
  return spread.at + (<usize>(b * spread.batch + h * spread.head + key * spread.key) << 2);
}

/** Scores of `count` keys, −Infinity up to a multiple of four. */
function scoreKeys(q: usize, k: usize, step: usize, count: i32, dim: i32, scale: f32, scores: usize): void {
  const whole = <usize>(dim & ~3) << 2;
  const rest = <usize>(dim & 3) << 2;
  const factor = f32x4.splat(scale);
  for (let j: i32 = 0; j < count; j += 4) {
    // The last key stands in for those after it.
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
function addValues(sums: usize, v: usize, step: usize, dim: i32, weights: usize): void {
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

function multiply(x: usize, count: i32, factor: f32): void {
  const whole = <usize>(count & ~3) << 2;
  for (let d: usize = 0; d < whole; d += 16) v128.store(x + d, f32x4.mul(f32x4.splat(factor), v128.load(x + d)));
  for (let d = whole; d < <usize>count << 2; d += 4) store<f32>(x + d, factor * load<f32>(x + d));
}
