import { type Checks, checkOptions, expectBoolean, oneOf, wholeIn, wrongKind } from "../checks";
import { aClassOf, type Kind, kindNamed } from "../describe";
import { knownAs } from "../synonyms";
import { type HeadShape, Tensor } from "../tensor";
import { defineVisible, printed } from "../visible";
import { Contents } from "./cache-contents";
import { doors, type KeptRow, ofAnotherModel } from "./cache-door";
import { CachePass } from "./cache-pass";
import { type AppendOptions, Positions } from "./cache-positions";
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

/** The room of a `KeyValueCache`, and how it keeps numbers. */
export interface CacheConfig {
  /** The largest number of positions. */
  capacity: number;
  /**
   * Keeps what is appended in 8 bits, a quarter of the memory: each vector of a position and head is rounded to 127 steps
   * of its largest number, so that each number is off by at most 1/254 of it. float32 if omitted.
   */
  bits?: 8 | undefined;
}

const checks: Checks<CacheConfig> = /* @__PURE__ */ knownAs(
  { options: ["capacity maxLength maxCacheLen maxLen maxSeqLen size", "bits nbits qBits"] },
  { capacity: wholeIn({ least: 1 }), bits: oneOf([8]) },
);
const appendChecks: Checks<AppendOptions> = { window: wholeIn({ least: 1 }), shared: expectBoolean };
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
  /** In how many bits it keeps what is appended; undefined for float32. */
  readonly bits: 8 | undefined;
  #length = 0;
  /** Its contents, as an own property, so that equality assertions see them. */
  declare readonly held: readonly CachedTensors[];
  #contents: Contents;
  readonly #pass = new CachePass();

  constructor(config: CacheConfig) {
    checkOptions("KeyValueCache", config, checks, ["capacity"]);
    this.capacity = config.capacity;
    this.bits = config.bits;
    this.#contents = new Contents(new Positions(config.bits));
    doors.set(this, {
      contents: () => this.#contents,
      setContents: (contents) => {
        this.#contents = contents;
      },
      setLength: (length) => {
        this.#length = length;
      },
      roomForRow: (row) => this.#roomForRow(row),
      wroteRow: (module) => this.#pass.wrote(module),
    });
    defineVisible(this, "held", () => this.#contents.values(this.#length));
  }

  /** The number of positions held. */
  get length(): number {
    return this.#length;
  }

  /** The number of rows of the batch; 0 if nothing is held. */
  get rows(): number {
    return this.#contents.rows(this.#length) ?? 0;
  }

  /** The bytes of the numbers it holds, including the room that is reserved for more. */
  get bytes(): number {
    return this.#contents.bytes;
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
   * room for more: the first `keys` positions are in use. With a `window`, positions that no later one needs are dropped,
   * and `keys` counts the others, of which the last is the newest.
   *
   * @throws RangeError if the window is wider than what was kept
   */
  append(module: Module, k: Tensor<HeadShape>, v: Tensor<HeadShape>, options?: AppendOptions): KeysAndValues;
  append<Names extends string>(module: Module, tensors: CachedTensors<Names>, options?: AppendOptions): Appended<Names>;
  append(
    module: Module,
    given: Tensor | CachedTensors,
    v?: Tensor | AppendOptions,
    options?: AppendOptions,
  ): KeysAndValues | Appended {
    this.#pass.expectFirst(module);
    const isPair = given instanceof Tensor || (v instanceof Tensor && !hasTensors(given));
    const kept = isPair ? asHeads(given, v) : given;
    expectKept(kept, 2);
    const asked = isPair ? options : v;
    if (asked !== undefined) checkOptions<AppendOptions>("KeyValueCache", asked, appendChecks);
    const seq = Object.values(kept)[0]!.shape[1]!;
    this.expectRoom(seq);
    const place = { length: this.#length, capacity: this.capacity };
    const { tensors, keys } = this.#contents.positions.append(module, kept, { ...place, ...asked });
    this.#pass.wrote(module);
    return { ...tensors, keys } as KeysAndValues | Appended;
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

  /**
   * A copy of the first `length` positions, all if omitted, which goes on by itself.
   *
   * @throws as `truncate`
   */
  fork(length = this.#length): KeyValueCache {
    this.#expectKeeps(length);
    const copy = new KeyValueCache({ capacity: this.capacity, bits: this.bits });
    copy.#length = length;
    copy.#contents = length > 0 ? this.#contents.fork(length) : this.#contents.emptied();
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

  /**
   * Appends the rows of another cache of the same model to the batch, so that texts that began at different times go on
   * together. Their ends are aligned: rows of the shorter cache get padding before them, which masks of later passes
   * must hide, and `pass.positions` must count each row by itself. The other cache stays as it is.
   *
   * @throws TypeError unless it is a KeyValueCache; RangeError if it is longer than the capacity or has other `bits`;
   * Error if it is of another model
   * @example
   * ```ts
   * import { gpt, KeyValueCache } from "transformer-blocks";
   * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
   * const [cache, late] = [new KeyValueCache({ capacity: 16 }), new KeyValueCache({ capacity: 16 })];
   * model.forward([[1, 2, 3]], { cache });
   * model.forward([[4]], { cache: late });
   * cache.join(late);
   * const mask = [[1, 1, 1, 1], [0, 0, 1, 1]];
   * model.forward([[5], [5]], { cache, mask, positions: [[3], [1]] }).shape; // [2, 1, 8]
   * ```
   */
  join(other: KeyValueCache): void {
    if (!(other instanceof KeyValueCache)) throw wrongKind("KeyValueCache: join", "other", "a KeyValueCache", other);
    if (other.bits !== this.bits)
      throw new RangeError(`KeyValueCache: join: one cache has bits ${this.bits} and the other ${other.bits}`);
    const length = Math.max(this.#length, other.#length);
    if (length > this.capacity)
      throw new RangeError(`KeyValueCache: join: ${length} positions do not fit the capacity ${this.capacity}`);
    if (other.#length === 0) return;
    this.#contents = this.#length === 0 ? other.#contents.fork(length) : this.#joined(other);
    this.#length = length;
  }

  #roomForRow({ module, shape, window }: KeptRow): KeysAndValues | undefined {
    if (this.#length === 0 || this.#length >= this.capacity || this.append !== KeyValueCache.prototype.append)
      return undefined;
    const room = this.#contents.positions.room(module, shape, this.#length, window);
    if (room) this.#pass.expectFirst(module);
    return room;
  }

  #joined(other: KeyValueCache): Contents {
    const [own, others] = [this.#contents.modules, other.#contents.modules];
    if (own.size !== others.size || [...own].some((module) => !others.has(module)))
      throw new Error(`KeyValueCache: join: ${ofAnotherModel}`);
    return this.#contents.joined(other.#contents, [this.#length, other.#length], this.capacity);
  }

  /**
   * The smallest length that `truncate` can keep, other than 0. It is the whole length if a module keeps a state of the
   * whole text, and more than 0 if positions outside a window were dropped.
   */
  get shortest(): number {
    if (this.#contents.states.module !== undefined) return this.#length;
    return Math.min(this.#contents.positions.shortest().length, this.#length);
  }

  /** Whether `truncate` can keep a part of the text. */
  get truncatable(): boolean {
    return this.#length === 0 || this.shortest < this.#length;
  }

  /**
   * Forgets all positions from `length` on.
   *
   * @throws RangeError if fewer are held; Error, unless `length` is 0 or all, if a module keeps a state of the whole text
   * or positions that are needed were dropped, because they were outside a window
   */
  truncate(length: number): void {
    this.#expectKeeps(length);
    if (length === 0) this.#contents = this.#contents.emptied();
    this.#length = length;
  }

  #expectKeeps(length: number): void {
    expectCount("KeyValueCache", "length", length);
    if (length > this.#length)
      throw new RangeError(`KeyValueCache: the cache holds ${this.#length} positions: it cannot keep ${length}`);
    if (length === 0 || length === this.#length) return;
    const { module } = this.#contents.states;
    if (module !== undefined)
      throw new Error(
        `KeyValueCache: ${aClassOf(module)} keeps a state of the whole text, from which tokens cannot be removed; fork the cache before tokens that may be dropped`,
      );
    const least = this.#contents.positions.shortest();
    if (length < least.length)
      throw new Error(
        `KeyValueCache: ${least.module && aClassOf(least.module)} has dropped positions outside its window, so that at least ${least.length} positions must stay, not ${length}; fork the cache before tokens that may be dropped`,
      );
  }
}

const hasTensors = (given: object): boolean => Object.values(given ?? {}).some((x) => x instanceof Tensor);
