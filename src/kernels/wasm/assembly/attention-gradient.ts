import { packAcross, packAlong, turnPanels, unpack } from "./attention-pack";
import { addProduct, product } from "./attention-product";
import { hide } from "./attention-scores";
import { roomFor, Spec, STRIP, TILE, visibleKeys } from "./attention-spec";
import { exp4 } from "./exp";
import { fma } from "./simd";

const SCORES: usize = <usize>TILE * 32;
const SQUARE: usize = <usize>TILE * <usize>TILE * 4;

/** The bytes of scratch that each thread needs, whatever the lengths. */
export function attentionGradientScratchBytes(headDim: i32, valueDim: i32): usize {
  const ofHead = roomFor(TILE, headDim) * 5 + roomFor(STRIP, headDim);
  return ofHead + roomFor(TILE, valueDim) * 4 + SCORES * 2 + SQUARE * 2 + (<usize>TILE << 2);
}

/** How many units of work there are: one head of keys and values each, with all the queries that read it. */
export function attentionGradientUnits(spec: usize): i32 {
  const sizes = changetype<Spec>(spec);
  return sizes.batch * sizes.keyValueHeads;
}

/**
 * With weights p = exp(s − logSumExp), s = q kᵀ · scale: ∂v = pᵀ g, ∂s = p (g vᵀ − g · output), ∂q = ∂s k · scale,
 * ∂k = ∂sᵀ q · scale, for the units [from, to). Everything in the three gradients is written, 0 for keys beyond `keys`.
 *
 * @see Dao et al. 2022, FlashAttention (arXiv 2205.14135), algorithm 4
 */
export function attentionGradient(
  q: usize,
  k: usize,
  v: usize,
  mask: usize,
  output: usize,
  logSumExp: usize,
  gradient: usize,
  qGradient: usize,
  kGradient: usize,
  vGradient: usize,
  scratch: usize,
  spec: usize,
  from: i32,
  to: i32,
): void {
  const sizes = changetype<Spec>(spec);
  const dim = <usize>sizes.headDim << 2;
  const valueDim = <usize>sizes.valueDim << 2;
  const group = sizes.heads / sizes.keyValueHeads;
  const rows = <usize>sizes.keyValueHeads;
  for (let unit = from; unit < to; unit++) {
    const b = unit / sizes.keyValueHeads;
    const head = unit % sizes.keyValueHeads;
    const first = <usize>(b * sizes.queries) * <usize>sizes.heads + <usize>(head * group);
    for (let i: i32 = 0; i < sizes.queries; i++) {
      memory.fill(qGradient + (first + <usize>(i * sizes.heads)) * dim, 0, <usize>group * dim);
    }
    let row = <usize>(b * sizes.capacity) * rows + <usize>head;
    for (let j = sizes.keys; j < sizes.capacity; j++) {
      memory.fill(kGradient + (row + <usize>j * rows) * dim, 0, dim);
      memory.fill(vGradient + (row + <usize>j * rows) * valueDim, 0, valueDim);
    }
    for (let start: i32 = 0; start < sizes.keys; start += TILE) {
      const kPlace = row * dim;
      const vPlace = row * valueDim;
      const finite = openKeys(sizes, start, k + kPlace, v + vPlace, scratch);
      for (let h = head * group; h < head * group + group; h++) {
        for (let query: i32 = 0; query < sizes.queries; query += TILE) {
          const visible = visibleKeys(sizes, start, query + min(TILE, sizes.queries - query));
          if (visible == 0) continue;
          const line = <usize>(b * sizes.queries + query) * <usize>sizes.heads + <usize>h;
          const g = gradient + line * valueDim;
          const finiteQueries = openQueries(sizes, query, q + line * dim, output + line * valueDim, g, scratch);
          const lse = logSumExp + (line << 2);
          queriesOfTile(sizes, mask, b, h, query, start, lse, qGradient + line * dim, finite, scratch);
          keysOfTile(sizes, query, start, visible, finiteQueries, scratch);
        }
      }
      closeKeys(sizes, start, kGradient + kPlace, vGradient + vPlace, scratch);
      row += <usize>TILE * rows;
    }
  }
}

// Where each part lies in the scratch: first those as wide as a head, then those as wide as a value, then the rest.
// @ts-ignore: decorator
@inline
function ofHead(spec: Spec, scratch: usize, place: i32): usize {
  return scratch + roomFor(TILE, spec.headDim) * <usize>place;
}
// @ts-ignore: decorator
@inline
function ofValue(spec: Spec, scratch: usize, place: i32): usize {
  return scratch + roomFor(TILE, spec.headDim) * 5 + roomFor(TILE, spec.valueDim) * <usize>place;
}
// @ts-ignore: decorator
@inline
function kAcross(spec: Spec, scratch: usize): usize {
  return ofHead(spec, scratch, 0);
}
// @ts-ignore: decorator
@inline
function kAlong(spec: Spec, scratch: usize): usize {
  return ofHead(spec, scratch, 1);
}
// @ts-ignore: decorator
@inline
function kSums(spec: Spec, scratch: usize): usize {
  return ofHead(spec, scratch, 2);
}
// @ts-ignore: decorator
@inline
function qAcross(spec: Spec, scratch: usize): usize {
  return ofHead(spec, scratch, 3);
}
// @ts-ignore: decorator
@inline
function qAlong(spec: Spec, scratch: usize): usize {
  return ofHead(spec, scratch, 4);
}
// @ts-ignore: decorator
@inline
function vAcross(spec: Spec, scratch: usize): usize {
  return ofValue(spec, scratch, 0);
}
// @ts-ignore: decorator
@inline
function vSums(spec: Spec, scratch: usize): usize {
  return ofValue(spec, scratch, 1);
}
// @ts-ignore: decorator
@inline
function gAcross(spec: Spec, scratch: usize): usize {
  return ofValue(spec, scratch, 2);
}
// @ts-ignore: decorator
@inline
function gAlong(spec: Spec, scratch: usize): usize {
  return ofValue(spec, scratch, 3);
}
/** p as panels of eight keys, [queries][8] each; ∂s after it. */
// @ts-ignore: decorator
@inline
function panels(spec: Spec, scratch: usize): usize {
  return ofValue(spec, scratch, 4);
}
/** s, then p, of one strip; g vᵀ, then ∂s, after it. */
// @ts-ignore: decorator
@inline
function strips(spec: Spec, scratch: usize): usize {
  return panels(spec, scratch) + SQUARE * 2;
}
/** g · output of each query. */
// @ts-ignore: decorator
@inline
function dots(spec: Spec, scratch: usize): usize {
  return strips(spec, scratch) + SCORES * 2;
}
// @ts-ignore: decorator
@inline
function qSums(spec: Spec, scratch: usize): usize {
  return dots(spec, scratch) + (<usize>TILE << 2);
}

// @ts-ignore: decorator
@inline
function padded(count: i32, to: i32): i32 {
  return (count + to - 1) & ~(to - 1);
}

function openKeys(spec: Spec, start: i32, k: usize, v: usize, scratch: usize): bool {
  const present = min(TILE, spec.keys - start);
  const kStep = <usize>(spec.keyValueHeads * spec.headDim) << 2;
  const vStep = <usize>(spec.keyValueHeads * spec.valueDim) << 2;
  packAcross(k, kStep, present, spec.headDim, kAcross(spec, scratch), 4, 1);
  packAcross(v, vStep, present, spec.valueDim, vAcross(spec, scratch), 4, 1);
  memory.fill(kSums(spec, scratch), 0, roomFor(TILE, spec.headDim));
  memory.fill(vSums(spec, scratch), 0, roomFor(TILE, spec.valueDim));
  return packAlong(k, kStep, present, spec.headDim, kAlong(spec, scratch));
}

function openQueries(spec: Spec, query: i32, q: usize, output: usize, g: usize, scratch: usize): bool {
  const count = min(TILE, spec.queries - query);
  const step = <usize>(spec.heads * spec.headDim) << 2;
  const valueStep = <usize>(spec.heads * spec.valueDim) << 2;
  packAcross(q, step, count, spec.headDim, qAcross(spec, scratch), STRIP, spec.scale);
  packAcross(g, valueStep, count, spec.valueDim, gAcross(spec, scratch), STRIP, 1);
  const finite = packAlong(q, step, count, spec.headDim, qAlong(spec, scratch));
  let dot = dots(spec, scratch);
  const whole = spec.valueDim & ~3;
  for (let i: i32 = 0; i < TILE; i++) {
    let sums = f32x4.splat(0);
    if (i < count) {
      for (let d: i32 = 0; d < whole; d += 4) {
        sums = fma(v128.load(g + (<usize>d << 2)), v128.load(output + (<usize>d << 2)), sums);
      }
      for (let d = whole; d < spec.valueDim; d++) {
        sums = fma(v128.load32_zero(g + (<usize>d << 2)), v128.load32_zero(output + (<usize>d << 2)), sums);
      }
    }
    sums = f32x4.add(sums, v128.shuffle<f32>(sums, sums, 2, 3, 0, 1));
    store<f32>(dot, f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1));
    g += valueStep;
    output += valueStep;
    dot += 4;
  }
  g -= valueStep * <usize>TILE;
  return packAlong(g, valueStep, count, spec.valueDim, gAlong(spec, scratch)) && finite;
}

/** p and ∂s of a tile of queries and a tile of keys, put into their panels, and what ∂q gets of them. */
function queriesOfTile(
  spec: Spec,
  mask: usize,
  b: i32,
  h: i32,
  query: i32,
  start: i32,
  logSumExp: usize,
  qGradient: usize,
  finite: bool,
  scratch: usize,
): void {
  const count = min(TILE, spec.queries - query);
  const dim = <usize>spec.headDim << 2;
  const valueDim = <usize>spec.valueDim << 2;
  const rows = padded(spec.headDim, 4);
  const keyPanel = <usize>padded(min(TILE, spec.keys - start), 8) << 4;
  const queryPanel = <usize>padded(count, 8) << 5;
  const weights = strips(spec, scratch);
  const slopes = weights + SCORES;
  const sums = qSums(spec, scratch);
  for (let strip: i32 = 0; strip < count; strip += STRIP) {
    const left = min(STRIP, count - strip);
    const visible = visibleKeys(spec, start, query + strip + left);
    if (visible == 0) continue;
    product(kAcross(spec, scratch), dim << 2, qAcross(spec, scratch) + <usize>strip * dim, weights, visible, spec.headDim);
    hide(weights, spec, mask, b, h, query + strip, start, visible);
    const g = gAcross(spec, scratch) + <usize>strip * valueDim;
    product(vAcross(spec, scratch), valueDim << 2, g, slopes, visible, spec.valueDim);
    const lse = logSumExp + (<usize>(strip * spec.heads) << 2);
    const dot = dots(spec, scratch) + (<usize>strip << 2);
    differentiate(weights, slopes, visible, lse, <usize>spec.heads << 2, left, dot, spec.scale);
    memory.fill(sums, 0, <usize>rows << 5);
    addProduct(kAlong(spec, scratch), keyPanel, slopes, sums, rows, visible, finite);
    const row = <usize>(strip * spec.heads) * dim;
    unpack(sums, spec.headDim, qGradient + row, <usize>spec.heads * dim, left, 0, true);
    const place = panels(spec, scratch) + (<usize>strip << 5);
    turnPanels(weights, visible, place, queryPanel);
    turnPanels(slopes, visible, place + SQUARE, queryPanel);
  }
}

/** s and g vᵀ [count, 8] become p and ∂s · scale; a hidden key, and a query that is not there, have 0. */
function differentiate(
  scores: usize,
  slopes: usize,
  count: i32,
  logSumExp: usize,
  step: usize,
  rows: i32,
  dots: usize,
  scale: f32,
): void {
  const factor = f32x4.splat(scale);
  const zero = f32x4.splat(0);
  for (let lane: i32 = 0; lane < rows; lane += 4) {
    let lse = zero;
    for (let i = min(4, rows - lane) - 1; i >= 0; i--) {
      const value = load<f32>(logSumExp + <usize>(lane + i) * step);
      lse = v128.shuffle<f32>(f32x4.splat(value == -Infinity ? 0 : value), lse, 0, 4, 5, 6);
    }
    const here = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(rows - lane));
    const dot = v128.load(dots + (<usize>lane << 2));
    for (let j: i32 = 0; j < count; j++) {
      const place = (<usize>j << 5) + (<usize>lane << 2);
      const weight = v128.and(here, exp4(f32x4.sub(v128.load(scores + place), lse)));
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

/** Adds what ∂k and ∂v of a tile of keys get from a tile of queries. */
function keysOfTile(spec: Spec, query: i32, start: i32, visible: i32, finite: bool, scratch: usize): void {
  const count = padded(min(TILE, spec.queries - query), 8);
  const step = <usize>count << 4;
  const kRows = padded(spec.headDim, 4);
  const vRows = padded(spec.valueDim, 4);
  const weights = panels(spec, scratch);
  for (let key: i32 = 0; key < visible; key += 8) {
    // The first strip with a query that sees the first key of this panel.
    const first = spec.causal ? max(start + key - (spec.keys - spec.queries) - query, 0) & ~7 : 0;
    const panel = weights + <usize>(key >> 3) * (<usize>count << 5) + (<usize>first << 5);
    const skipped = <usize>first << 4;
    const vSum = vSums(spec, scratch) + (<usize>(key * vRows) << 2);
    const kSum = kSums(spec, scratch) + (<usize>(key * kRows) << 2);
    addProduct(gAlong(spec, scratch) + skipped, step, panel, vSum, vRows, count - first, finite);
    addProduct(qAlong(spec, scratch) + skipped, step, panel + SQUARE, kSum, kRows, count - first, finite);
  }
}

function closeKeys(spec: Spec, start: i32, kGradient: usize, vGradient: usize, scratch: usize): void {
  const present = min(TILE, spec.keys - start);
  const kStep = <usize>(spec.keyValueHeads * spec.headDim) << 2;
  const vStep = <usize>(spec.keyValueHeads * spec.valueDim) << 2;
  const kRows = padded(spec.headDim, 4);
  const vRows = padded(spec.valueDim, 4);
  for (let key: i32 = 0; key < present; key += 8) {
    const kSum = kSums(spec, scratch) + (<usize>(key * kRows) << 2);
    const vSum = vSums(spec, scratch) + (<usize>(key * vRows) << 2);
    unpack(kSum, spec.headDim, kGradient + <usize>key * kStep, kStep, present - key, 0, false);
    unpack(vSum, spec.valueDim, vGradient + <usize>key * vStep, vStep, present - key, 0, false);
  }
}
