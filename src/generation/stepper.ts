import type { KeyValueCache, Pass } from "../blocks";
import type { Start } from "./prompt";

/** Runs a decoder step by step, over all rows of a batch at once. */
export class Stepper {
  readonly #start: Start;
  readonly #cache: KeyValueCache | undefined;
  /** 0 for padding, for all tokens so far. */
  readonly #mask: number[][] | undefined;
  /** The tokens for the next pass: those not yet in the cache. */
  #pending: number[][];
  /** All tokens so far, if they may be needed again. */
  readonly #all: number[][] | undefined;
  /** Whether the model is still to be proven to work with the cache. */
  #unproven: boolean;

  constructor(start: Start, options: { cache: boolean | undefined; maxNewTokens: number }) {
    this.#start = start;
    this.#pending = start.ids.map((row) => [...row]);
    this.#mask = start.mask?.map((row) => [...row]);
    // The last new token is never fed to the model.
    const capacity = start.ids[0]!.length + options.maxNewTokens - 1;
    this.#cache = options.cache === false ? undefined : start.writer.cache({ capacity }, options.cache === true);
    this.#unproven = this.#cache !== undefined && start.writer.claims.length > 0;
    const again = this.#unproven || start.writer.sizes.rereadAfter !== undefined;
    if (this.#cache && again) this.#all = this.#pending.map((row) => [...row]);
  }

  /** The scores for each row's next token, [batch] of [vocabSize] */
  async scores(): Promise<Float32Array[]> {
    this.#rereadLong();
    const held = this.#cache?.length ?? 0;
    const logits = await this.#run(this.#pending, this.#cache); // [batch, 1, vocabSize]
    if (this.#unproven && this.#all && held > 0) {
      expectSame(logits, await this.#run(this.#all, undefined), this.#start.writer.claims);
      this.#unproven = false;
    }
    const vocabSize = logits.length / this.#pending.length;
    return this.#pending.map((_, row) => logits.subarray(row * vocabSize, (row + 1) * vocabSize));
  }

  /** Appends one token to each row. */
  push(tokens: readonly number[]): void {
    this.#pending = tokens.map((id, row) => (this.#cache ? [id] : [...this.#pending[row]!, id]));
    this.#all?.forEach((row, r) => void row.push(tokens[r]!));
    for (const row of this.#mask ?? []) row.push(1);
  }

  /** Where keys of a short text have other positions than those of a long one, the cache begins anew. */
  #rereadLong(): void {
    const { rereadAfter = Number.POSITIVE_INFINITY } = this.#start.writer.sizes;
    const held = this.#cache?.length ?? 0;
    if (!this.#all || held === 0 || held > rereadAfter || held + this.#pending[0]!.length <= rereadAfter) return;
    this.#cache!.truncate(0);
    this.#pending = this.#all.map((row) => [...row]);
  }

  #run(ids: number[][], cache: KeyValueCache | undefined): Promise<Float32Array> {
    return this.#start.writer.lastLogits(ids, this.#pass(ids[0]!.length, cache)).read();
  }

  #pass(seq: number, cache: KeyValueCache | undefined): Pass {
    const { memory, memoryMask, writer } = this.#start;
    const pass = { cache, memory, memoryMask };
    if (!this.#mask) return pass;
    if (writer.countsPadding) return { ...pass, mask: this.#mask };
    const positions = this.#mask.map((row) => positionsUnder(row).slice(-seq));
    return { ...pass, mask: this.#mask, positions };
  }
}

/** The largest rounding difference of scores, relative to the largest score. */
const ROUNDING = 1e-3;

/** @throws Error that names the modules that may be wrong, if scores with a cache differ from those without */
function expectSame(cached: Float32Array, whole: Float32Array, claims: readonly string[]): void {
  const largest = whole.reduce((most, score) => Math.max(most, Math.abs(score)), 1);
  if (!cached.some((score, i) => Math.abs(score - whole[i]!) > ROUNDING * largest)) return;
  throw new Error(
    `generate: the model gives different scores with a cache than without. Modules that declare "caching" must follow its rules (see Module.caching): ${claims.join("; ")}. Fix them, or pass cache: false`,
  );
}

/** The positions 0, 1, 2, … of tokens that are not padding; 0 for padding. */
function positionsUnder(mask: readonly number[]): number[] {
  let next = 0;
  return mask.map((kept) => (kept === 1 ? next++ : 0));
}
