import { countAbove } from "./scores";

/** A key, and the sum of the weights of all smaller keys. */
export interface Edge {
  key: number;
  before: number;
}

/** With this many candidates left, sorting them is faster than another round. */
const FEW = 128;
const BUCKETS = 2048;

/**
 * The smallest key at which the running sum of weights, over the keys of these ids in ascending order, is enough; the
 * largest if it never is; undefined if there are no ids.
 *
 * The keys are not sorted: they are dealt into buckets of ascending keys, and only the bucket with the edge is looked at
 * again. For 50,000 keys that takes about a tenth of the time of sorting.
 *
 * @param before the sum that the weights are added to
 */
export function edgeOf(
  ids: Uint32Array,
  keys: Float32Array,
  weights: Float32Array,
  before: number,
  isEnough: (sum: number) => boolean,
): Edge | undefined {
  if (ids.length <= FEW) return edgeAmong(ids, keys, weights, before, isEnough);
  const [least, most] = boundsOf(ids, keys);
  if (least === most) return { key: least, before };
  const scale = (BUCKETS - 1) / (most - least);
  const bucketOf = new Uint16Array(ids.length);
  const sums = new Float64Array(BUCKETS);
  for (let i = 0; i < ids.length; i++) {
    const key = keys[ids[i]!]!;
    // If one key is infinite, all finite ones go to the first bucket.
    const bucket = key === Number.POSITIVE_INFINITY ? BUCKETS - 1 : ((key - least) * scale) | 0;
    bucketOf[i] = bucket;
    sums[bucket]! += weights[ids[i]!]!;
  }
  let edge = 0;
  // Sums of float32 weights in float64 are exact to far below the float32 that `isEnough` compares.
  let sum = before;
  while (edge < BUCKETS - 1 && !isEnough(sum + sums[edge]!)) sum += sums[edge++]!;
  const left = new Uint32Array(ids.length);
  let count = 0;
  for (let i = 0; i < ids.length; i++) if (bucketOf[i] === edge) left[count++] = ids[i]!;
  return edgeOf(left.subarray(0, count), keys, weights, sum, isEnough);
}

function boundsOf(ids: Uint32Array, keys: Float32Array): [least: number, most: number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < ids.length; i++) {
    const key = keys[ids[i]!]!;
    if (key < least) least = key;
    if (key > most) most = key;
  }
  return [least, most];
}

function edgeAmong(
  ids: Uint32Array,
  keys: Float32Array,
  weights: Float32Array,
  before: number,
  isEnough: (sum: number) => boolean,
): Edge | undefined {
  let edge: Edge | undefined;
  let total = before;
  for (const id of ids.toSorted((a, b) => keys[a]! - keys[b]!)) {
    const key = keys[id]!;
    if (edge === undefined || key > edge.key) {
      if (edge && isEnough(total)) return edge;
      edge = { key, before: total };
    }
    total += weights[id]!;
  }
  return edge;
}

/** The ids whose numbers are above a bound. They are counted first: memory for all costs more. */
export function idsAbove(numbers: Float32Array, bound: number): Uint32Array {
  const ids = new Uint32Array(countAbove(numbers, bound));
  let count = 0;
  for (let id = 0; id < numbers.length; id++) if (numbers[id]! > bound) ids[count++] = id;
  return ids;
}
