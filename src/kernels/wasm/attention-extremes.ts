import type { Attended } from "../kernels";

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

/** Whether float32 is enough for the products of the gradient, given the largest |q|, |k|, |v| and |g|. */
export function productsFit([q = 0, k = 0, v = 0, gradient = 0]: readonly number[], scale: number): boolean {
  const factors = [q * Math.abs(scale), k * Math.abs(scale)];
  return fits(gradient * v) && factors.every((factor) => factor <= LARGEST_FACTOR && fits(gradient * v * factor));
}

const fits = (product: number): boolean => product === 0 || (product >= SMALLEST_PRODUCT && product <= LARGEST_PRODUCT);
