import { type Checks, checkOptions, expectFunction, wholeIn, wrongKind } from "../checks";
import { type Kind, kindNamed } from "../describe";
import { kernels } from "../kernels";
import { knownAs } from "../synonyms";
import { type HeadShape, ShapeError, slice, Tensor } from "../tensor";
import { isRecording, sizeOf } from "../tensor/internal";
import { defineVisible, printed } from "../visible";
import { keepers, named, withoutCaching } from "./caching";
import { expectHeads, expectSameKind, isSameKind, type KeysAndValues, type Own, place } from "./keys-and-values";
import { expectModule, type Module } from "./module";

export interface CacheConfig {
  /** The largest number of positions. */
  capacity: number;
}

const checks: Checks<CacheConfig> = /* @__PURE__ */ knownAs(
  { options: ["capacity maxLength maxCacheLen maxLen maxSeqLen size"] },
  { capacity: wholeIn({ least: 1 }) },
);
const expectCount = wholeIn({ least: 0 });

/**
 * The keys and values of earlier tokens, so that a decoding step computes only the new ones. It has a capacity and is
 * written in place; attention reads it without a copy. Each attention block finds its own part. The model advances
 * `length` once all blocks have written, so that a failed pass changes nothing.
 *
 * @example
 * ```ts
 * import { gpt, KeyValueCache } from "transformer-blocks";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
 * const cache = new KeyValueCache({ capacity: 16 });
 * model.forward([[1, 2, 3]], { cache });
 * model.forward([[4]], { cache }).shape; // [1, 1, 8]
 * cache.length;                          // 4
 * ```
 */
export class KeyValueCache {
  /** The largest number of positions. */
  readonly capacity: number;
  #length = 0;
  /** Its contents, as an own property, so that equality assertions see them. */
  declare readonly held: readonly Pick<KeysAndValues, "k" | "v">[];
  readonly #own = new Map<Module, Own>();
  readonly #memory = new Map<Module, { source: Tensor } & KeysAndValues>();
  /** Modules that were found to work with a cache. */
  readonly #admitted = new Set<Module>();
  /** For each model that can run with a cache, the modules that keep something in it. */
  readonly #keepers = new Map<Module, ReturnType<typeof keepers>>();
  /** The current pass, if a model has begun one, and the modules that have written. */
  #pass: { model: Module; written: Set<Module> } | undefined;

  constructor(config: CacheConfig) {
    checkOptions("KeyValueCache", config, checks, ["capacity"]);
    this.capacity = config.capacity;
    defineVisible(this, "held", () => this.#held());
  }

  /** The number of positions held. */
  get length(): number {
    return this.#length;
  }

  /** The keys and values in use, of each module and each memory. */
  #held(): Own[] {
    const grown = [...this.#own.values()].map(({ k, v }) => ({ k, v, keys: this.#length }));
    return [...grown, ...this.#memory.values()].map(({ k, v, keys }) => ({
      k: slice(k, { axis: 1, end: keys }),
      v: slice(v, { axis: 1, end: keys }),
    }));
  }

  /** What Node and Bun print. */
  [Symbol.for("nodejs.util.inspect.custom")](depth: number, options: object, inspect: () => string): string {
    return printed("KeyValueCache", { capacity: this.capacity, length: this.length }, depth, options, inspect);
  }

  /** How messages name it, also in another copy of the library. */
  get [Symbol.for("transformer-blocks.kind")](): Kind {
    return kindNamed("KeyValueCache");
  }

  /**
   * Begins a pass of a model, after checking that it can run with a cache: each of its modules declares how in
   * `Module.caching`.
   *
   * @throws TypeError that names the first module that does not
   */
  begin(model: Module): void {
    this.admit(model);
    if (!this.#keepers.has(model)) this.#keepers.set(model, keepers(model));
    this.#pass = { model, written: new Set() };
  }

  /**
   * Checks that a module can run with a cache. For a module that runs by itself, where no model begins a pass.
   *
   * @throws TypeError as `begin`
   */
  admit(module: Module): void {
    if (this.#admitted.has(module)) return;
    expectModule("KeyValueCache", "module", module);
    const found = withoutCaching(module);
    if (found !== undefined)
      throw new TypeError(
        `KeyValueCache: the cache cannot be used with ${named(found)}: its class does not declare "caching" (see Module.caching); omit the cache`,
      );
    for (const part of module.modules().values()) this.#admitted.add(part);
  }

  /** Appends the keys and values of new positions, and returns all of them. */
  append(module: Module, k: Tensor<HeadShape>, v: Tensor<HeadShape>): KeysAndValues {
    expectModule("KeyValueCache", "module", module);
    expectHeads("k", k);
    expectHeads("v", v);
    if (k.shape[0] !== v.shape[0] || k.shape[1] !== v.shape[1] || k.shape[2] !== v.shape[2])
      throw new ShapeError(`KeyValueCache: k ${k.describe()} and v ${v.describe()} differ before the last axis`);
    if (isRecording())
      throw new Error("a cache cannot be used while gradients are recorded, because it is written in place");
    const seq = k.shape[1];
    this.expectRoom(seq);
    if (this.#pass?.written.has(module))
      throw new Error(
        `a ${module.constructor.name} runs twice in one pass, which a cache cannot tell apart; omit the cache`,
      );
    const needed = this.#length + seq;
    const held = this.#own.get(module);
    if (this.#length > 0) expectSameKind(module, held, { k, v });
    // A failed pass may have reserved room for other shapes.
    const fits = held !== undefined && isSameKind(held, { k, v }) && held.k.shape[1] >= needed;
    const own = fits ? held : this.#room(k, v, held, needed);
    this.#own.set(module, own);
    place(own.k, this.#length, k);
    place(own.v, this.#length, v);
    this.#pass?.written.add(module);
    return { ...own, keys: this.#length + seq };
  }

  /**
   * Reserves room for up to twice the needed positions, within the capacity, and copies the contents over. Keys and
   * values share one reservation, so that attention finds them in the same memory.
   */
  #room(k: Tensor<HeadShape>, v: Tensor<HeadShape>, held: Own | undefined, needed: number): Own {
    const size = Math.min(this.capacity, 2 ** Math.ceil(Math.log2(Math.max(needed, 1))));
    const roomy = ([batch, , heads, dim]: HeadShape): HeadShape => [batch, size, heads, dim];
    const [kShape, vShape] = [roomy(k.shape), roomy(v.shape)];
    const [kBuffer, vBuffer] = kernels().reserve([sizeOf(kShape), sizeOf(vShape)]);
    const own = { k: new Tensor(kShape, kBuffer), v: new Tensor(vShape, vBuffer) };
    if (held !== undefined && this.#length > 0) {
      place(own.k, 0, slice(held.k, { axis: 1, end: this.#length }));
      place(own.v, 0, slice(held.v, { axis: 1, end: this.#length }));
    }
    return own;
  }

  /** The keys and values of a fixed memory, computed once. */
  remember(module: Module, source: Tensor, compute: () => KeysAndValues): KeysAndValues {
    expectModule("KeyValueCache", "module", module);
    if (!(source instanceof Tensor)) throw wrongKind("KeyValueCache", "source", "a Tensor", source);
    const held = this.#memory.get(module);
    if (held?.source === source) return held;
    expectFunction("KeyValueCache", "compute", compute);
    const given = compute();
    expectHeads("k", given?.k);
    expectHeads("v", given.v);
    const computed = { source, ...given };
    this.#memory.set(module, computed);
    return computed;
  }

  /**
   * Ends a pass: counts the new positions, which every block has written.
   *
   * @throws RangeError unless it is a whole number and fits; Error that names a block that should have written but did
   * not
   */
  advance(count: number): void {
    this.expectRoom(count);
    const { model, written } = this.#pass ?? {};
    this.#pass = undefined;
    const silent =
      model && this.#keepers.get(model)?.find(({ module }) => !written?.has(module) && !this.#memory.has(module));
    if (silent !== undefined)
      throw new Error(
        `the cache got no keys and values from ${named(silent)}: a module whose caching is "keeps" must call cache.append in every pass`,
      );
    this.#length += count;
  }

  /** @throws RangeError unless `count` more positions fit */
  expectRoom(count: number): void {
    expectCount("KeyValueCache", "count", count);
    if (this.#length + count > this.capacity)
      throw new RangeError(
        `KeyValueCache: the cache has room for ${this.capacity} positions and holds ${this.#length}: ${count} more do not fit`,
      );
  }
}
