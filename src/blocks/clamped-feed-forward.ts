import { type Checks, checkOptions, expectBoolean, numberIn } from "../checks";
import { knownAs } from "../synonyms";
import { add, clamp, dropout, type Initial, multiply, type RankedTensor, sigmoid, type Tensor } from "../tensor";
import { expectSequence, initial, rate, size } from "./checks";
import { Linear, together } from "./linear";
import { type Caching, Module } from "./module";
import { checkPass, type Pass, type Sequence, tap } from "./pass";

/** The sizes and bounds of a `ClampedFeedForward`. */
export interface ClampedFeedForwardConfig {
  dModel: number;
  /** The width between the two layers; 4 · dModel if omitted. */
  dFeedForward?: number | undefined;
  /** Both halves stay below it, and the linear half above −limit; 7 if omitted. */
  limit?: number | undefined;
  /** The steepness of the sigmoid; 1.702 if omitted. */
  alpha?: number | undefined;
  bias?: boolean | undefined;
  /** The share of hidden values to zero in training. */
  dropout?: number | undefined;
  initial?: Initial | undefined;
}

const checks: Checks<ClampedFeedForwardConfig> = /* @__PURE__ */ knownAs(
  { options: ["limit swigluLimit", "alpha swigluAlpha"] },
  {
    dModel: size,
    dFeedForward: size,
    limit: numberIn({ above: 0 }),
    alpha: numberIn(),
    bias: expectBoolean,
    dropout: rate,
    initial,
  },
);

/**
 * The clamped gated layer of gpt-oss: with g = min(x Wᵍ + bᵍ, limit) and u = clamp(x Wᵘ + bᵘ, ±limit), y = (g · σ(α g) ⊙
 * (u + 1)) Wᵈ + bᵈ.
 *
 * [batch, seq, dModel] → the same shape. Wᵘ, Wᵍ, Wᵈ are `up`, `gate`, `down`. Reports `hidden` [batch, seq,
 * dFeedForward] and `output`.
 *
 * @see OpenAI 2025, gpt-oss model card (arXiv 2508.10925), section 2.2
 * @example
 * ```ts
 * import { ClampedFeedForward, initialize, ones } from "transformer-blocks";
 * const layer = initialize(new ClampedFeedForward({ dModel: 4, dFeedForward: 6 }), { seed: 1 });
 * layer.forward(ones([1, 3, 4])).shape; // [1, 3, 4]
 * ```
 */
export class ClampedFeedForward extends Module {
  readonly up: Linear;
  readonly gate: Linear;
  readonly down: Linear;
  readonly limit: number;
  readonly alpha: number;
  readonly dropout: number;

  constructor(config: ClampedFeedForwardConfig) {
    super();
    checkOptions("ClampedFeedForward", config, checks, ["dModel"]);
    const { dModel, dFeedForward = 4 * dModel, bias, initial } = config;
    this.up = new Linear({ inFeatures: dModel, outFeatures: dFeedForward, bias, initial });
    this.gate = new Linear({ inFeatures: dModel, outFeatures: dFeedForward, bias, initial });
    this.down = new Linear({ inFeatures: dFeedForward, outFeatures: dModel, bias, initial });
    this.limit = config.limit ?? 7;
    this.alpha = config.alpha ?? 1.702;
    this.dropout = config.dropout ?? 0;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** x [batch, seq, dModel] → the same shape. */
  forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    expectSequence("ClampedFeedForward", "x", x);
    checkPass("ClampedFeedForward", pass);
    const [linear, gating] = together(x, [this.up, this.gate]) as [Tensor, Tensor];
    const up = clamp(linear, { minimum: -this.limit, maximum: this.limit });
    const gate = clamp(gating, { maximum: this.limit });
    const gated = multiply(multiply(gate, sigmoid(multiply(gate, this.alpha))), add(up, 1));
    const hidden = tap(pass, this, "hidden", gated); // [batch, seq, dFeedForward]
    const kept = pass.rng ? dropout(hidden, { rate: this.dropout, random: pass.rng }) : hidden;
    return tap(pass, this, "output", this.down.forward(kept) as Tensor<Sequence>);
  }
}
