import { addValues, multiply, scoreKeys, zeroUnlessFinite } from "./rows";
import { cap, centerOf, greatest, shrinkage, weigh } from "./scores";
import { biasOf, factorOf, maskOf, passedKeys, seenKeys, Spec, Spread, TILE } from "./spec";
import { greatestLane, sumLanes } from "../simd/simd";

/** The largest number of rows, queries of heads, that go through the cache together. */
const TOGETHER: i32 = 64;

// The memory of a row.
/** The sums of the weights so far, in four lanes. */
const SUMS: usize = 0;
/** The greatest score so far. */
const MAXIMUM: usize = 16;
/** The addresses of the query, and of the output, which accumulates the weighted values. */
const QUERY: usize = 20;
const OUTPUT: usize = 24;
/** The head of its keys and values. */
const HEAD: usize = 28;
/** How many keys apart the four values are that are added together. */
const APART: usize = 32;
/** The scores of a tile of keys, which become weights. */
const WEIGHTS: usize = 48;
const ROW: usize = WEIGHTS + (<usize>TILE << 2);

/** From this number of queries on, packing keys and values costs less than it saves. */
const MANY: i32 = 8;

/** Whether `attendFew` takes so many queries: a head's numbers are whole vectors, as in all published models. */
// @ts-ignore: decorator
@inline
export function areFew(spec: Spec): bool {
  return spec.queries < MANY && ((spec.headDim | spec.valueDim) & 3) == 0;
}

/**
 * Like `attention`, for a few queries, as in decoding, for some heads of a batch row. Keys and values are read once, where
 * they lie, all heads of four before the next four: streams a quarter of a tile apart come from memory faster than
 * neighbours (see `multiplyVector`). Without a window, a query has the same bits as alone. Pointers are at the first rows
 * of the batch row b.
 * @param from the first head, before `to`
 */
export function attendFew(
  spec: Spec,
  b: i32,
  q: usize,
  k: usize,
  v: usize,
  output: usize,
  statistics: usize,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const kWidth = <usize>spec.headDim << 2;
  const vWidth = <usize>spec.valueDim << 2;
  const kStep = <usize>spec.keyValueHeads * kWidth;
  const vStep = <usize>spec.keyValueHeads * vWidth;
  const group = spec.heads / spec.keyValueHeads;
  const queries = spec.queries;
  const factor = f32x4.splat(factorOf(spec));
  let end = scratch;
  for (let h = from; h < to; h++) {
    for (let i: i32 = 0; i < queries; i++) {
      const place = <usize>(i * spec.heads + h);
      v128.store(end, f32x4.splat(0), SUMS);
      store<f32>(end, -Infinity, MAXIMUM);
      store<usize>(end, q + place * kWidth, QUERY);
      store<usize>(end, output + place * vWidth, OUTPUT);
      store<i32>(end, h / group, HEAD);
      memory.fill(output + place * vWidth, 0, vWidth);
      end += ROW;
    }
  }
  // The last row has none after it.
  store<i32>(end, -1, HEAD);
  const last = seenKeys(spec, queries - 1);
  for (let start = passedKeys(spec, 0, 0, 1); start < last; start += TILE) {
    const present = min(TILE, last - start);
    // If the keys are not a multiple of four, streams end with keys that others begin with.
    const each = (present + 3) >> 2;
    const fourth = present - each;
    const second = min(each, fourth);
    const third = min(second + each, fourth);
    for (let j: i32 = 0; j < each; j++) {
      const keys = k + <usize>(start + j) * kStep;
      let row = scratch;
      do {
        const head = load<i32>(row, HEAD);
        // Two rows of the same keys share them. One that is left is computed twice.
        const other = load<i32>(row + ROW, HEAD) == head ? row + ROW : row;
        const at = WEIGHTS + (<usize>j << 2);
        const x = load<usize>(row, QUERY);
        const y = load<usize>(other, QUERY);
        const key = keys + <usize>head * kWidth;
        scoreKeys(row + at, other + at, x, y, key, kStep, second, third, fourth, spec.headDim, factor);
        row = other + ROW;
      } while (row < end);
    }
    for (let h = from, row = scratch; h < to; h++) {
      for (let i: i32 = 0; i < queries; i++) {
        const passed = min(passedKeys(spec, start, i, 1), present);
        const seen = max(min(seenKeys(spec, i) - start, present), passed);
        weighTile(spec, b, h, i, start, passed, seen, present, row);
        row += ROW;
      }
    }
    if (present < TILE) {
      const head = <usize>load<i32>(scratch, HEAD);
      const width = <usize>((to - 1) / group + 1) * vWidth - head * vWidth;
      touch(v + <usize>start * vStep + head * vWidth, vStep, width, present, end + ROW);
    }
    for (let block: i32 = 0; block < each; block++) {
      let row = scratch;
      do {
        const apart = load<i32>(row, APART);
        const j = apart == 1 ? block << 2 : block;
        const values = v + <usize>(start + j) * vStep + <usize>load<i32>(row, HEAD) * vWidth;
        const weights = row + WEIGHTS + (<usize>j << 2);
        addValues(load<usize>(row, OUTPUT), values, <usize>apart * vStep, spec.valueDim, weights, <usize>apart << 2);
        row += ROW;
      } while (row < end);
    }
  }
  for (let h = from, row = scratch; h < to; h++) {
    for (let i: i32 = 0; i < queries; i++) {
      const total = sumLanes(v128.load(row, SUMS));
      const sums = load<usize>(row, OUTPUT);
      const place = statistics + (<usize>(i * spec.heads + h) << 3);
      store<f32>(place, load<f32>(row, MAXIMUM));
      store<f32>(place, total + zeroUnlessFinite(sums, spec.valueDim), 4);
      multiply(sums, spec.valueDim, total != 0 ? 1 / total : 0);
      row += ROW;
    }
  }
}

/** How many heads from one on, of at most `most`, one call of `attendFew` takes. */
export function headsTogether(spec: Spec, head: i32, most: i32): i32 {
  return min(min(most, TOGETHER / spec.queries), spec.heads - head);
}

/** Reads rows once in memory order, so that the CPU cache holds them. */
function touch(at: usize, step: usize, width: usize, count: i32, scratch: usize): void {
  let touched = i32x4.splat(0);
  for (let j: i32 = 0; j < count; j++) {
    for (let p: usize = 0; p < width; p += 64) touched = v128.or(touched, v128.load(at + p));
    at += step;
  }
  v128.store(scratch, touched);
}

/**
 * Scores of a row and the keys from `start` become weights exp(score − maximum), 0 outside [passed, seen), up to a
 * multiple of four; earlier sums are rescaled to the new maximum.
 */
function weighTile(
  spec: Spec,
  b: i32,
  h: i32,
  query: i32,
  start: i32,
  passed: i32,
  seen: i32,
  present: i32,
  row: usize,
): void {
  const mask = maskOf(spec);
  const bias = biasOf(spec);
  const vectors = (present + 3) >> 2;
  for (let j: i32 = 0; j < passed; j++) store<f32>(row + WEIGHTS + (<usize>j << 2), -Infinity);
  for (let j = seen; j < vectors << 2; j++) store<f32>(row + WEIGHTS + (<usize>j << 2), -Infinity);
  if (spec.softcap != 0) cap(row + WEIGHTS + (<usize>passed << 2), seen - passed, spec.softcap);
  if (bias.at) {
    let value = placeOf(bias, b, h, query, start + passed);
    for (let j = passed; j < seen; j++) {
      store<f32>(row + WEIGHTS + (<usize>j << 2), load<f32>(row + WEIGHTS + (<usize>j << 2)) + load<f32>(value));
      value += <usize>bias.key << 2;
    }
  }
  if (mask.at) {
    let value = placeOf(mask, b, h, query, start + passed);
    for (let j = passed; j < seen; j++) {
      if (load<f32>(value) == 0) store<f32>(row + WEIGHTS + (<usize>j << 2), -Infinity);
      value += <usize>mask.key << 2;
    }
  }
  const before = load<f32>(row, MAXIMUM);
  const maximum = greatestLane(greatest(row + WEIGHTS, 16, vectors, f32x4.splat(before)));
  const center = centerOf(f32x4.splat(maximum));
  const shrink = shrinkage(f32x4.sub(f32x4.splat(before), center));
  v128.store(row, f32x4.add(f32x4.mul(v128.load(row, SUMS), shrink), weigh(row + WEIGHTS, 16, vectors, center)), SUMS);
  store<f32>(row, maximum, MAXIMUM);
  // The order of a sum must not depend on what other queries see.
  store<i32>(row, seen < TILE ? 1 : TILE / 4, APART);
  if (before != maximum) multiply(load<usize>(row, OUTPUT), spec.valueDim, f32x4.extract_lane(shrink, 0));
}

/** The address of the number for a query and a key. */
function placeOf(spread: Spread, b: i32, h: i32, query: i32, key: i32): usize {
  return spread.at + (<usize>(b * spread.batch + h * spread.head + query * spread.query + key * spread.key) << 2);
}
