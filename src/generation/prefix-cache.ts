import type { Module } from "../blocks";
import { expectModule, keepsAll } from "../blocks/internal";
import { arrayOf, type Checks, checkOptions, oneOf, wholeIn } from "../checks";
import { kindNamed } from "../describe";
import { defineVisible, printed } from "../visible";
import { fingerprint, isSameModel } from "./fingerprint";
import { type Door, openDoor } from "./prefix-door";
import { PrefixedCache } from "./prefixed-cache";
import type { ReadText } from "./read-text";
import { prefixBytes, prefixTexts } from "./saved-prefix";

/** How many texts a `PrefixCache` keeps, and how. */
export interface PrefixCacheConfig {
  /** The largest number of texts that it keeps; the least recently used ones leave. 4 if omitted. */
  texts?: number | undefined;
  /** Keeps keys and values in 8 bits, as a KeyValueCache does; float32 if omitted. */
  bits?: 8 | undefined;
}

const expectTokens = /* @__PURE__ */ arrayOf(/* @__PURE__ */ wholeIn({ least: 0 }), "an array of token ids");
const checks: Checks<PrefixCacheConfig> = { texts: wholeIn({ least: 1 }), bits: oneOf([8]) };

/**
 * Texts that a model has read, for `generate`, `chat` and their kind to go on from: with `cache: prefix`, only the tokens
 * after the longest prefix that a new prompt has in common with one of them are computed. The next turn of a chat then
 * costs as much as its new text. Results are those without it.
 *
 * Rows of a batch and generations that run at the same time may share it. It belongs to the first model that it is used
 * with; when this model's weights change, it forgets its texts. Of a model that keeps a state of the whole text, which
 * cannot be taken back, or only a window, a prefix is found if it ends where a prompt or an answer ended.
 *
 * @example
 * ```ts
 * import { generate, gpt, PrefixCache } from "transformer-blocks";
 * const model = gpt({ vocabSize: 8, contextLength: 32, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
 * const cache = new PrefixCache();
 * const { sequences } = await generate(model, [[1, 2, 3]], { maxNewTokens: 4, cache });
 * cache.longest([...sequences[0]!, 5, 6]); // 6, all that was read: the last new token never was
 * ```
 */
export class PrefixCache {
  /** The largest number of texts. */
  readonly texts: number;
  /** In how many bits it keeps keys and values; undefined for float32. */
  readonly bits: 8 | undefined;
  /** The tokens of each text, the most recently used one last. */
  declare readonly held: readonly (readonly number[])[];
  #model: Module | undefined;
  #fingerprint = "";
  #texts: ReadText[] = [];

  constructor(config: PrefixCacheConfig = {}) {
    checkOptions("PrefixCache", config, checks);
    this.texts = config.texts ?? 4;
    this.bits = config.bits;
    defineVisible(this, "held", () => this.#texts.map(({ ids }) => [...ids]));
    const door: Door = {
      open: (writer, turns) => new PrefixedCache(writer, door, this.bits, turns),
      bind: (where, model) => this.#bind(where, model),
      take: (ids) => this.#take(ids),
      keep: (text) => this.#keep(text),
      keepsAll: () => this.#texts.length > 0 && this.#texts.every(({ cache }) => keepsAll(cache, Infinity)),
    };
    openDoor(this, door);
  }

  /** What Node and Bun print. */
  [Symbol.for("nodejs.util.inspect.custom")](depth: number, options: object, inspect: () => string): string {
    return printed(
      "PrefixCache",
      { texts: this.texts, held: this.held.length, bytes: this.bytes },
      depth,
      options,
      inspect,
    );
  }

  /** How messages name it, also in another copy of the library. */
  get [Symbol.for("transformer-blocks.kind")]() {
    return kindNamed("PrefixCache");
  }

  /** The bytes of all that it keeps. */
  get bytes(): number {
    return this.#texts.reduce((sum, { cache }) => sum + cache.bytes, 0);
  }

  /** The number of tokens of a prompt that need not be computed again; at least the last one always is. */
  longest(ids: readonly number[]): number {
    expectTokens("PrefixCache", "ids", ids);
    return this.#best(ids)?.usable ?? 0;
  }

  /** Forgets all texts. */
  clear(): void {
    this.#texts = [];
  }

  /**
   * The texts as the bytes of a safetensors file, for `PrefixCache.load`. Texts in 8 bits take 16 bits for each number
   * there.
   */
  async save(): Promise<Uint8Array> {
    return prefixBytes(this.#texts, this.#model, { bits: this.bits, fingerprint: this.#fingerprint });
  }

  /**
   * What `save` gave, for the same model.
   *
   * @throws TypeError unless they are bytes and a model; FormatError if they are no saved prefix; RangeError if they are
   * of another model, or of one with other weights
   * @example
   * ```ts
   * import { generate, gpt, PrefixCache } from "transformer-blocks";
   * const model = gpt({ vocabSize: 8, contextLength: 32, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
   * const cache = new PrefixCache();
   * await generate(model, [[1, 2, 3, 4, 5]], { maxNewTokens: 1, cache });
   * const loaded = PrefixCache.load(await cache.save(), model);
   * loaded.longest([1, 2, 3, 7]); // 3
   * ```
   */
  static load(bytes: Uint8Array, model: Module, config: PrefixCacheConfig = {}): PrefixCache {
    expectModule("PrefixCache", "model", model);
    checkOptions("PrefixCache", config, checks);
    const own = fingerprint(model);
    const { texts, bits } = prefixTexts(bytes, model, own);
    if (config.bits !== undefined && config.bits !== bits)
      throw new RangeError("PrefixCache: the bytes are of a cache in float32, not in 8 bits; omit bits");
    const prefix = new PrefixCache({ texts: config.texts ?? Math.max(4, texts.length), bits });
    [prefix.#model, prefix.#fingerprint] = [model, own];
    prefix.#texts = texts.slice(-prefix.texts);
    return prefix;
  }

  /** @throws TypeError if it belongs to another model */
  #bind(where: string, model: Module): void {
    if (this.#model !== undefined && this.#model !== model)
      throw new TypeError(`${where}: the PrefixCache belongs to another model; use one for each model`);
    const now = fingerprint(model);
    if (!isSameModel(this.#fingerprint, now)) this.clear();
    [this.#model, this.#fingerprint] = [model, now];
  }

  /** What is known of the start of a text, to go on from; it is the caller's. */
  #take(ids: readonly number[]): ReadText | undefined {
    const best = this.#best(ids);
    if (best === undefined) return undefined;
    const { text, usable } = best;
    const others = this.#texts.filter((one) => one !== text);
    // A text that goes on is replaced when it comes back, unless nothing shorter could be taken from it then.
    const isReplaced = usable === text.ids.length && keepsAll(text.cache, Infinity);
    this.#texts = isReplaced ? others : [...others, text];
    return { ids: text.ids.slice(0, usable), cache: isReplaced ? text.cache : text.cache.fork(usable) };
  }

  #keep(text: ReadText): void {
    const { length } = text.ids;
    const isSafe = keepsAll(text.cache, Infinity);
    const startsAlike = ({ ids }: ReadText) => common(ids, text.ids) === length;
    if (length === 0 || (isSafe && this.#texts.some((one) => one.ids.length > length && startsAlike(one)))) return;
    // A text that goes on takes the place of its start, unless the start could not be taken from it.
    const isRest = ({ ids }: ReadText) => common(ids, text.ids) < ids.length || (ids.length < length && !isSafe);
    this.#texts = [...this.#texts.filter(isRest), text].slice(-this.texts);
  }

  #best(ids: readonly number[]) {
    let best: { text: ReadText; usable: number } | undefined;
    for (const text of this.#texts) {
      const shared = Math.min(common(text.ids, ids), ids.length - 1);
      const usable = shared === text.ids.length || shared >= text.cache.shortest ? shared : 0;
      if (usable > 0 && usable >= (best?.usable ?? 0)) best = { text, usable };
    }
    return best;
  }
}

/** How many tokens two texts begin with alike. */
function common(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  let count = 0;
  while (count < end && a[count] === b[count]) count++;
  return count;
}
