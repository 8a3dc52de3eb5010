import { STRIP, Spec } from "./attention-spec";
import { exp4 } from "./exp";

/**
 * Puts −Infinity where a query does not see a key, in scores [count, 8] of the keys from `start` and the eight queries
 * from `query` of one head.
 */
export function hide(scores: usize, spec: Spec, mask: usize, b: i32, h: i32, query: i32, start: i32, count: i32): void {
  hideBeyond(scores, spec, query, start, count);
  if (mask) hideMasked(scores, spec, mask + (<usize>(b * spec.maskBatch + h * spec.maskHead) << 2), query, start, count);
}

/** Keys that are not there, and the future of each query. */
function hideBeyond(scores: usize, spec: Spec, query: i32, start: i32, count: i32): void {
  const shift = spec.keys - spec.queries;
  const first = spec.causal ? min(query + shift, spec.keys - 1) : spec.keys - 1;
  if (start + count - 1 <= first) return;
  const last = i32x4.splat(spec.keys - 1);
  let limit0 = last;
  let limit1 = last;
  if (spec.causal) {
    limit0 = i32x4.min_s(last, i32x4.add(i32x4.splat(query + shift), i32x4(0, 1, 2, 3)));
    limit1 = i32x4.min_s(last, i32x4.add(i32x4.splat(query + shift), i32x4(4, 5, 6, 7)));
  }
  const nothing = f32x4.splat(-Infinity);
  for (let j = max(first + 1 - start, 0); j < count; j++) {
    const key = i32x4.splat(start + j);
    const place = scores + (<usize>j << 5);
    v128.store(place, v128.bitselect(nothing, v128.load(place), i32x4.gt_s(key, limit0)));
    v128.store(place, v128.bitselect(nothing, v128.load(place, 16), i32x4.gt_s(key, limit1)), 16);
  }
}

/** Keys whose value in the mask is 0. */
function hideMasked(scores: usize, spec: Spec, mask: usize, query: i32, start: i32, count: i32): void {
  const present = min(count, spec.keys - start);
  const keyStep = <usize>spec.maskKey << 2;
  for (let lane: i32 = 0; lane < min(STRIP, spec.queries - query); lane++) {
    let value = mask + (<usize>((query + lane) * spec.maskQuery + start * spec.maskKey) << 2);
    let score = scores + (<usize>lane << 2);
    for (let j: i32 = 0; j < present; j++) {
      if (load<f32>(value) == 0) store<f32>(score, -Infinity);
      value += keyStep;
      score += 32;
    }
  }
}

/** The greatest of `count` vectors that lie `step` bytes apart, and of `least`, lane by lane. */
export function greatest(x: usize, step: usize, count: i32, least: v128): v128 {
  for (let i: i32 = 0; i < count; i++) {
    least = f32x4.max(least, v128.load(x));
    x += step;
  }
  return least;
}

/** `count` vectors of scores, `step` bytes apart, become exp(score − center); their sum, lane by lane. */
export function weigh(x: usize, step: usize, count: i32, center: v128): v128 {
  let total = f32x4.splat(0);
  for (let i: i32 = 0; i < count; i++) {
    const weight = exp4(f32x4.sub(v128.load(x), center));
    v128.store(x, weight);
    total = f32x4.add(total, weight);
    x += step;
  }
  return total;
}

/** A center that keeps exp(score − center) at most 1: the maximum, or 0 where nothing is seen yet. */
// @ts-ignore: decorator
@inline
export function centerOf(maximum: v128): v128 {
  return v128.andnot(maximum, f32x4.eq(maximum, f32x4.splat(-Infinity)));
}

/** exp(x), out of line: the binary is smaller. */
export function shrinkage(x: v128): v128 {
  return exp4(x);
}

/** ln x of a positive number or NaN, by 2 artanh((m − 1) / (m + 1)) of its mantissa m between √½ and √2. */
export function logarithm(x: f64): f64 {
  if (x != x || x == Infinity) return x;
  let bits = reinterpret<i64>(x);
  let exponent = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  const series = 1 + z * (1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z * (1.0 / 9 + z * (1.0 / 11 + z / 13)))));
  return <f64>exponent * 0.6931471805599453 + 2 * s * series;
}
