import { type Checks, checkOptions, wholeIn } from "../checks";
import { ShapeError, Tensor } from "../tensor";
import { indices } from "../tensor/internal";
import { size } from "./checks";
import { type Caching, Module } from "./module";
import { checkPass, type Pass } from "./pass";
import type { ScoreSizes } from "./relative-positions";

export interface ChunkedPositionsConfig {
  /** The number of tokens in a chunk. */
  size: number;
}

const checks: Checks<ChunkedPositionsConfig> = { size };
const count = /* @__PURE__ */ wholeIn({ least: 0, most: 2 ** 32 - 1 });
const sizeChecks: Checks<ScoreSizes> = {
  queries: count,
  keys: count,
  pass: (_where, _name, value) => checkPass("ChunkedPositions", value),
};

/**
 * Divides a text into chunks that do not see each other: 0 for a query and a key of one chunk, −∞ for others. Is the
 * `scoreBias` of an attention layer, as in Llama 4. The first chunk begins after padding on the left.
 *
 * @throws ShapeError for a mask of another length
 * @example
 * ```ts
 * import { ChunkedPositions } from "transformer-blocks";
 * new ChunkedPositions({ size: 2 }).forward({ queries: 1, keys: 3 }).toArray(); // [[[[-Infinity, -Infinity, 0]]]]
 * ```
 */
export class ChunkedPositions extends Module {
  readonly size: number;

  constructor(config: ChunkedPositionsConfig) {
    super();
    checkOptions("ChunkedPositions", config, checks, ["size"]);
    this.size = config.size;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  /** The bias of every score: [1 or batch, 1, queries, keys]. */
  forward(input: ScoreSizes): Tensor<readonly [batch: number, heads: number, query: number, key: number]> {
    checkOptions("ChunkedPositions", input, sizeChecks, ["queries", "keys"]);
    const { queries, keys, pass = {} } = input;
    if (queries > keys) throw new ShapeError(`ChunkedPositions: ${queries} queries are more than the ${keys} keys`);
    const padding = paddingOf(pass, keys);
    const values = new Float32Array(padding.length * queries * keys);
    padding.forEach((start, row) => {
      const chunkOf = (place: number) => Math.floor((place - start) / this.size);
      for (let query = 0; query < queries; query++)
        for (let key = 0; key < keys; key++)
          if (chunkOf(key) !== chunkOf(keys - queries + query))
            values[(row * queries + query) * keys + key] = Number.NEGATIVE_INFINITY;
    });
    return new Tensor([padding.length, 1, queries, keys], values);
  }
}

/** How many tokens of padding each row begins with; one row for all where there is no padding. */
function paddingOf({ mask }: Pass, keys: number): number[] {
  if (!Array.isArray(mask)) return [0];
  const { values, shape } = indices("ChunkedPositions: mask", mask, 2);
  if (shape.length !== 2 || shape[1] !== keys)
    throw new ShapeError(`ChunkedPositions: the mask [${shape.join(", ")}] is not [batch][key] with ${keys} keys`);
  return Array.from({ length: shape[0]! }, (_, row) => {
    const first = values.subarray(row * keys, (row + 1) * keys).indexOf(1);
    return first < 0 ? keys : first;
  });
}
