import { kernels } from "../kernels";
import { attendRow } from "../kernels/internal";
import { Tensor } from "../tensor";
import type { MultiHeadAttention } from "./attention";
import { doors } from "./cache-door";
import type { KeysAndValues } from "./keys-and-values";
import type { Pass, Sequence } from "./pass";

/** Whether nothing but attention itself comes between the projections and Wᴼ. */
export const isOnlyAttention = (layer: MultiHeadAttention): boolean =>
  !layer.queries &&
  !layer.keys &&
  !layer.values &&
  !layer.context &&
  !layer.scoreBias &&
  !layer.sinks &&
  !layer.lends &&
  layer.value !== layer.key;

/** The attention of one row over a cache, in place: what `MultiHeadAttention.between` gives, without checks or new memory. */
export class RowAttention {
  readonly #layer: MultiHeadAttention;
  readonly #shape: readonly [heads: number, headDim: number];
  readonly #output: Float32Array;
  readonly #result: Tensor<Sequence>;

  /** @param layer for which `isOnlyAttention` */
  constructor(layer: MultiHeadAttention) {
    const { heads, keyValueHeads, headDim } = layer;
    this.#layer = layer;
    this.#shape = [keyValueHeads, headDim];
    this.#output = new Float32Array(heads * headDim);
    this.#result = new Tensor<Sequence>([1, 1, heads * headDim], this.#output);
  }

  /**
   * Undefined if the pass, the cache or the numbers need more than that. The next call overwrites the result.
   *
   * @param projected query, key and value, of which the first two are rotated
   */
  attend([query, key, value]: readonly Tensor[], { cache, mask, bias, memory }: Pass): Tensor<Sequence> | undefined {
    if (cache === undefined || mask !== undefined || bias !== undefined || memory !== undefined) return undefined;
    const layer = this.#layer;
    const k = { shape: this.#shape, numbers: numbersOf(key!) };
    const v = { shape: this.#shape, numbers: numbersOf(value!) };
    const use = (held: KeysAndValues) => this.#over(held, numbersOf(query!));
    const isDone = doors.get(cache)?.appendRow({ module: layer, k, v, window: layer.window }, use);
    return isDone ? this.#result : undefined;
  }

  /** Whether these kernels have it. */
  #over({ k, v, keys }: KeysAndValues, query: Float32Array): boolean {
    const { heads, keyValueHeads, headDim, window, softcap, scale = 1 / Math.sqrt(headDim) } = this.#layer;
    const spec = {
      ...{ batch: 1, queries: 1, keys, capacity: k.shape[1], heads, keyValueHeads, headDim, valueDim: headDim },
      ...{ scale, causal: true, window, softcap, mask: undefined },
    };
    return kernels().run(attendRow, query, numbersOf(k), numbersOf(v), spec, this.#output) as boolean;
  }
}

const numbersOf = (x: Tensor): Float32Array => x.buffer as Float32Array;
