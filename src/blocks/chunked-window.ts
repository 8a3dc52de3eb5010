import { type Checks, checkOptions, wholeIn } from "../checks";
import { type Mask, ShapeError, Tensor } from "../tensor";
import { indices } from "../tensor/internal";
import { size } from "./checks";
import { type Caching, Module } from "./module";
import { checkPass } from "./pass";
import type { ScoreSizes } from "./relative-positions";

/**
 * Attention within chunks of a text: query i sees key j only if both lie in one chunk, ⌊i / size⌋ = ⌊j / size⌋, where
 * places are counted from the first token that a padding mask [batch][key] keeps.
 *
 * The bias of every score, 0 or −Infinity: [1 or batch, 1, queries, keys]. Is the `scoreBias` of an attention layer.
 *
 * @see Llama 4's layers with rotary positions
 * @example
 * ```ts
 * import { ChunkedWindow } from "transformer-blocks";
 * new ChunkedWindow({ size: 2 }).forward({ queries: 1, keys: 4 }).toArray(); // [[[[-Infinity, -Infinity, 0, 0]]]]
 * ```
 */
export class ChunkedWindow extends Module {
  static readonly isCachingTested = true;
  readonly size: number;

  constructor(config: { size: number }) {
    super();
    checkOptions("ChunkedWindow", config, { size }, ["size"]);
    this.size = config.size;
  }

  /** Keys this many positions before a query, or more, are in another chunk. */
  get reach(): number {
    return this.size;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  /** 0 where a query sees a key, else −∞: [batch or 1, 1, queries, keys]. */
  forward(input: ScoreSizes): Tensor {
    checkOptions("ChunkedWindow", input, inputChecks, ["queries", "keys"]);
    const { queries, keys, pass = {} } = input;
    const starts = isPadding(pass.mask) ? firstKept(pass.mask, keys) : [0];
    const values = new Float32Array(starts.length * queries * keys);
    const chunkOf = (place: number, start: number) => Math.floor((place - start) / this.size);
    starts.forEach((start, row) => {
      for (let query = 0; query < queries; query++) {
        const chunk = chunkOf(keys - queries + query, start);
        for (let key = 0; key < keys; key++)
          if (chunkOf(key, start) !== chunk) values[(row * queries + query) * keys + key] = -Infinity;
      }
    });
    return new Tensor([starts.length, 1, queries, keys], values);
  }
}

const isPadding = (mask: Mask | undefined): mask is readonly (readonly number[])[] => Array.isArray(mask);

const count = /* @__PURE__ */ wholeIn({ least: 0, most: 2 ** 24 });
const inputChecks: Checks<ScoreSizes> = {
  queries: count,
  keys: count,
  pass: (where, _, value) => checkPass(where, value),
};

/** The place of the first kept token of each row. */
function firstKept(mask: readonly (readonly number[])[], keys: number): number[] {
  const { values, shape } = indices("ChunkedWindow: mask", mask, 2);
  if (shape.length !== 2 || shape[1] !== keys)
    throw new ShapeError(`ChunkedWindow: the mask [${shape.join(", ")}] is not [batch][key] with ${keys} keys`);
  return Array.from({ length: shape[0]! }, (_, row) => {
    const first = values.subarray(row * keys, (row + 1) * keys).indexOf(1);
    return first === -1 ? keys : first;
  });
}
