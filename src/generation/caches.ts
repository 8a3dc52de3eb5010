import { KeyValueCache } from "../blocks";
import { ShapeError, type Tensor } from "../tensor";
import { type Batch, type CacheUse, OwnCache } from "./cache-use";
import type { Writer } from "./language-model";
import type { PrefixCache } from "./prefix-cache";
import { doorOf } from "./prefix-door";
import type { Turns } from "./yield";

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
    const door = doorOf(option);
    if (door && writer.encode)
      throw new TypeError(
        `${where}: a PrefixCache has no effect on an encoder-decoder, whose cache depends on its source; pass cache: true`,
      );
    writer.cache({ capacity: 1 }, true);
    door?.bind(where, writer.model);
  }

  /** The cache for the rows of a scorer, of so many columns at most. */
  open(writer: Writer, columns: number, turns: Turns, batch: () => Batch): CacheUse {
    const use = this.#newUse(writer, columns, turns, batch());
    this.#uses.push([use, batch]);
    return use;
  }

  #newUse(writer: Writer, columns: number, turns: Turns, batch: Batch): CacheUse {
    const option = this.#writer === writer || typeof this.#option !== "object" ? this.#option : undefined;
    const door = doorOf(option);
    if (door) return door.open(writer, turns);
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
