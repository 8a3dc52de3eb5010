import { exactLogSum } from "./exact-log-sum";
import { float32 } from "./processors/scores";
import type { Scorer } from "./scorer";

/**
 * Classifier-free guidance: negative + scale · (own − negative), of log-probabilities after the row and after a negative
 * prompt that goes on with the same tokens.
 *
 * @see Sanchez et al. 2023, Stay on Topic with Classifier-Free Guidance (arXiv 2306.17806), section 2
 */
export class Guided implements Scorer {
  readonly #own: Scorer;
  readonly #negative: Scorer;
  readonly #scale: number;
  #logits: readonly Float32Array[] = [];

  constructor(own: Scorer, negative: Scorer, scale: number) {
    this.#own = own;
    this.#negative = negative;
    this.#scale = scale;
  }

  /** The scores of the row alone. */
  get logits(): readonly Float32Array[] {
    return this.#logits;
  }

  async scores(): Promise<Float32Array[]> {
    this.#logits = await this.#own.scores();
    const negative = await this.#negative.scores();
    return this.#logits.map((own, row) => guided(own, negative[row]!, this.#scale));
  }

  push(tokens: readonly number[]): void {
    this.#own.push(tokens);
    this.#negative.push(tokens);
  }

  reorder(rows: readonly number[]): void {
    this.#own.reorder(rows);
    this.#negative.reorder(rows);
  }
}

function guided(own: Float32Array, negative: Float32Array, scale: number): Float32Array {
  const [ownSum, negativeSum] = [exactLogSum(own), exactLogSum(negative)];
  return own.map((score, id) => {
    const [here, there] = [score - ownSum, negative[id]! - negativeSum];
    // A token that is impossible stays so, and infinities have no difference.
    return here === Number.NEGATIVE_INFINITY || there === Number.NEGATIVE_INFINITY
      ? here
      : float32(there + scale * (here - there));
  });
}
