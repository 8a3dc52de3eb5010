/** The queries of one unit of work, and the keys packed at a time. */
export const TILE: i32 = 64;
/** A strip: queries side by side in two vectors. */
export const STRIP: i32 = 8;

/**
 * The memory layout of the sizes of an attention call:
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
 * | 88 | usize | address of its gradient, with the steps of the bias; 0 if not wanted |
 * | 92 | Kept | what dropout keeps |
 * | 100 | usize | address of the first row of each text, and the end of the last; 0 if all have `queries` and `capacity` rows |
 *
 * 104 bytes in total.
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

/** Numbers that broadcast to [batch, heads, queries, keys]: their address, 0 for none, and a step for each axis. */
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

/** A bit for each element of [batch, heads, queries, keys]: their address, 0 without dropout, and the scale. */
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

export const SPEC_BYTES: usize = 104;

// @ts-ignore: decorator
@inline
export function startsOf(spec: Spec): usize {
  return load<usize>(changetype<usize>(spec), 100);
}

/** The factor of q. With a softcap, it makes the products with k the argument of tanh. */
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

/** The number of keys up to the last that a query sees. */
// @ts-ignore: decorator
@inline
export function seenKeys(spec: Spec, query: i32): i32 {
  return min(query + spec.keys - spec.queries + spec.ahead, spec.keys);
}

/**
 * The number of keys of the tile at `start` up to the last that the queries before `end` see, rounded up to a strip.
 */
// @ts-ignore: decorator
@inline
export function visibleKeys(spec: Spec, start: i32, end: i32): i32 {
  return (max(min(seenKeys(spec, end - 1) - start, TILE), 0) + STRIP - 1) & ~(STRIP - 1);
}

/**
 * The number of keys from `start` before the first that a query and those after it see, rounded down to a power of two.
 */
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
