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
 * | 36 | f32 | softcap, 0 for none |
 * | 40 | i32 | behind: query i sees key j only if i + keys − queries − behind < j |
 * | 44 | i32 | ahead: … and j < i + keys − queries + ahead |
 * | 48 | Spread | mask of 1 (keep) and 0 (hide) |
 * | 68 | Spread | bias |
 * | 88 | usize | where its gradient is added up, with the steps of the bias; 0 if nobody wants it |
 * | 92 | Kept | what dropout keeps |
 *
 * 100 bytes in all.
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
  softcap: f32;
  behind: i32;
  ahead: i32;
}

/** Numbers that broadcast to [batch, heads, queries, keys]: where they lie, 0 for none, and a step for each axis. */
@unmanaged
export class Spread {
  at: usize;
  batch: i32;
  head: i32;
  query: i32;
  key: i32;
}

// @ts-ignore: decorator
@inline
export function maskOf(spec: Spec): Spread {
  return changetype<Spread>(changetype<usize>(spec) + 48);
}

// @ts-ignore: decorator
@inline
export function biasOf(spec: Spec): Spread {
  return changetype<Spread>(changetype<usize>(spec) + 68);
}

// @ts-ignore: decorator
@inline
export function biasGradientOf(spec: Spec): usize {
  return load<usize>(changetype<usize>(spec), 88);
}

/** A bit for each place of [batch, heads, queries, keys]: where they lie, 0 without dropout, and what is kept is multiplied by. */
@unmanaged
export class Kept {
  at: usize;
  scale: f32;
}

// @ts-ignore: decorator
@inline
export function keptOf(spec: Spec): Kept {
  return changetype<Kept>(changetype<usize>(spec) + 92);
}

/** What q is multiplied by, so that its products with k are what tanh is taken of, if there is a softcap. */
// @ts-ignore: decorator
@inline
export function factorOf(spec: Spec): f32 {
  return spec.softcap == 0 ? spec.scale : spec.scale / spec.softcap;
}

/** Bytes of `rows` rows of `columns` numbers, the columns rounded up to whole vectors. */
// @ts-ignore: decorator
@inline
export function roomFor(rows: i32, columns: i32): usize {
  return (<usize>rows * <usize>((columns + 3) & ~3)) << 2;
}

/** How many keys of the tile at `start` come up to the last that the queries before `end` see, rounded up to a strip. */
// @ts-ignore: decorator
@inline
export function visibleKeys(spec: Spec, start: i32, end: i32): i32 {
  const last = min(end - 1 + spec.keys - spec.queries + spec.ahead, spec.keys);
  return (max(min(last - start, TILE), 0) + STRIP - 1) & ~(STRIP - 1);
}

/** How many keys from `start` come before the first that a query and those after it see, rounded down to a power of two. */
// @ts-ignore: decorator
@inline
export function passedKeys(spec: Spec, start: i32, query: i32, to: i32): i32 {
  return max(query + spec.keys - spec.queries - spec.behind + 1 - start, 0) & ~(to - 1);
}

/** The count rounded up to a multiple of a power of two. */
// @ts-ignore: decorator
@inline
export function padded(count: i32, to: i32): i32 {
  return (count + to - 1) & ~(to - 1);
}
