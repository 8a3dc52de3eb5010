import { type Checks, checkOptions, numberIn, oneOf, wholeIn } from "../checks";
import { type HeadShape, multiply, type RankedTensor, ShapeError, Tensor } from "../tensor";
import { expectHeads } from "./head-layers";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, positionsOf } from "./pass";
import { checkRows, isBatch } from "./position";

/** The numbers of a `QueryTemperature`. */
export interface QueryTemperatureConfig {
  /** How fast the factor grows with the logarithm of the position. */
  scale: number;
  /** Queries within the first positions of this number have the factor 1. */
  length: number;
  /** The number of the first position: 0, or 1 as in Llama 4; 0 if omitted. */
  first?: 0 | 1 | undefined;
  /** Counts the positions of the pass (if omitted), or all tokens with their padding, as Llama 4 does. */
  counts?: "positions" | "tokens" | undefined;
}

const checks: Checks<QueryTemperatureConfig> = {
  scale: /* @__PURE__ */ numberIn(),
  length: /* @__PURE__ */ numberIn({ above: 0 }),
  first: /* @__PURE__ */ wholeIn({ least: 0, most: 1 }),
  counts: /* @__PURE__ */ oneOf(["positions", "tokens"]),
};

/**
 * Makes attention sharper for later queries: y = x · (1 + scale · ln(1 + ⌊(position + first) / length⌋)).
 *
 * [batch, seq, heads, headDim] → the same shape. Is one of the `queries` layers of an attention layer.
 *
 * @see Nakanishi 2025, Scalable-Softmax (arXiv 2501.19399); Llama 4; Ministral 3
 * @example
 * ```ts
 * import { ones, QueryTemperature } from "transformer-blocks";
 * const temperature = new QueryTemperature({ scale: 1, length: 2 });
 * temperature.forward(ones([1, 3, 1, 1])).toArray(); // [[[[1]], [[1]], [[1.6931472]]]]
 * ```
 */
export class QueryTemperature extends Module {
  static readonly isCachingTested = true;
  readonly scale: number;
  readonly length: number;
  readonly first: number;
  readonly counts: "positions" | "tokens";

  constructor(config: QueryTemperatureConfig) {
    super();
    checkOptions("QueryTemperature", config, checks, ["scale", "length"]);
    this.scale = config.scale;
    this.length = config.length;
    this.first = config.first ?? 0;
    this.counts = config.counts ?? "positions";
  }

  override get caching(): Caching {
    return "perPosition";
  }

  /** Whether padding before a text changes it, even if a mask hides it: it is counted. */
  get seesPadding(): boolean {
    return this.counts === "tokens";
  }

  /** x [batch, seq, heads, headDim] → the same shape. */
  forward(x: Tensor<HeadShape>, pass?: Pass): Tensor<HeadShape>;
  forward(x: RankedTensor<HeadShape>, pass?: Pass): Tensor<HeadShape>;
  forward(x: RankedTensor<HeadShape>, pass: Pass = {}): Tensor<HeadShape> {
    expectHeads("QueryTemperature", x);
    checkPass("QueryTemperature", pass);
    const [batch, seq] = x.shape;
    const given = positionsOf(this.counts === "tokens" ? { cache: pass.cache, lengths: pass.lengths } : pass, seq);
    if (this.counts === "positions" && pass.positions !== undefined)
      checkRows("QueryTemperature", "positions", isBatch(given) ? given : [given]);
    const positions = given.flat();
    const rows = positions.length / seq;
    if (rows !== 1 && rows !== batch && seq > 0)
      throw new ShapeError(`QueryTemperature: ${positions.length} positions do not fit x ${x.describe()}`);
    const negative = positions.find((position) => position < 0);
    if (negative !== undefined) throw new RangeError(`QueryTemperature: positions must be 0 or more, not ${negative}`);
    const factors = Float32Array.from(positions, (position) => this.#factor(position));
    return multiply(x, new Tensor([seq === 0 ? 1 : rows, seq, 1, 1], factors)) as Tensor<HeadShape>;
  }

  #factor(position: number): number {
    return 1 + this.scale * Math.log1p(Math.floor(Math.fround((position + this.first) / this.length)));
  }
}
