import type { KeyValueCache, Pass } from "../blocks";
import { indexSelect } from "../tensor";
import type { Start } from "./prompt";
import type { Scorer } from "./scorer";

/** Runs a decoder step by step, over all rows of a batch at once. */
export class Stepper implements Scorer {
  #start: Start;
  readonly #cache: KeyValueCache | undefined;
  /** 0 for padding, for all tokens so far. */
  #mask: number[][] | undefined;
  /** The tokens for the next pass: those not yet in the cache. */
  #pending: number[][];
  /** For each row, the number of its source. */
  #sources: readonly number[];
  /** All tokens so far, until the model is proven to work with the cache. */
  #unproven: number[][] | undefined;

  constructor(start: Start, options: { cache: boolean | undefined; maxNewTokens: number }) {
    this.#start = start;
    this.#pending = start.ids.map((row) => [...row]);
    this.#sources = start.ids.map((_, row) => row);
    this.#mask = start.mask?.map((row) => [...row]);
    // The last new token is never fed to the model.
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

  /** Appends one token to each row. */
  push(tokens: readonly number[]): void {
    this.#pending = tokens.map((id, row) => (this.#cache ? [id] : [...this.#pending[row]!, id]));
    this.#unproven?.forEach((row, r) => void row.push(tokens[r]!));
    for (const row of this.#mask ?? []) row.push(1);
  }

  /** Makes these rows the batch, in this order. */
  reorder(rows: readonly number[]): void {
    const chosen = <Item>(list: readonly Item[]): Item[] => rows.map((row) => list[row]!);
    const copies = (list: readonly (readonly number[])[]): number[][] => chosen(list).map((row) => [...row]);
    this.#start = { ...this.#start, ids: chosen(this.#start.ids) };
    this.#reorderMemory(rows);
    this.#cache?.reorder(rows, this.#start.memory);
    this.#pending = copies(this.#pending);
    this.#mask &&= copies(this.#mask);
    this.#unproven &&= copies(this.#unproven);
  }

  /** Rows of the same source share its memory: as long as they change places only among themselves, it stays. */
  #reorderMemory(rows: readonly number[]): void {
    const { memory, memoryMask } = this.#start;
    const sources = rows.map((row) => this.#sources[row]!);
    const isSame =
      sources.length === this.#sources.length && sources.every((source, at) => source === this.#sources[at]);
    this.#sources = sources;
    if (memory === undefined || isSame) return;
    const chosen = indexSelect(memory, rows, { axis: 0 }) as typeof memory;
    this.#start = { ...this.#start, memory: chosen, memoryMask: memoryMask && rows.map((row) => memoryMask[row]!) };
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
