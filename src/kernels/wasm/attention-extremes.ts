import type { Attended, AttentionSpec, Buffer } from "../kernels";

/**
 * Scores beyond this are rounded by more than 1e-5 in float32, and their weights with them: such rows are left to the
 * reference. Trained models stay below it but for a few heads.
 */
const LARGEST_SCORE = 128;

/** What products of g and v stay between in float32, with room for sums and further factors. */
const [SMALLEST_PRODUCT, LARGEST_PRODUCT] = [1e-25, 1e30];

/** ∂s is a difference that float32 rounds by 1e-7 of its terms: a q or k beyond this makes that more than 1e-5. */
const LARGEST_FACTOR = 100;

/** Says which rows float32 does not get right, by their statistics; undefined where there are none. */
export function extremeRows({ statistics }: Attended, hiddenToo: boolean): ((row: number) => boolean) | undefined {
  const isExtreme = (row: number) => {
    const greatest = statistics[2 * row]!;
    if (greatest === Number.NEGATIVE_INFINITY) return hiddenToo;
    return !(Math.abs(greatest) <= LARGEST_SCORE && statistics[2 * row + 1]! < Number.POSITIVE_INFINITY);
  };
  for (let row = 0; row < statistics.length / 2; row++) if (isExtreme(row)) return isExtreme;
  return undefined;
}

/** Whether float32 is enough for the products of the gradient. */
export function productsFit(q: Buffer, k: Buffer, v: Buffer, gradient: Buffer, { scale }: AttentionSpec): boolean {
  const ofScores = magnitude(gradient) * magnitude(v);
  const factors = [magnitude(q) * Math.abs(scale), magnitude(k) * Math.abs(scale)];
  return fits(ofScores) && factors.every((factor) => factor <= LARGEST_FACTOR && fits(ofScores * factor));
}

const fits = (product: number): boolean => product === 0 || (product >= SMALLEST_PRODUCT && product <= LARGEST_PRODUCT);

/** The largest |x|; NaN is passed over. */
function magnitude(x: Buffer): number {
  let largest = 0;
  for (let i = 0; i < x.length; i++) {
    const size = Math.abs(x[i]!);
    if (size > largest) largest = size;
  }
  return largest;
}
