import { biasGradientOf, biasOf, maskOf, STRIP, Spec, Spread } from "./spec";
import { expNonPositive4, tanh4 } from "../simd/exp";
import { sumLanes } from "../simd/simd";
import { scale } from "../rows/softmax";
import { loadFirst, storeFirst } from "../simd/lanes";

/**
 * Turns products q kᵀ into scores: adds the bias, and sets keys that a query does not see to −Infinity, in [count, 8]
 * of the keys from `start` and the eight queries from `query` of one head.
 */
export function complete(scores: usize, spec: Spec, b: i32, h: i32, query: i32, start: i32, count: i32): void {
  const bias = biasOf(spec);
  if (bias.at) meet(ADD, scores, bias, bias.at, spec, b, h, query, start, count);
  hideBeyond(scores, spec, query, start, count);
  const mask = maskOf(spec);
  if (mask.at) meet(HIDE, scores, mask, mask.at, spec, b, h, query, start, count);
}

/** Adds ∂s [count, 8] to the gradient of the bias. */
export function gather(slopes: usize, spec: Spec, b: i32, h: i32, query: i32, start: i32, count: i32): void {
  meet(GATHER, slopes, biasOf(spec), biasGradientOf(spec), spec, b, h, query, start, count);
}

/** x [count] becomes softcap · tanh(x). */
export function cap(x: usize, count: i32, softcap: f32): void {
  let at = x;
  for (let left = count; left > 0; left -= 4) {
    storeFirst(at, tanh4(loadFirst(at, left)), left);
    at += 16;
  }
  scale(x, count, softcap);
}

/** Hides keys past the end, and those too far behind or ahead of a query. */
function hideBeyond(scores: usize, spec: Spec, query: i32, start: i32, count: i32): void {
  const place = query + spec.keys - spec.queries;
  hideOutside(scores, spec, place, start, 0, min(place + STRIP - spec.behind - start, count));
  hideOutside(scores, spec, place, start, max(min(place + spec.ahead, spec.keys) - start, 0), count);
}

/** Hides the keys start + j with from ≤ j < to that the eight queries from a position on do not see. */
function hideOutside(scores: usize, spec: Spec, place: i32, start: i32, from: i32, to: i32): void {
  if (from >= to) return;
  const keys = i32x4.splat(spec.keys);
  const low = i32x4(0, 1, 2, 3);
  const high = i32x4(4, 5, 6, 7);
  const behind = i32x4.splat(place - spec.behind);
  const ahead = i32x4.splat(place + spec.ahead);
  let key = i32x4.splat(start + from);
  scores += <usize>from << 5;
  const end = scores + (<usize>(to - from) << 5);
  do {
    hideVector(scores, key, i32x4.add(behind, low), i32x4.min_s(keys, i32x4.add(ahead, low)));
    hideVector(scores + 16, key, i32x4.add(behind, high), i32x4.min_s(keys, i32x4.add(ahead, high)));
    key = i32x4.add(key, i32x4.splat(1));
    scores += 32;
  } while (scores < end);
}

// @ts-ignore: decorator
@inline
function hideVector(scores: usize, key: v128, behind: v128, ahead: v128): void {
  const seen = v128.and(i32x4.gt_s(key, behind), i32x4.lt_s(key, ahead));
  v128.store(scores, v128.bitselect(v128.load(scores), f32x4.splat(-Infinity), seen));
}

// How numbers that broadcast over scores are combined with them.
// @ts-ignore: decorator
@inline const HIDE = 0;
// @ts-ignore: decorator
@inline const ADD = 1;
// @ts-ignore: decorator
@inline const GATHER = 2;

// @ts-ignore: decorator
@inline
function meet(
  what: i32,
  scores: usize,
  spread: Spread,
  at: usize,
  spec: Spec,
  b: i32,
  h: i32,
  query: i32,
  start: i32,
  count: i32,
): void {
  const present = min(count, spec.keys - start);
  const keyStep = <usize>spread.key << 2;
  const first = b * spread.batch + h * spread.head + start * spread.key;
  if (spread.query == 0) {
    // The same for every query, such as the padding of a batch.
    let value = at + (<usize>first << 2);
    for (let j: i32 = 0; j < present; j++) {
      if (what == HIDE && load<f32>(value) == 0) hideKey(scores);
      if (what == ADD) addKey(scores, load<f32>(value));
      if (what == GATHER)
        store<f32>(value, load<f32>(value) + sumLanes(f32x4.add(v128.load(scores), v128.load(scores, 16))));
      value += keyStep;
      scores += 32;
    }
    return;
  }
  for (let lane: i32 = 0; lane < min(STRIP, spec.queries - query); lane++) {
    let value = at + (<usize>(first + (query + lane) * spread.query) << 2);
    let score = scores + (<usize>lane << 2);
    for (let j: i32 = 0; j < present; j++) {
      if (what == HIDE && load<f32>(value) == 0) store<f32>(score, -Infinity);
      if (what == ADD) store<f32>(score, load<f32>(score) + load<f32>(value));
      if (what == GATHER) store<f32>(value, load<f32>(value) + load<f32>(score));
      value += keyStep;
      score += 32;
    }
  }
}

function hideKey(scores: usize): void {
  v128.store(scores, f32x4.splat(-Infinity), 0);
  v128.store(scores, f32x4.splat(-Infinity), 16);
}

function addKey(scores: usize, value: f32): void {
  v128.store(scores, f32x4.add(f32x4.splat(value), v128.load(scores, 0)), 0);
  v128.store(scores, f32x4.add(f32x4.splat(value), v128.load(scores, 16)), 16);
}

/** The maximum of `count` vectors `step` bytes apart, and of `least`, lane by lane; NaN is ignored. */
export function greatest(x: usize, step: usize, count: i32, least: v128): v128 {
  for (let i: i32 = 0; i < count; i++) {
    least = f32x4.pmax(least, v128.load(x));
    x += step;
  }
  return least;
}

/** `count` vectors of scores, `step` bytes apart, become exp(score − center); their sum, lane by lane. */
export function weigh(x: usize, step: usize, count: i32, center: v128): v128 {
  let total = f32x4.splat(0);
  for (let i: i32 = 0; i < count; i++) {
    const weight = expNonPositive4(f32x4.sub(v128.load(x), center));
    v128.store(x, weight);
    total = f32x4.add(total, weight);
    x += step;
  }
  return total;
}

/** A center that keeps exp(score − center) at most 1: the maximum, or 0 if nothing is seen yet. */
// @ts-ignore: decorator
@inline
export function centerOf(maximum: v128): v128 {
  return v128.andnot(maximum, f32x4.eq(maximum, f32x4.splat(-Infinity)));
}

/** exp(x), not inlined: the binary is smaller. */
export function shrinkage(x: v128): v128 {
  return expNonPositive4(x);
}
