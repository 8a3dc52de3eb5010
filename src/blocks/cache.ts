import { kernels } from "../kernels";
import { type HeadShape, isRecording, ShapeError, slice, Tensor } from "../tensor";
import { sizeOf } from "../tensor/shape";
import type { Module } from "./module";

/** Keys and values as attention takes them: `keys` of their positions count. */
export interface KeysAndValues {
  k: Tensor<HeadShape>;
  v: Tensor<HeadShape>;
  keys: number;
}

type Own = Pick<KeysAndValues, "k" | "v">;

/**
 * The keys and values of tokens already seen, so that a step of decoding computes only the new ones. It has a capacity,
 * is written in place, and attention reads it where it lies. Each attention block finds its own part; the model moves
 * `length` on once all blocks have written, so that a pass that fails changes nothing.
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
  /** How many positions there is room for. */
  readonly capacity: number;
  #length = 0;
  readonly #own = new Map<Module, Own>();
  readonly #memory = new Map<Module, { source: Tensor } & KeysAndValues>();

  constructor(config: { capacity: number }) {
    if (!Number.isSafeInteger(config.capacity) || config.capacity < 1)
      throw new RangeError(`KeyValueCache: the capacity must be a whole number of 1 or more, not ${config.capacity}`);
    this.capacity = config.capacity;
  }

  /** How many positions it holds. */
  get length(): number {
    return this.#length;
  }

  /** Writes the keys and values of new positions after those held, and gives all of them. */
  append(module: Module, k: Tensor<HeadShape>, v: Tensor<HeadShape>): KeysAndValues {
    if (isRecording()) throw new Error("a cache cannot be used while gradients are recorded: it is written in place");
    const [batch, seq] = k.shape;
    this.expectRoom(seq);
    const needed = this.#length + seq;
    const held = this.#own.get(module);
    if (this.#length > 0 && held === undefined)
      throw new Error("the cache holds what another model has seen; give each model a new one");
    if (this.#length > 0 && held?.k.shape[0] !== batch)
      throw new ShapeError(`the cache holds ${held?.k.shape[0]} rows; this batch has ${batch}`);
    // A pass that failed may have left room for another number of rows.
    const fits = held !== undefined && held.k.shape[0] === batch && held.k.shape[1] >= needed;
    const own = fits ? held : this.#room(k, v, held, needed);
    this.#own.set(module, own);
    place(own.k, this.#length, k);
    place(own.v, this.#length, v);
    return { ...own, keys: this.#length + seq };
  }

  /**
   * Room for so many positions and up to twice as many, within the capacity, with what is held copied over. It is reserved
   * in one, so that attention finds keys and values in the same memory.
   */
  #room(k: Tensor<HeadShape>, v: Tensor<HeadShape>, held: Own | undefined, needed: number): Own {
    const size = Math.min(this.capacity, 2 ** Math.ceil(Math.log2(Math.max(needed, 1))));
    const roomy = ([batch, , heads, dim]: HeadShape): HeadShape => [batch, size, heads, dim];
    const [kShape, vShape] = [roomy(k.shape), roomy(v.shape)];
    const kSize = sizeOf(kShape);
    const buffer = kernels().reserve(kSize + sizeOf(vShape));
    const own = { k: new Tensor(kShape, buffer.subarray(0, kSize)), v: new Tensor(vShape, buffer.subarray(kSize)) };
    if (held !== undefined && this.#length > 0) {
      place(own.k, 0, slice(held.k, { axis: 1, end: this.#length }));
      place(own.v, 0, slice(held.v, { axis: 1, end: this.#length }));
    }
    return own;
  }

  /** The keys and values of a memory that does not grow, computed once. */
  remember(module: Module, source: Tensor, compute: () => KeysAndValues): KeysAndValues {
    const held = this.#memory.get(module);
    if (held?.source === source) return held;
    const computed = { source, ...compute() };
    this.#memory.set(module, computed);
    return computed;
  }

  /** Counts positions that every block has written. */
  advance(count: number): void {
    this.expectRoom(count);
    this.#length += count;
  }

  /** @throws RangeError unless so many more positions fit */
  expectRoom(count: number): void {
    if (this.#length + count > this.capacity)
      throw new RangeError(
        `the cache has room for ${this.capacity} positions and holds ${this.#length}: ${count} more do not fit`,
      );
  }
}

/** Writes [batch, seq, heads, dim] into a roomier tensor at a position, in place. */
function place(whole: Tensor<HeadShape>, start: number, part: Tensor): void {
  const [batch, size, heads, dim] = whole.shape;
  kernels().place(whole.buffer, { outer: batch, size, inner: heads * dim }, start, part.buffer);
}
