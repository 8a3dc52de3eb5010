/** Queries that one unit of work takes, and keys that are packed at a time. */
export const TILE: i32 = 64;
/** Queries that lie side by side in two vectors: a strip. */
export const STRIP: i32 = 8;

/**
 * The sizes of an attention, as they lie in memory:
 *
 * | byte | type | field |
 * |---|---|---|
 * | 0 | i32 | batch |
 * | 4 | i32 | queries |
 * | 8 | i32 | keys |
 * | 12 | i32 | capacity |
 * | 16 | i32 | heads |
 * | 20 | i32 | keyValueHeads |
 * | 24 | i32 | headDim |
 * | 28 | i32 | valueDim |
 * | 32 | f32 | scale |
 * | 36 | i32 | causal, 0 or 1 |
 * | 40 | i32 | step of the mask per batch, in elements |
 * | 44 | i32 | step of the mask per head |
 * | 48 | i32 | step of the mask per query |
 * | 52 | i32 | step of the mask per key |
 *
 * 56 bytes in all.
 */
@unmanaged
export class Spec {
  batch: i32;
  queries: i32;
  keys: i32;
  capacity: i32;
  heads: i32;
  keyValueHeads: i32;
  headDim: i32;
  valueDim: i32;
  scale: f32;
  causal: i32;
  maskBatch: i32;
  maskHead: i32;
  maskQuery: i32;
  maskKey: i32;
}

/** Bytes of `rows` rows of `columns` numbers, the columns rounded up to whole vectors. */
// @ts-ignore: decorator
@inline
export function roomFor(rows: i32, columns: i32): usize {
  return (<usize>rows * <usize>((columns + 3) & ~3)) << 2;
}

/** How many keys of the tile at `start` the queries before `end` see, rounded up to a strip. */
// @ts-ignore: decorator
@inline
export function visibleKeys(spec: Spec, start: i32, end: i32): i32 {
  const last = spec.causal ? min(end + spec.keys - spec.queries, spec.keys) : spec.keys;
  return (max(min(last - start, TILE), 0) + STRIP - 1) & ~(STRIP - 1);
}

/** The count rounded up to a multiple of a power of two. */
// @ts-ignore: decorator
@inline
export function padded(count: i32, to: i32): i32 {
  return (count + to - 1) & ~(to - 1);
}
