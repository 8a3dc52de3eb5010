import {
  dots,
  gAcross,
  gAlong,
  kAcross,
  kAlong,
  kSums,
  layOut,
  qAcross,
  qAlong,
  vAcross,
  vSums,
} from "./gradient-scratch";
import { keysOfTile, queriesOfTile } from "./gradient-tiles";
import { packAcross, packAlong, unpack } from "./pack";
import { biasOf, factorOf, padded, roomFor, Spec, STRIP, TILE } from "./spec";
import { largestOfLanes, loadFirst } from "../simd/lanes";
import { fma } from "../simd/simd";

export { attentionGradientScratchBytes } from "./gradient-scratch";

/**
 * The number of units of work: each is one head of keys and values, with all queries that read it. If the bias is
 * broadcast over the batch, units of the same head are consecutive, otherwise those of the same batch row: units that
 * add to the same gradient of a bias must stay on one thread.
 */
export function attentionGradientUnits(spec: usize): i32 {
  const sizes = changetype<Spec>(spec);
  return sizes.batch * sizes.keyValueHeads;
}

/**
 * With weights p = exp(s − greatest) / total of scores s (rows with a total of 0 are skipped): ∂v = pᵀ g, ∂s = p (g vᵀ
 * − g · output), ∂q = ∂s k · scale, ∂k = ∂sᵀ q · scale, for the units [from, to), with ∂s multiplied by the slope 1 −
 * tanh² before the last two if there is a softcap. All of the three gradients is written, 0 for keys beyond `keys`; ∂s
 * is added to the gradient of the bias if wanted.
 *
 * @see Dao et al. 2022, FlashAttention (arXiv 2205.14135), algorithm 4
 */
export function attentionGradient(
  q: usize,
  k: usize,
  v: usize,
  output: usize,
  statistics: usize,
  gradient: usize,
  qGradient: usize,
  kGradient: usize,
  vGradient: usize,
  spec: usize,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const sizes = changetype<Spec>(spec);
  const dim = <usize>sizes.headDim << 2;
  const valueDim = <usize>sizes.valueDim << 2;
  layOut(sizes, scratch);
  const group = sizes.heads / sizes.keyValueHeads;
  const keyHeads = <usize>sizes.keyValueHeads;
  for (let unit = from; unit < to; unit++) {
    const together = biasOf(sizes).batch == 0;
    const b = together ? unit % sizes.batch : unit / sizes.keyValueHeads;
    const head = together ? unit / sizes.batch : unit % sizes.keyValueHeads;
    const first = <usize>(b * sizes.queries) * <usize>sizes.heads + <usize>(head * group);
    for (let i: i32 = 0; i < sizes.queries; i++) {
      memory.fill(qGradient + (first + <usize>(i * sizes.heads)) * dim, 0, <usize>group * dim);
    }
    let row = <usize>(b * sizes.capacity) * keyHeads + <usize>head;
    for (let j = sizes.keys; j < sizes.capacity; j++) {
      memory.fill(kGradient + (row + <usize>j * keyHeads) * dim, 0, dim);
      memory.fill(vGradient + (row + <usize>j * keyHeads) * valueDim, 0, valueDim);
    }
    for (let start: i32 = 0; start < sizes.keys; start += TILE) {
      const kPlace = row * dim;
      const vPlace = row * valueDim;
      const finite = openKeys(sizes, start, k + kPlace, v + vPlace);
      const place = start - (sizes.keys - sizes.queries);
      const begin = max(place - sizes.ahead + 1, 0) & ~(TILE - 1);
      const end = min(place + TILE - 1 + sizes.behind, sizes.queries);
      for (let h = head * group; h < head * group + group; h++) {
        for (let query = begin; query < end; query += TILE) {
          const line = <usize>(b * sizes.queries + query) * <usize>sizes.heads + <usize>h;
          const g = gradient + line * valueDim;
          const finiteQueries = openQueries(sizes, query, q + line * dim, output + line * valueDim, g);
          const rows = statistics + (line << 3);
          queriesOfTile(sizes, b, h, query, start, rows, qGradient + line * dim, finite);
          keysOfTile(sizes, query, start, finiteQueries);
        }
      }
      closeKeys(sizes, start, kGradient + kPlace, vGradient + vPlace);
      row += <usize>TILE * keyHeads;
    }
  }
}

function openKeys(spec: Spec, start: i32, k: usize, v: usize): bool {
  const present = min(TILE, spec.keys - start);
  const kStep = <usize>(spec.keyValueHeads * spec.headDim) << 2;
  const vStep = <usize>(spec.keyValueHeads * spec.valueDim) << 2;
  packAcross(k, kStep, present, spec.headDim, kAcross, 4, 1);
  packAcross(v, vStep, present, spec.valueDim, vAcross, 4, 1);
  memory.fill(kSums, 0, roomFor(TILE, spec.headDim));
  memory.fill(vSums, 0, roomFor(TILE, spec.valueDim));
  return packAlong(k, kStep, present, spec.headDim, kAlong);
}

function openQueries(spec: Spec, query: i32, q: usize, output: usize, g: usize): bool {
  const count = min(TILE, spec.queries - query);
  const step = <usize>(spec.heads * spec.headDim) << 2;
  const valueStep = <usize>(spec.heads * spec.valueDim) << 2;
  packAcross(q, step, count, spec.headDim, qAcross, STRIP, factorOf(spec));
  packAcross(g, valueStep, count, spec.valueDim, gAcross, STRIP, 1);
  const finite = packAlong(q, step, count, spec.headDim, qAlong);
  let dot = dots;
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
  return packAlong(g, valueStep, count, spec.valueDim, gAlong) && finite;
}

function closeKeys(spec: Spec, start: i32, kGradient: usize, vGradient: usize): void {
  const present = min(TILE, spec.keys - start);
  const kStep = <usize>(spec.keyValueHeads * spec.headDim) << 2;
  const vStep = <usize>(spec.keyValueHeads * spec.valueDim) << 2;
  const kRows = padded(spec.headDim, 4);
  const vRows = padded(spec.valueDim, 4);
  for (let key: i32 = 0; key < present; key += 8) {
    const kSum = kSums + (<usize>(key * kRows) << 2);
    const vSum = vSums + (<usize>(key * vRows) << 2);
    unpack(kSum, spec.headDim, kGradient + <usize>key * kStep, kStep, present - key, 0, false);
    unpack(vSum, spec.valueDim, vGradient + <usize>key * vStep, vStep, present - key, 0, false);
  }
}

/** The largest |x| of `count` numbers; NaN is ignored. */
export function magnitude(x: usize, count: i32): f32 {
  let even = f32x4.splat(0);
  let odd = even;
  let left = count;
  for (; left >= 8; left -= 8) {
    even = f32x4.pmax(even, f32x4.abs(v128.load(x)));
    odd = f32x4.pmax(odd, f32x4.abs(v128.load(x, 16)));
    x += 32;
  }
  for (; left > 0; left -= 4) {
    even = f32x4.pmax(even, f32x4.abs(loadFirst(x, left)));
    x += 16;
  }
  return f32x4.extract_lane(largestOfLanes(f32x4.pmax(even, odd)), 0);
}
