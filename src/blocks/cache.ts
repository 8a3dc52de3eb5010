import { type Checks, checkOptions, wholeIn } from "../checks";
import { type Kind, kindNamed } from "../describe";
import { knownAs } from "../synonyms";
import { type HeadShape, Tensor } from "../tensor";
import { defineVisible, printed } from "../visible";
import { CachePass } from "./cache-pass";
import { Contents } from "./cache-stores";
import {
  type Appended,
  asHeads,
  type CachedTensors,
  expectKept,
  expectRowNumbers,
  expectTensor,
  type KeysAndValues,
} from "./keys-and-values";
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
 * What modules keep of earlier tokens, so that a decoding step computes only the new ones: keys and values, a compressed
 * form of them, the last inputs of a convolution, a recurrent state. It has a capacity. What is appended for each
 * position is written in place; attention reads it without a copy. Each module finds its own part. The model advances
 * `length` once all modules have written, so that a failed pass changes nothing.
 *
 * @example
 * ```ts
 * import { gpt, KeyValueCache } from "transformer-blocks";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
 * const cache = new KeyValueCache({ capacity: 16 });
 * model.forward([[1, 2, 3]], { cache });
 * model.forward([[4]], { cache }).shape; // [1, 1, 8]
 * cache.length;                          // 4
 * const other = cache.fork();            // goes on by itself
 * cache.truncate(3);                     // forgets the last token
 * cache.reorder([0, 0]);                 // the same text twice
 * model.forward([[5], [6]], { cache }).shape; // [2, 1, 8]
 * [cache.length, other.length];               // [4, 4]
 * ```
 */
export class KeyValueCache {
  /** The largest number of positions. */
  readonly capacity: number;
  #length = 0;
  /** Its contents, as an own property, so that equality assertions see them. */
  declare readonly held: readonly CachedTensors[];
  #contents = new Contents();
  readonly #pass = new CachePass();

  constructor(config: CacheConfig) {
    checkOptions("KeyValueCache", config, checks, ["capacity"]);
    this.capacity = config.capacity;
    defineVisible(this, "held", () => this.#contents.values(this.#length));
  }

  /** The number of positions held. */
  get length(): number {
    return this.#length;
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
    this.#pass.begin(model);
    this.#contents.states.discard();
  }

  /**
   * Checks that a module can run with a cache. For a module that runs by itself, where no model begins a pass.
   *
   * @throws TypeError as `begin`
   */
  admit(module: Module): void {
    this.#pass.admit(module);
  }

  /**
   * Appends keys and values of new positions, or any tensors by name, each [batch, seq, …]. Returns all of them, with
   * room for more: the first `keys` positions are in use.
   */
  append(module: Module, k: Tensor<HeadShape>, v: Tensor<HeadShape>): KeysAndValues;
  append<Names extends string>(module: Module, tensors: CachedTensors<Names>): Appended<Names>;
  append(module: Module, given: Tensor | CachedTensors, v?: Tensor): KeysAndValues | Appended {
    this.#pass.expectFirst(module);
    const kept = given instanceof Tensor || v !== undefined ? asHeads(given, v) : given;
    expectKept(kept, 2);
    const seq = Object.values(kept)[0]!.shape[1]!;
    this.expectRoom(seq);
    const own = this.#contents.positions.append(module, kept, this.#length, this.capacity);
    this.#pass.wrote(module);
    return { ...own, keys: this.#length + seq } as KeysAndValues | Appended;
  }

  /** Replaces a module's state of the whole text: tensors by name, each [batch, …], for the next pass to recall. */
  keep(module: Module, state: CachedTensors): void {
    this.#pass.expectFirst(module);
    expectKept(state, 1);
    this.#contents.states.keep(module, { ...state });
    this.#pass.wrote(module);
  }

  /** The state that a module kept in the last pass; undefined at the start of a text. @throws ShapeError if x [batch, …] has other rows */
  recall(module: Module, x: Tensor): CachedTensors | undefined {
    expectModule("KeyValueCache", "module", module);
    expectTensor("x", x);
    return this.#length > 0 ? this.#contents.states.recall(module, x) : undefined;
  }

  /** The keys and values of a fixed memory, computed once. */
  remember(module: Module, source: Tensor, compute: () => KeysAndValues): KeysAndValues {
    expectModule("KeyValueCache", "module", module);
    return this.#contents.memories.remember(module, source, compute);
  }

  /**
   * Ends a pass: counts the new positions, which every block has written.
   *
   * @throws RangeError unless it is a whole number and fits; Error that names a block that should have written but did
   * not
   */
  advance(count: number): void {
    this.expectRoom(count);
    this.#pass.end((module) => this.#contents.memories.has(module));
    this.#contents.states.commit();
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

  /** A copy with the same contents, which goes on by itself. */
  fork(): KeyValueCache {
    const copy = new KeyValueCache({ capacity: this.capacity });
    copy.#length = this.#length;
    copy.#contents = this.#contents.fork(this.#length);
    return copy;
  }

  /**
   * Makes these rows the batch: row i of the next pass continues row `rows[i]`. A row may come more than once, as with
   * beams, or not at all, as a text that has ended.
   *
   * @param memory the memory of the next passes, with the rows in this order; if omitted, keys and values of a memory
   * are computed again
   * @throws RangeError for a row that is not held
   */
  reorder(rows: readonly number[], memory?: Tensor): void {
    expectRowNumbers(rows, this.#contents.rows(this.#length), memory);
    this.#contents = this.#contents.reordered(rows, this.#length, memory);
  }

  /** Whether `truncate` can keep a part of the text: no module keeps a state of the whole text. */
  get truncatable(): boolean {
    return this.#contents.states.module === undefined;
  }

  /**
   * Forgets all positions from `length` on.
   *
   * @throws RangeError if fewer are held; Error if a module keeps a state of the whole text, unless `length` is 0 or all
   */
  truncate(length: number): void {
    expectCount("KeyValueCache", "length", length);
    if (length > this.#length)
      throw new RangeError(`KeyValueCache: the cache holds ${this.#length} positions: it cannot keep ${length}`);
    const { module } = this.#contents.states;
    if (module !== undefined && length > 0 && length < this.#length)
      throw new Error(
        `KeyValueCache: a ${module.constructor.name} keeps a state of the whole text, from which tokens cannot be removed; fork the cache before tokens that may be dropped`,
      );
    if (length === 0) this.#contents = this.#contents.emptied();
    this.#length = length;
  }
}
