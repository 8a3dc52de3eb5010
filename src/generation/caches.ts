import { KeyValueCache } from "../blocks";
import { keepsAll, withoutPaddingOf } from "../blocks/internal";
import { ShapeError, type Tensor } from "../tensor";
import type { Writer } from "./language-model";
import { doorOf, PrefixCache } from "./prefix-cache";
import type { ReadText } from "./read-text";
import { readText } from "./reading";
import type { Turns } from "./yield";

/** The rows of a batch as they are now. */
export interface Batch {
  /** All tokens of each row, without padding. */
  readonly rows: readonly (readonly number[])[];
  /** The number of columns of padding before each row. */
  readonly padding: readonly number[];
}

/** The cache of the rows of one scorer. */
export interface CacheUse {
  /** Undefined where the model runs without one. */
  cache: KeyValueCache | undefined;
  /** Brings in what is known of the rows. Before the last column is read, `readTo` reads as far as is said. */
  begin(batch: Batch, readTo: (column: number) => Promise<void>): Promise<void>;
  /** Before these rows become the batch. */
  reorder(rows: readonly number[], batch: Batch, memory: Tensor | undefined): void;
  /** Before columns of padding that all rows have are dropped. */
  dropPadding(columns: number): void;
  /** The generation is over. */
  end(batch: Batch): void;
}

/** A cache that nobody else sees. */
class OwnCache implements CacheUse {
  constructor(public cache: KeyValueCache | undefined) {}

  async begin(_batch: Batch, _readTo: (column: number) => Promise<void>): Promise<void> {}

  reorder(rows: readonly number[], _batch: Batch, memory: Tensor | undefined): void {
    this.cache?.reorder(rows, memory);
  }

  dropPadding(columns: number): void {
    if (this.cache) this.cache = withoutPaddingOf(this.cache, columns);
  }

  end(_batch: Batch): void {}
}

/** Caches of callers that a generation is using. */
const inUse = /* @__PURE__ */ new WeakSet<KeyValueCache>();

/** The caller's cache. Once rows leave, the generation goes on with a copy. */
class GivenCache extends OwnCache {
  readonly #given: KeyValueCache;

  constructor(given: KeyValueCache) {
    super(given);
    this.#given = given;
    inUse.add(given);
  }

  override reorder(rows: readonly number[], batch: Batch, memory: Tensor | undefined): void {
    if (this.cache === this.#given) this.cache = this.#given.fork();
    super.reorder(rows, batch, memory);
  }

  override end(): void {
    inUse.delete(this.#given);
  }
}

/** A cache whose texts begin with what a PrefixCache holds, and come into it at the end. */
class PrefixedCache extends OwnCache {
  readonly #writer: Writer;
  readonly #prefix: PrefixCache;
  readonly #turns: Turns;

  constructor(writer: Writer, prefix: PrefixCache, turns: Turns) {
    super(undefined);
    this.#writer = writer;
    this.#prefix = prefix;
    this.#turns = turns;
  }

  override async begin(batch: Batch, readTo: (column: number) => Promise<void>): Promise<void> {
    const { keepsAll: keeps } = doorOf(this.#prefix);
    const isSafe = keeps();
    this.cache = await this.#known(batch);
    if (isSafe) return;
    // What comes later may not be taken back, so that the prompt is kept by itself. Its last token is read each time.
    const columns = batch.padding[0]! + batch.rows[0]!.length;
    await readTo(columns - 1);
    if (!keepsAll(this.cache, Infinity)) this.#keep(batch, [...batch.rows.keys()]);
  }

  /** The rows as far as they are known, aligned at their ends. What some rows lack is read for each alone. */
  async #known({ rows, padding }: Batch): Promise<KeyValueCache> {
    const door = doorOf(this.#prefix);
    const isSteady = rows.every(({ length }) => length <= this.#writer.steadyLength);
    const found = rows.map((row) => (isSteady ? door.take(row) : undefined));
    const column = found.reduce((most, text, r) => (text ? Math.max(most, padding[r]! + text.ids.length) : most), 0);
    const end = column === 0 ? 0 : Math.max(column, Math.max(...padding) + 1);
    const isPossible = rows.every((row, r) => end - padding[r]! < row.length);
    if (end === 0 || !isPossible) {
      for (const text of found) if (text) door.keep(text);
      return this.#newCache();
    }
    const texts = rows.map((row, r) => ({ row, cache: found[r]?.cache ?? this.#newCache() }));
    try {
      for (const [r, { row, cache }] of texts.entries())
        await readText(this.#writer, cache, row.slice(0, end - padding[r]!), this.#turns);
    } catch (error) {
      for (const { row, cache } of texts) door.keep({ ids: row.slice(0, cache.length), cache });
      throw error;
    }
    const [first, ...others] = texts.map(({ cache }) => cache);
    for (const other of others) first!.join(other);
    return first!;
  }

  #newCache(): KeyValueCache {
    const { sizes } = this.#writer;
    return this.#writer.cache({ capacity: sizes.contextLength, bits: this.#prefix.bits }, true)!;
  }

  override reorder(rows: readonly number[], batch: Batch, memory: Tensor | undefined): void {
    // Beams come and go, but their number stays.
    if (rows.length < batch.rows.length)
      this.#keep(
        batch,
        [...batch.rows.keys()].filter((row) => !rows.includes(row)),
      );
    super.reorder(rows, batch, memory);
  }

  override end(batch: Batch): void {
    this.#keep(batch, [...batch.rows.keys()], true);
    this.cache = undefined;
  }

  /** Puts rows into the PrefixCache as far as they were read. */
  #keep({ rows, padding }: Batch, chosen: readonly number[], isEnd = false): void {
    const { cache } = this;
    if (cache === undefined || cache.length === 0) return;
    for (const row of chosen) {
      const before = padding[row]!;
      // Positions of longer texts are turned in another way.
      if (cache.length <= before || cache.length - before > this.#writer.steadyLength) continue;
      const ids = rows[row]!.slice(0, cache.length - before);
      const isWhole = isEnd && rows.length === 1 && before === 0;
      const text: ReadText = { ids, cache: isWhole ? cache : withoutPaddingOf(cache, before, [row]) };
      doorOf(this.#prefix).keep(text);
    }
  }
}

/** What a caller may pass as `cache`. */
export type CacheOption = boolean | KeyValueCache | PrefixCache | undefined;

/** The caches of one generation. */
export class Caches {
  readonly #option: CacheOption;
  /** The option is for this one; the draft of speculation has a cache of its own. */
  readonly #writer: Writer;
  readonly #uses: (readonly [CacheUse, () => Batch])[] = [];
  #isGiven = false;

  /**
   * @param needsStates whether the search needs the hidden states of all tokens, which no cache keeps
   * @throws TypeError if the option has no effect
   */
  constructor(option: CacheOption, writer: Writer, needsStates: boolean) {
    this.#option = option;
    this.#writer = writer;
    if (typeof option !== "object") return;
    const { where } = writer;
    if (needsStates)
      throw new TypeError(
        `${where}: a cache of earlier texts has no effect with penaltyAlpha, which compares the hidden states of all tokens; pass cache: true`,
      );
    if (option instanceof PrefixCache && writer.encode)
      throw new TypeError(
        `${where}: a PrefixCache has no effect on an encoder-decoder, whose cache depends on its source; pass cache: true`,
      );
    writer.cache({ capacity: 1 }, true);
    if (option instanceof PrefixCache) doorOf(option).bind(where, writer.model);
  }

  /** The cache for the rows of a scorer, of so many columns at most. */
  open(writer: Writer, columns: number, turns: Turns, batch: () => Batch): CacheUse {
    const use = this.#newUse(writer, columns, turns, batch());
    this.#uses.push([use, batch]);
    return use;
  }

  #newUse(writer: Writer, columns: number, turns: Turns, batch: Batch): CacheUse {
    const option = this.#writer === writer || typeof this.#option !== "object" ? this.#option : undefined;
    if (option instanceof PrefixCache) return new PrefixedCache(writer, option, turns);
    if (option instanceof KeyValueCache && !this.#isGiven) {
      this.#isGiven = true;
      expectFits(writer.where, option, columns, batch);
      return new GivenCache(option);
    }
    if (option === false) return new OwnCache(undefined);
    return new OwnCache(writer.cache({ capacity: columns }, option === true));
  }

  /** Ends all uses. */
  end(): void {
    for (const [use, batch] of this.#uses.splice(0)) use.end(batch());
  }
}

/** @throws RangeError or ShapeError unless the cache can hold the start of these rows, and has room for the rest */
function expectFits(where: string, cache: KeyValueCache, columns: number, { rows, padding }: Batch): void {
  if (inUse.has(cache))
    throw new Error(
      `${where}: the cache is in use by another generation; wait for its end, leave its loop, or pass cache.fork()`,
    );
  if (cache.capacity < columns)
    throw new RangeError(
      `${where}: the cache has room for ${cache.capacity} positions, but ${columns} are needed; make it larger, or lower maxNewTokens`,
    );
  if (cache.length === 0) return;
  if (cache.rows !== rows.length)
    throw new ShapeError(`${where}: the cache holds ${cache.rows} rows, but ${rows.length} prompts are read together`);
  if (padding.some((columns) => columns > 0))
    throw new ShapeError(
      `${where}: the cache holds the start of each prompt, so that all prompts must be of one length; use a PrefixCache for prompts of different lengths`,
    );
  const { length } = rows[0]!;
  if (length <= cache.length)
    throw new RangeError(
      `${where}: the cache holds ${cache.length} positions, so that the prompt must have more tokens than ${length}: the whole text, those in the cache included`,
    );
}
