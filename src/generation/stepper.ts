import type { KeyValueCache, Pass } from "../blocks";
import type { Tensor } from "../tensor";
import type { Batch, CacheUse } from "./cache-use";
import type { Caches } from "./caches";
import { lastPositions, type Writer } from "./language-model";
import { pausesOf } from "./reading";
import type { Foresight, ScoresAndStates } from "./scorer";
import { chosenStart, type Start } from "./start";
import type { Turns } from "./yield";

export interface StepperOptions {
  caches: Caches;
  /** Prompts are read in pieces; between them the event loop runs. */
  turns: Turns;
  /** The largest number of new tokens of a row. */
  maxNewTokens: number;
}

/**
 * Runs a decoder step by step, over all rows of a batch at once. Rows that are shorter than the longest begin with
 * padding, which a mask hides.
 */
export class Stepper implements Foresight {
  #start: Start;
  readonly #options: StepperOptions;
  readonly #caching: CacheUse;
  #hasBegun = false;
  /** All tokens of each row, without padding. */
  #rows: number[][];
  /** For each row, the number of its source. */
  #sources: readonly number[];
  /** The number of columns of padding before each row. */
  #padding: number[];
  /** The number of columns that stay, if later ones may be dropped. */
  #marked: number | undefined;
  /** The cache without columns that may be dropped, where it cannot forget them. */
  #fork: KeyValueCache | undefined;
  /** Whether the model must still be proven to work with the cache. */
  #unproven: boolean;

  constructor(start: Start, options: StepperOptions) {
    this.#start = start;
    this.#options = options;
    this.#rows = start.ids.map((row) => [...row]);
    this.#sources = [...this.#rows.keys()];
    const width = Math.max(...this.#rows.map(({ length }) => length));
    this.#padding = this.#rows.map(({ length }) => width - length);
    this.#caching = this.#openCache();
    this.#unproven = this.#cache !== undefined && start.writer.claims.length > 0;
  }

  get givesScores(): boolean {
    return this.#start.writer.givesScores;
  }

  /** The scores for each row's next token, [batch] of [vocabSize] */
  async scores(): Promise<Float32Array[]> {
    return (await this.scoresOfLast(1)).map(([scores]) => scores!);
  }

  async scoresOfLast(count: number): Promise<Float32Array[][]> {
    this.#fitContext();
    if (!this.#hasBegun) await this.#begin(count);
    this.#rereadLong();
    this.#keepFork();
    await this.#readTo(this.#columns - count + 1, false);
    const held = this.#cache?.length ?? 0;
    const logits = await this.#run(held, this.#columns, this.#cache, count).read(); // [batch, count, vocabSize]
    if (this.#unproven && held > 0) {
      expectSame(logits, await this.#run(0, this.#columns, undefined, count).read(), this.#start.writer);
      this.#unproven = false;
    }
    return split(logits, this.#rows.length).map((row) => split(row, count));
  }

  /** The last hidden states of the last `count` tokens, with the scores for the next one. */
  async scoresWithStates(count: number): Promise<ScoresAndStates> {
    const { hidden, head } = this.#start.writer.states!;
    const held = this.#cache?.length ?? 0;
    const states = lastPositions(
      hidden(this.#idsOf(held, this.#columns), this.#pass(held, this.#columns, this.#cache)),
      count,
    );
    const rows = this.#rows.length;
    return {
      logits: split(await head(lastPositions(states, 1)).read(), rows),
      states: split(await states.read(), rows).map((row) => split(row, count)),
    };
  }

  mark(): void {
    this.#marked = this.#columns;
    this.#fork = undefined;
  }

  drop(count: number): void {
    if (count === 0) return;
    for (const row of this.#rows) row.splice(row.length - count);
    if (this.#cache === undefined || this.#cache.length <= this.#columns) return;
    if (this.#cache.shortest <= this.#columns) this.#cache.truncate(this.#columns);
    else if (this.#fork === undefined) this.#cache.truncate(0);
    else this.#caching.cache = this.#fork;
    this.#fork = undefined;
  }

  /** A state of the whole text cannot be cut: tokens that may be dropped go into a copy. */
  #keepFork(): void {
    const ahead = this.#marked !== undefined && this.#columns > this.#marked;
    if (!ahead || !this.#cache || this.#cache.length === 0 || this.#cache.truncatable || this.#fork) return;
    this.#fork = this.#cache;
    this.#caching.cache = this.#fork.fork();
  }

  push(tokens: readonly number[]): void {
    for (const [r, row] of this.#rows.entries()) row.push(tokens[r]!);
  }

  reorder(rows: readonly number[]): void {
    if (isSame(rows, this.#rows.keys())) return;
    this.#start = this.#chosenStart(rows);
    this.#caching.reorder(rows, this.#batch, this.#start.memory);
    this.#rows = rows.map((row) => [...this.#rows[row]!]);
    this.#padding = rows.map((row) => this.#padding[row]!);
  }

  /** Rows of one source share its memory, which stays as long as they change places only among themselves. */
  #chosenStart(rows: readonly number[]): Start {
    const sources = rows.map((row) => this.#sources[row]!);
    const stays = isSame(sources, this.#sources.values());
    this.#sources = sources;
    return stays ? this.#start : chosenStart(this.#start, rows);
  }

  get #columns(): number {
    return this.#padding[0]! + this.#rows[0]!.length;
  }

  get #batch(): Batch {
    return { rows: this.#rows, padding: this.#padding };
  }

  get #cache(): KeyValueCache | undefined {
    return this.#caching.cache;
  }

  #openCache(): CacheUse {
    const { caches, turns, maxNewTokens } = this.#options;
    const { writer } = this.#start;
    // The last new token is never fed to the model.
    const columns = Math.min(this.#columns + maxNewTokens - 1, writer.sizes.contextLength);
    return caches.open(writer, columns, turns, () => this.#batch);
  }

  /** Scores of the last `count` tokens are asked for, so that these are read in any case. */
  async #begin(count: number): Promise<void> {
    this.#hasBegun = true;
    const rows = this.#rows.map((row) => row.slice(0, row.length - count + 1));
    await this.#caching.begin({ ...this.#batch, rows }, (column) => this.#readTo(column, true));
  }

  /** Reads columns up to one in pieces, the last piece only if it is asked for. */
  async #readTo(end: number, isWhole: boolean): Promise<void> {
    const cache = this.#cache;
    if (!cache || cache.length >= (isWhole ? end : end - 1)) return;
    const pauses = pausesOf(this.#start.writer, this.#rows.length, cache.length, end);
    for (const pause of isWhole ? [...pauses, end] : pauses) {
      this.#run(cache.length, pause, cache);
      await this.#options.turns.take();
    }
  }

  /** When longer rows have left, the others go on without their padding, as far as the context reaches. */
  #fitContext(): void {
    if (this.#columns <= this.#start.writer.sizes.contextLength) return;
    const common = Math.min(...this.#padding);
    this.#padding = this.#padding.map((padding) => padding - common);
    this.#caching.dropPadding(common);
  }

  /** Where keys of a short text have other positions than those of a long one, the cache begins anew. */
  #rereadLong(): void {
    const { rereadAfter = Number.POSITIVE_INFINITY } = this.#start.writer.sizes;
    const held = this.#cache?.length ?? 0;
    if (held > 0 && held <= rereadAfter && this.#columns > rereadAfter) this.#cache?.truncate(0);
  }

  /** The scores of the last `count` of some columns. */
  #run(from: number, end: number, cache: KeyValueCache | undefined, count = 1): Tensor {
    return this.#start.writer.lastLogits(this.#idsOf(from, end), this.#pass(from, end, cache), count);
  }

  /** The tokens of some columns. */
  #idsOf(from: number, end: number): number[][] {
    return this.#rows.map((row, r) => columnsOf(row, this.#padding[r]!, from, end));
  }

  #pass(from: number, end: number, cache: KeyValueCache | undefined): Pass {
    const { memory, memoryMask } = this.#start;
    const pass = { cache, memory, memoryMask };
    if (this.#padding.every((padding) => padding === 0)) return pass;
    const columns = Array.from({ length: end }, (_, column) => column);
    const mask = this.#padding.map((padding) => columns.map((column) => (column < padding ? 0 : 1)));
    const last = columns.slice(from);
    return { ...pass, mask, positions: this.#padding.map((padding) => last.map((at) => Math.max(0, at - padding))) };
  }
}

/** Some columns of a row, which begins after padding. */
const columnsOf = (row: readonly number[], padding: number, from: number, end: number): number[] => [
  ...new Array<number>(Math.max(0, Math.min(padding, end) - from)).fill(0),
  ...row.slice(Math.max(0, from - padding), Math.max(0, end - padding)),
];

/** [parts, size] → [parts] of [size] */
function split(values: Float32Array, parts: number): Float32Array[] {
  const size = values.length / parts;
  return Array.from({ length: parts }, (_, part) => values.subarray(part * size, (part + 1) * size));
}

/** Whether these are the same numbers, as many and in this order. */
function isSame(numbers: readonly number[], others: Iterable<number>): boolean {
  const all = [...others];
  return numbers.length === all.length && numbers.every((number, place) => number === all[place]);
}

/** The largest rounding difference of scores, relative to the largest score. */
const ROUNDING = 1e-3;

/** @throws Error that names the modules that may be wrong, if scores with a cache differ from those without */
function expectSame(cached: Float32Array, whole: Float32Array, { where, claims }: Writer): void {
  const largest = whole.reduce((most, score) => Math.max(most, Math.abs(score)), 1);
  if (!cached.some((score, i) => Math.abs(score - whole[i]!) > ROUNDING * largest)) return;
  throw new Error(
    `${where}: the model gives different scores with a cache than without. Modules that declare "caching" must follow its rules (see Module.caching): ${claims.join("; ")}. Of what cache.append returns, only the first keys positions count, and query i stands at keys − seq + i. Fix them, or pass cache: false`,
  );
}
