import { type Checks, checkOptions, numberIn, wrongKind } from "../checks";
import { type HeadShape, multiply, ShapeError, Tensor } from "../tensor";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, positionsOf } from "./pass";

export interface PositionScaleConfig {
  /** β, how much the logarithm counts. */
  strength: number;
  /** The number of positions between one step and the next. */
  interval: number;
  /** Added to each position; 0 if omitted. */
  offset?: number | undefined;
}

const checks: Checks<PositionScaleConfig> = {
  strength: /* @__PURE__ */ numberIn(),
  interval: /* @__PURE__ */ numberIn({ above: 0 }),
  offset: /* @__PURE__ */ numberIn(),
};

/**
 * Sharpens attention at far positions: y = x · (1 + β ln(1 + ⌊(position + offset) / interval⌋)), for queries.
 *
 * [batch, seq, heads, headDim] → the same shape.
 *
 * @see Nakanishi 2025, Scalable-Softmax (arXiv 2501.19399), as in Llama 4 and Ministral 3
 * @example
 * ```ts
 * import { ones, PositionScale } from "transformer-blocks";
 * const scale = new PositionScale({ strength: 1, interval: 2 });
 * scale.forward(ones([1, 3, 1, 1])).data; // Float32Array [1, 1, 1.693147]
 * ```
 */
export class PositionScale extends Module {
  readonly strength: number;
  readonly interval: number;
  readonly offset: number;

  constructor(config: PositionScaleConfig) {
    super();
    checkOptions("PositionScale", config, checks, ["strength", "interval"]);
    this.strength = config.strength;
    this.interval = config.interval;
    this.offset = config.offset ?? 0;
  }

  override get caching(): Caching {
    return "perPosition";
  }

  forward(x: Tensor<HeadShape>, pass: Pass = {}): Tensor<HeadShape> {
    if (!(x instanceof Tensor)) throw wrongKind("PositionScale", "x", "a Tensor", x);
    checkPass("PositionScale", pass);
    const seq = x.shape[1] ?? 0;
    const positions = positionsOf(pass, seq);
    const rows = Array.isArray(positions[0]) ? positions.length : 1;
    const flat = (positions as readonly (number | readonly number[])[]).flat();
    if (x.rank !== 4 || flat.length !== rows * seq || (rows !== 1 && rows !== x.shape[0]))
      throw new ShapeError(
        `PositionScale: x ${x.describe()} is not [${rows === 1 ? "batch" : rows}, ${seq}, heads, headDim]`,
      );
    const factors = Float32Array.from(flat, (position) => this.#factor(position));
    return multiply(x as Tensor, new Tensor([rows, seq, 1, 1], factors)) as Tensor<HeadShape>;
  }

  #factor(position: number): number {
    return 1 + this.strength * Math.log1p(Math.floor((position + this.offset) / this.interval));
  }
}
