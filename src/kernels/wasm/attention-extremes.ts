import type { Attended, AttentionSpec } from "../kernels";
import { placeOf, rowsOfText } from "../reference/attention";

/**
 * Larger scores are rounded by more than 1e-5 in float32, and so are their weights: the reference computes such rows.
 * Trained models stay below it, except for a few heads.
 */
const LARGEST_SCORE = 128;

/** A key this far below the greatest score of its row has a weight below 1e-8, which may be rounded wrongly. */
const FAR_BELOW = 20;

/** The safe range of products of g and v in float32, with room for sums and further factors. */
const [SMALLEST_PRODUCT, LARGEST_PRODUCT] = [1e-25, 1e30];

/** ∂s is a difference that float32 rounds by 1e-7 of its terms: a larger q or k turns that into more than 1e-5. */
const LARGEST_FACTOR = 100;

type Chosen = (row: number) => boolean;

/** Whether float32 is enough for a row, given its greatest score and the sum of its weights. */
export const isPlain = (greatest: number, total: number): boolean =>
  Math.abs(greatest) <= LARGEST_SCORE && total < Number.POSITIVE_INFINITY;

/** Tells which rows are too inaccurate in float32, by their statistics and bias; undefined if there are none. */
export function extremeRows(
  { statistics }: Attended<Float32Array>,
  [q, k]: readonly [q: Float32Array, k: Float32Array],
  spec: AttentionSpec<Float32Array>,
  hiddenToo: boolean,
): Chosen | undefined {
  const cancels = cancellingRows(q, k, spec, statistics);
  const isExtreme = (row: number) => {
    const greatest = statistics[2 * row]!;
    if (greatest === Number.NEGATIVE_INFINITY) return hiddenToo;
    return !isPlain(greatest, statistics[2 * row + 1]!) || (cancels?.(row) ?? false);
  };
  for (let row = 0; row < statistics.length / 2; row++) if (isExtreme(row)) return isExtreme;
  return undefined;
}

/**
 * Tells in which rows a large bias may cancel a product of q and k: their sum is small but rounded like large numbers.
 * Undefined if no bias is that close to the products.
 */
function cancellingRows(
  q: Float32Array,
  k: Float32Array,
  spec: AttentionSpec<Float32Array>,
  statistics: Float32Array,
): Chosen | undefined {
  const { heads, headDim, bias } = spec;
  const least = bias ? leastLarge(bias.values) : Number.POSITIVE_INFINITY;
  if (!bias || least === Number.POSITIVE_INFINITY) return undefined;
  const largestKey = largestOfKeys(k, spec) * Math.abs(spec.scale);
  /** An upper bound of the products of this row's q with a key. */
  const reach = (row: number): number => {
    let sum = 0;
    for (let i = row * headDim; i < (row + 1) * headDim; i++) sum += Math.abs(q[i]!);
    return sum * largestKey;
  };
  return (row) => {
    const [products, greatest] = [reach(row), statistics[2 * row]!];
    if (products < least - LARGEST_SCORE - FAR_BELOW) return false;
    const [place, h] = [Math.floor(row / heads), row % heads];
    const b = spec.starts ? textAt(spec.starts, place) : Math.floor(place / spec.queries);
    const { first, keys } = rowsOfText(spec, b);
    const i = place - first;
    for (let j = 0; j < keys; j++) {
      const added = bias.values[placeOf(bias, b, h, i, j)]!;
      if (!(Math.abs(added) > LARGEST_SCORE)) continue;
      if (added + products >= greatest - FAR_BELOW && added - products <= greatest) return true;
    }
    return false;
  };
}

/** The text that has a row. */
const textAt = (starts: Int32Array, row: number): number => starts.findLastIndex((start) => start <= row);

/** The smallest magnitude of the large biases, except those that hide a key. */
function leastLarge(values: Float32Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) if (Math.abs(value) > LARGEST_SCORE) least = Math.min(least, Math.abs(value));
  return least;
}

/** The largest magnitude in the keys in use. */
function largestOfKeys(k: Float32Array, spec: AttentionSpec<Float32Array>): number {
  const each = spec.keyValueHeads * spec.headDim;
  let largest = 0;
  for (let b = 0; b < spec.batch; b++) {
    const { firstKey, keys } = rowsOfText(spec, b);
    for (const value of k.subarray(firstKey * each, (firstKey + keys) * each))
      largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}

/** Whether float32 is enough for the products of the gradient, given the largest |q|, |k|, |v| and |g|. */
export function productsFit([q = 0, k = 0, v = 0, gradient = 0]: readonly number[], scale: number): boolean {
  const factors = [q * Math.abs(scale), k * Math.abs(scale)];
  return fits(gradient * v) && factors.every((factor) => factor <= LARGEST_FACTOR && fits(gradient * v * factor));
}

const fits = (product: number): boolean => product === 0 || (product >= SMALLEST_PRODUCT && product <= LARGEST_PRODUCT);
