import { areFew, attendFew, headsTogether } from "./decode";
import { packAcross, packAlong, unpack } from "./pack";
import { addProduct, product } from "./product";
import { cap, centerOf, complete, greatest, shrinkage, weigh } from "./scores";
import { dropPlaces } from "./dropout";
import { factorOf, keptOf, passedKeys, roomFor, SPEC_BYTES, Spec, startsOf, STRIP, TILE, visibleKeys } from "./spec";

/** The bytes of scratch per thread, independent of sequence lengths. */
export function attentionScratchBytes(headDim: i32, valueDim: i32): usize {
  return PACKS + (roomFor(TILE, headDim) + roomFor(TILE, valueDim)) * (PACKED + 2) + STATE + SCORES + SPEC_BYTES;
}

/** The number of tiles of keys and values that stay packed for later queries and heads; others take turns. */
const PACKED: i32 = 8;
/** Bytes of two bit sets over them: whether a tile is packed, and whether its values are finite. */
const PACKS: usize = 16;

/** Bytes of the maxima and the sums of weights, eight of each per strip. */
const STATE: usize = <usize>TILE * 8;
const SCORES: usize = <usize>TILE * 32;

/** The number of units of work: each is a tile of queries of one head, which short texts may not have. */
export function attentionUnits(spec: usize): i32 {
  const sizes = changetype<Spec>(spec);
  return sizes.batch * sizes.heads * ((sizes.queries + TILE - 1) / TILE);
}

/**
 * output [batch, queries, heads, valueDim] = softmax(s) v and statistics [batch, queries, heads, 2], the greatest score
 * of each row and Σ exp(s − greatest), NaN if the row's sums overflow; for the units [from, to), with s = q kᵀ · scale,
 * or softcap · tanh(q kᵀ · scale / softcap), plus the bias.
 *
 * @see Dao et al. 2022, FlashAttention (arXiv 2205.14135), algorithm 1; Milakov and Gimelshein 2018, Online normalizer
 * calculation for softmax (arXiv 1805.02867)
 */
export function attention(
  q: usize,
  k: usize,
  v: usize,
  output: usize,
  statistics: usize,
  spec: usize,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const sizes = changetype<Spec>(spec);
  const starts = startsOf(sizes);
  const mayBeFew = keptOf(sizes).at == 0;
  const dim = <usize>sizes.headDim << 2;
  const valueDim = <usize>sizes.valueDim << 2;
  if (mayBeFew && areFew(sizes) && starts == 0) {
    while (from < to) {
      const b = from / sizes.heads;
      const h = from % sizes.heads;
      const heads = headsTogether(sizes, h, to - from);
      const row = <usize>(b * sizes.queries * sizes.heads);
      const keyRow = <usize>(b * sizes.capacity * sizes.keyValueHeads);
      attendFew(sizes, b, q + row * dim, k + keyRow * dim, v + keyRow * valueDim, output + row * valueDim, statistics + (row << 3), h, h + heads, scratch);
      from += heads;
    }
    return;
  }
  const tiles = (sizes.queries + TILE - 1) / TILE;
  const group = sizes.heads / sizes.keyValueHeads;
  // The sizes of one text.
  const own = changetype<Spec>(scratch + attentionScratchBytes(sizes.headDim, sizes.valueDim) - SPEC_BYTES);
  memory.copy(changetype<usize>(own), spec, SPEC_BYTES);
  let packedHead: i32 = -1;
  for (let unit = from; unit < to; unit++) {
    const query = (unit % tiles) * TILE;
    const h = (unit / tiles) % sizes.heads;
    const b = unit / tiles / sizes.heads;
    let first = b * sizes.queries;
    let firstKey = b * sizes.capacity;
    if (starts) {
      firstKey = first = load<i32>(starts + (<usize>b << 2));
      own.queries = own.keys = load<i32>(starts + (<usize>b << 2), 4) - first;
      if (query >= own.queries) continue;
      if (mayBeFew && areFew(own)) {
        const row = <usize>(first * sizes.heads);
        const keyRow = <usize>(first * sizes.keyValueHeads);
        attendFew(own, b, q + row * dim, k + keyRow * dim, v + keyRow * valueDim, output + row * valueDim, statistics + (row << 3), h, h + 1, scratch);
        packedHead = -1;
        continue;
      }
    }
    const row: usize = (<usize>(first + query) * <usize>sizes.heads + <usize>h) << 2;
    const keyRow: usize = (<usize>firstKey * <usize>sizes.keyValueHeads + <usize>(h / group)) << 2;
    const head = b * sizes.keyValueHeads + h / group;
    if (head != packedHead) store<i32>(scratch, 0);
    packedHead = head;
    const qRow = q + row * <usize>sizes.headDim;
    const kRow = k + keyRow * <usize>sizes.headDim;
    const vRow = v + keyRow * <usize>sizes.valueDim;
    const out = output + row * <usize>sizes.valueDim;
    attendTile(own, b, h, query, qRow, kRow, vRow, out, statistics + (row << 1), scratch);
  }
}

/** A tile of queries of one head; each pointer is at its first row of that head. */
function attendTile(
  spec: Spec,
  b: i32,
  h: i32,
  query: i32,
  q: usize,
  k: usize,
  v: usize,
  output: usize,
  statistics: usize,
  scratch: usize,
): void {
  const count = min(TILE, spec.queries - query);
  const dim = <usize>spec.headDim << 2;
  const valueRows = (spec.valueDim + 3) & ~3;
  const qTile = scratch + PACKS;
  const kTiles = qTile + roomFor(TILE, spec.headDim);
  const vTiles = kTiles + roomFor(TILE, spec.headDim) * (PACKED + 1);
  const sums = vTiles + roomFor(TILE, spec.valueDim) * (PACKED + 1);
  const state = sums + roomFor(TILE, spec.valueDim);
  const scores = state + STATE;
  const kStep = <usize>spec.keyValueHeads * dim;
  const vStep = <usize>(spec.keyValueHeads * spec.valueDim) << 2;

  packAcross(q, <usize>spec.heads * dim, count, spec.headDim, qTile, STRIP, factorOf(spec));
  memory.fill(sums, 0, roomFor(TILE, spec.valueDim));
  for (let strip: usize = 0; strip < STATE; strip += 64) begin(state + strip);

  const first = passedKeys(spec, 0, query, TILE);
  for (let start = first; start < spec.keys && visibleKeys(spec, start, query + count) > 0; start += TILE) {
    const present = min(TILE, spec.keys - start);
    const panel = <usize>((present + 7) & ~7) << 4;
    const slot = min(start / TILE, PACKED);
    const kTile = kTiles + roomFor(TILE, spec.headDim) * slot;
    const vTile = vTiles + roomFor(TILE, spec.valueDim) * slot;
    const bit = 1 << slot;
    if (slot == PACKED || (load<i32>(scratch) & bit) == 0) {
      packAcross(k + <usize>start * kStep, kStep, present, spec.headDim, kTile, 4, 1);
      const isFinite = packAlong(v + <usize>start * vStep, vStep, present, spec.valueDim, vTile);
      store<i32>(scratch, load<i32>(scratch) | bit);
      store<i32>(scratch, isFinite ? load<i32>(scratch, 4) | bit : load<i32>(scratch, 4) & ~bit, 4);
    }
    const finite = (load<i32>(scratch, 4) & bit) != 0;
    for (let strip: i32 = 0; strip < count; strip += STRIP) {
      const passed = passedKeys(spec, start, query + strip, STRIP);
      const visible = visibleKeys(spec, start, query + min(strip + STRIP, count)) - passed;
      if (visible <= 0) continue;
      const sum = sums + <usize>(strip * valueRows) * 4;
      product(kTile + <usize>passed * dim, dim << 2, qTile + <usize>strip * dim, scores, visible, spec.headDim);
      if (spec.softcap != 0) cap(scores, visible << 3, spec.softcap);
      complete(scores, spec, b, h, query + strip, start + passed, visible);
      const place = state + (<usize>strip << 3);
      weighHalf(scores, visible, place, sum, valueRows);
      weighHalf(scores + 16, visible, place + 16, sum + 16, valueRows);
      if (keptOf(spec).at) dropPlaces(scores, spec, b, h, query + strip, start + passed, visible);
      addProduct(vTile + (<usize>passed << 4), panel, scores, sum, valueRows, visible, finite);
    }
  }

  for (let strip: i32 = 0; strip < count; strip += STRIP) {
    const place = state + (<usize>strip << 3);
    const row = <usize>(strip * spec.heads) << 2;
    const rows = count - strip;
    const sum = sums + <usize>(strip * valueRows) * 4;
    markOverflow(place, sum, valueRows);
    finish(place, statistics + (row << 1), <usize>spec.heads << 3, rows);
    const step = <usize>(spec.heads * spec.valueDim) << 2;
    unpack(sum, spec.valueDim, output + row * <usize>spec.valueDim, step, rows, place + 32, false);
  }
}

/** The state of a strip: the maximum of the scores so far, then the sum of exp(score − maximum), eight of each. */
function begin(state: usize): void {
  v128.store(state, f32x4.splat(-Infinity), 0);
  v128.store(state, f32x4.splat(-Infinity), 16);
  v128.store(state, f32x4.splat(0), 32);
  v128.store(state, f32x4.splat(0), 48);
}

/**
 * Turns one half of scores [count, 8] into weights exp(score − maximum), and rescales earlier sums to the new maximum.
 */
function weighHalf(scores: usize, count: i32, state: usize, sums: usize, rows: i32): void {
  const before = v128.load(state);
  const maximum = greatest(scores, 32, count, before);
  const center = centerOf(maximum);
  const shrink = shrinkage(f32x4.sub(before, center));
  v128.store(state, maximum);
  v128.store(state, f32x4.add(f32x4.mul(shrink, v128.load(state, 32)), weigh(scores, 32, count, center)), 32);
  if (i32x4.all_true(f32x4.eq(shrink, f32x4.splat(1)))) return;
  const last = sums + (<usize>rows << 5);
  for (let sum = sums; sum < last; sum += 32) v128.store(sum, f32x4.mul(shrink, v128.load(sum)));
}

/** Sets totals to NaN if one of the sums [rows, 8] is not finite. */
function markOverflow(state: usize, sums: usize, rows: i32): void {
  const zero = f32x4.splat(0);
  let low = v128.load(state, 32);
  let high = v128.load(state, 48);
  const end = sums + (<usize>rows << 5);
  do {
    low = f32x4.add(low, f32x4.mul(v128.load(sums), zero));
    high = f32x4.add(high, f32x4.mul(v128.load(sums, 16), zero));
    sums += 32;
  } while (sums < end);
  v128.store(state, low, 32);
  v128.store(state, high, 48);
}

/** Writes the maximum and total of each query, and replaces the total by 1 / total (0 if nothing was seen). */
function finish(state: usize, statistics: usize, step: usize, rows: i32): void {
  for (let lane: usize = 0; lane < 8; lane++) {
    const total = load<f32>(state + (lane << 2), 32);
    store<f32>(state + (lane << 2), total != 0 ? 1 / total : 0, 32);
    if (<i32>lane < rows) {
      store<f32>(statistics + lane * step, load<f32>(state + (lane << 2)));
      store<f32>(statistics + lane * step, total, 4);
    }
  }
}
