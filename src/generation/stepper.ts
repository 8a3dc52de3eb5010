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
  /** All tokens so far, until it is sure that the model keeps up with the cache. */
  #unproven: number[][] | undefined;

  constructor(start: Start, options: { cache: boolean | undefined; maxNewTokens: number }) {
    this.#start = start;
    this.#pending = start.ids.map((row) => [...row]);
    this.#mask = start.mask?.map((row) => [...row]);
    // The last of the new tokens is never fed.
    const capacity = start.ids[0]!.length + options.maxNewTokens - 1;
    this.#cache = options.cache === false ? undefined : start.writer.cache({ capacity }, options.cache === true);
    if (this.#cache && start.writer.claims.length > 0) this.#unproven = this.#pending.map((row) => [...row]);
  }

  /** The scores for each row's next token, [batch] of [vocabSize] */
  async scores(): Promise<Float32Array[]> {
    const held = this.#cache?.length ?? 0;
    const logits = await this.#run(this.#pending, this.#cache); // [batch, 1, vocabSize]
    if (this.#unproven && held > 0) {
      expectSame(logits, await this.#run(this.#unproven, undefined), this.#start.writer.claims);
      this.#unproven = undefined;
    }
    const vocabSize = logits.length / this.#pending.length;
    return this.#pending.map((_, row) => logits.subarray(row * vocabSize, (row + 1) * vocabSize));
  }

  /** Goes on by one token in each row. */
  push(tokens: readonly number[]): void {
    this.#pending = tokens.map((id, row) => (this.#cache ? [id] : [...this.#pending[row]!, id]));
    this.#unproven?.forEach((row, r) => void row.push(tokens[r]!));
    for (const row of this.#mask ?? []) row.push(1);
  }

  #run(ids: number[][], cache: KeyValueCache | undefined): Promise<Float32Array> {
    return this.#start.writer.lastLogits(ids, this.#pass(ids[0]!.length, cache)).read();
  }

  #pass(seq: number, cache: KeyValueCache | undefined): Pass {
    const { memory, memoryMask } = this.#start;
    const pass = { cache, memory, memoryMask };
    if (!this.#mask) return pass;
    const positions = this.#mask.map((row) => positionsUnder(row).slice(-seq));
    return { ...pass, mask: this.#mask, positions };
  }
}

/** How far scores may differ by rounding, of the largest. */
const ROUNDING = 1e-3;

/** @throws Error that names the modules that may be at fault, if scores with a cache differ from those without */
function expectSame(cached: Float32Array, whole: Float32Array, claims: readonly string[]): void {
  const largest = whole.reduce((most, score) => Math.max(most, Math.abs(score)), 1);
  if (!cached.some((score, i) => Math.abs(score - whole[i]!) > ROUNDING * largest)) return;
  throw new Error(
    `generate: with a cache the model gives other scores than without. What declares "caching" must keep to it (see Module.caching): ${claims.join("; ")}. Correct it, or give cache: false`,
  );
}

/** Tokens that are not padding count 0, 1, 2, …; padding stands at 0. */
function positionsUnder(mask: readonly number[]): number[] {
  let next = 0;
  return mask.map((kept) => (kept === 1 ? next++ : 0));
}
