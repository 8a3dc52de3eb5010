import {
  dots,
  gAcross,
  gAlong,
  kAcross,
  kAlong,
  kSums,
  panels,
  qAcross,
  qAlong,
  qSums,
  SCORES,
  SQUARE,
  strips,
  vAcross,
  vSums,
} from "./gradient-scratch";
import { dropPlaces } from "./dropout";
import { turnPanels, unpack } from "./pack";
import { addProduct, product } from "./product";
import { cap, complete, gather } from "./scores";
import { biasGradientOf, keptOf, padded, passedKeys, Spec, STRIP, TILE, visibleKeys } from "./spec";
import { expNonPositive4 } from "../simd/exp";
import { scale } from "../rows/softmax";
import { tanhSlope4 } from "../simd/exp";

/** Writes p and ∂s of a tile of queries and a tile of keys to their panels, and adds their part of ∂q. */
export function queriesOfTile(
  spec: Spec,
  b: i32,
  h: i32,
  query: i32,
  start: i32,
  statistics: usize,
  qGradient: usize,
  finite: bool,
): void {
  const count = min(TILE, spec.queries - query);
  const dim = <usize>spec.headDim << 2;
  const valueDim = <usize>spec.valueDim << 2;
  const rows = padded(spec.headDim, 4);
  const keyPanel = <usize>padded(min(TILE, spec.keys - start), 8) << 4;
  const queryPanel = <usize>padded(count, 8) << 5;
  const weights = strips;
  const slopes = weights + SCORES;
  const caps = slopes + SCORES;
  const sums = qSums;
  const wanted = biasGradientOf(spec) != 0;
  for (let strip: i32 = 0; strip < count; strip += STRIP) {
    const left = min(STRIP, count - strip);
    const passed = passedKeys(spec, start, query + strip, STRIP);
    const visible = visibleKeys(spec, start, query + strip + left) - passed;
    if (visible <= 0) continue;
    product(kAcross + <usize>passed * dim, dim << 2, qAcross + <usize>strip * dim, weights, visible, spec.headDim);
    if (spec.softcap != 0) {
      memory.copy(caps, weights, <usize>visible << 5);
      cap(weights, visible << 3, spec.softcap);
    }
    complete(weights, spec, b, h, query + strip, start + passed, visible);
    const g = gAcross + <usize>strip * valueDim;
    product(vAcross + <usize>passed * valueDim, valueDim << 2, g, slopes, visible, spec.valueDim);
    const dropped = keptOf(spec).at != 0;
    if (dropped) dropPlaces(slopes, spec, b, h, query + strip, start + passed, visible);
    const row = <usize>(strip * spec.heads);
    const dot = dots + (<usize>strip << 2);
    differentiate(weights, slopes, visible, statistics + (row << 3), <usize>spec.heads << 3, left, dot, wanted ? 1 : spec.scale);
    if (wanted) {
      gather(slopes, spec, b, h, query + strip, start + passed, visible);
      scale(slopes, visible << 3, spec.scale);
    }
    if (spec.softcap != 0) uncap(slopes, caps, visible);
    if (dropped) dropPlaces(weights, spec, b, h, query + strip, start + passed, visible);
    memory.fill(sums, 0, <usize>rows << 5);
    addProduct(kAlong + (<usize>passed << 4), keyPanel, slopes, sums, rows, visible, finite);
    unpack(sums, spec.headDim, qGradient + row * dim, <usize>spec.heads * dim, left, 0, true);
    const place = panels + (<usize>strip << 5) + <usize>(passed >> 3) * queryPanel;
    turnPanels(weights, visible, place, queryPanel);
    turnPanels(slopes, visible, place + SQUARE, queryPanel);
  }
}

/** s and g vᵀ [count, 8] become p and ∂s · scale; 0 for hidden keys, missing queries and queries with a total of 0. */
function differentiate(
  scores: usize,
  slopes: usize,
  count: i32,
  statistics: usize,
  step: usize,
  rows: i32,
  queryDots: usize,
  scale: f32,
): void {
  const factor = f32x4.splat(scale);
  const zero = f32x4.splat(0);
  for (let lane: i32 = 0; lane < rows; lane += 4) {
    let greatest = zero;
    let total = zero;
    for (let i = min(4, rows - lane) - 1; i >= 0; i--) {
      const row = statistics + <usize>(lane + i) * step;
      greatest = v128.shuffle<f32>(v128.load32_splat(row), greatest, 0, 4, 5, 6);
      total = v128.shuffle<f32>(v128.load32_splat(row, 4), total, 0, 4, 5, 6);
    }
    const here = f32x4.ne(total, zero);
    const dot = v128.load(queryDots + (<usize>lane << 2));
    for (let j: i32 = 0; j < count; j++) {
      const place = (<usize>j << 5) + (<usize>lane << 2);
      const above = expNonPositive4(f32x4.sub(v128.load(scores + place), greatest));
      const weight = v128.and(here, f32x4.div(above, total));
      const slope = f32x4.mul(f32x4.mul(factor, weight), f32x4.sub(v128.load(slopes + place), dot));
      v128.store(scores + place, weight);
      v128.store(slopes + place, v128.andnot(slope, f32x4.eq(weight, zero)));
    }
  }
  if (rows > 4) return;
  for (let j: i32 = 0; j < count; j++) {
    v128.store(scores + (<usize>j << 5), zero, 16);
    v128.store(slopes + (<usize>j << 5), zero, 16);
  }
}

/** ∂s [count, 8] times the slope of tanh at x; hidden elements stay 0. */
function uncap(slopes: usize, x: usize, count: i32): void {
  const end = slopes + (<usize>count << 5);
  do {
    const slope = v128.load(slopes);
    const below = f32x4.mul(slope, tanhSlope4(v128.load(x)));
    v128.store(slopes, v128.andnot(below, f32x4.eq(slope, f32x4.splat(0))));
    slopes += 16;
    x += 16;
  } while (slopes < end);
}

/** Adds the part of ∂k and ∂v of a tile of keys that comes from a tile of queries. */
export function keysOfTile(spec: Spec, query: i32, start: i32, finite: bool): void {
  const present = min(TILE, spec.queries - query);
  const count = padded(present, 8);
  const step = <usize>count << 4;
  const kRows = padded(spec.headDim, 4);
  const vRows = padded(spec.valueDim, 4);
  for (let key: i32 = 0; key < min(TILE, spec.keys - start); key += 8) {
    // Only strips with a query that sees a key of this panel; others have not been written to it.
    const place = start + key - (spec.keys - spec.queries) - query;
    const begin = max(place - spec.ahead + 1, 0);
    const end = min(place + 7 + spec.behind, present);
    if (begin >= end) continue;
    const first = begin & ~7;
    const length = padded(end, 8) - first;
    const panel = panels + <usize>(key >> 3) * (<usize>count << 5) + (<usize>first << 5);
    const skipped = <usize>first << 4;
    const vSum = vSums + (<usize>(key * vRows) << 2);
    const kSum = kSums + (<usize>(key * kRows) << 2);
    addProduct(gAlong + skipped, step, panel, vSum, vRows, length, finite);
    addProduct(qAlong + skipped, step, panel + SQUARE, kSum, kRows, length, finite);
  }
}
