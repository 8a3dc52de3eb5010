import type { KeyValueCache, Pass } from "../blocks";
import type { Start } from "./prompt";

/** Runs a decoder step by step, over all rows of a batch at once. */
export class Stepper {
  readonly #start: Start;
  readonly #cache: KeyValueCache | undefined;
  /** 0 at the padding among all tokens so far. */
  readonly #mask: number[][] | undefined;
  /** The tokens that the next pass takes: those the cache does not hold. */
  #pending: number[][];

  constructor(start: Start, options: { cache: boolean | undefined; maxNewTokens: number }) {
    this.#start = start;
    this.#pending = start.ids.map((row) => [...row]);
    this.#mask = start.mask?.map((row) => [...row]);
    // The last of the new tokens is never fed.
    const capacity = start.ids[0]!.length + options.maxNewTokens - 1;
    this.#cache = options.cache === false ? undefined : start.writer.cache({ capacity }, options.cache === true);
  }

  /** The scores for each row's next token, [batch] of [vocabSize] */
  async scores(): Promise<Float32Array[]> {
    const { writer } = this.#start;
    const logits = await writer.lastLogits(this.#pending, this.#pass()).read(); // [batch, 1, vocabSize]
    const vocabSize = logits.length / this.#pending.length;
    return this.#pending.map((_, row) => logits.subarray(row * vocabSize, (row + 1) * vocabSize));
  }

  /** Goes on by one token in each row. */
  push(tokens: readonly number[]): void {
    this.#pending = tokens.map((id, row) => (this.#cache ? [id] : [...this.#pending[row]!, id]));
    for (const row of this.#mask ?? []) row.push(1);
  }

  #pass(): Pass {
    const { memory, memoryMask } = this.#start;
    const pass = { cache: this.#cache, memory, memoryMask };
    if (!this.#mask) return pass;
    const positions = this.#mask.map((row) => positionsUnder(row).slice(-this.#pending[0]!.length));
    return { ...pass, mask: this.#mask, positions };
  }
}

/** Tokens that are not padding count 0, 1, 2, …; padding stands at 0. */
function positionsUnder(mask: readonly number[]): number[] {
  let next = 0;
  return mask.map((kept) => (kept === 1 ? next++ : 0));
}
