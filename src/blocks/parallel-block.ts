import { type Checks, wholeIn } from "../checks";
import { add, type RankedTensor, type Tensor } from "../tensor";
import { type BlockConfig, blockChecks, checkBlock, partsOf, type SequenceLayer } from "./block";
import { admitTexts } from "./caching";
import { expectSequence } from "./checks";
import { type Caching, Module } from "./module";
import type { Norm } from "./norm";
import { checkPass, type Pass, type Sequence, tap } from "./pass";
import type { Residual } from "./residual";

/** The sizes or parts of a `ParallelBlock`. */
export interface ParallelBlockConfig extends Omit<BlockConfig, "norm"> {
  /** Whether both layers take the same normalized input (1) or each has a norm of its own (2); 1 if omitted. */
  norms?: 1 | 2 | undefined;
}

function checksOf({ norm: _, ...shared }: Checks<BlockConfig>): Checks<ParallelBlockConfig> {
  return { ...shared, norms: wholeIn({ least: 1, most: 2 }) };
}

const checks = /* @__PURE__ */ checksOf(blockChecks);

/**
 * Attention and feed-forward layer side by side: y = x + Attention(norm(x)) + FeedForward(norm′(x)), where norm′ is norm
 * itself if there is one norm.
 *
 * x [batch, seq, dModel] → the same shape. Attention is causal, unless `pass.causal` is false. Reports `input`,
 * `attentionAdded`, `feedForwardAdded`, `middle`, which is x + Attention(norm(x)), and `output`.
 *
 * @see Wang and Komatsuzaki 2021, GPT-J-6B, for one norm; Black et al. 2022, GPT-NeoX-20B (arXiv 2204.06745), section
 * 2.1, for two
 * @example
 * ```ts
 * import { initialize, ones, ParallelBlock } from "transformer-blocks";
 * const block = initialize(new ParallelBlock({ dModel: 8, heads: 2, dFeedForward: 16 }), { seed: 1 });
 * block.forward(ones([1, 3, 8])).shape; // [1, 3, 8]
 * ```
 */
export class ParallelBlock extends Module {
  readonly attention: SequenceLayer;
  /** Normalizes the input of both layers, or of attention alone. */
  readonly attentionNorm: Norm;
  readonly feedForward: SequenceLayer;
  readonly feedForwardNorm: Norm | undefined;
  readonly residual: Residual;

  constructor(config: ParallelBlockConfig) {
    super();
    checkBlock("ParallelBlock", config, checks);
    const { norms = 1, ...sizes } = config;
    const parts = partsOf("ParallelBlock", { ...sizes, norm: "pre" });
    this.attention = parts.attention;
    this.attentionNorm = parts.attentionNorm;
    this.feedForward = parts.feedForward;
    this.feedForwardNorm = norms === 2 ? parts.feedForwardNorm : undefined;
    this.residual = parts.residual;
  }

  static readonly isCachingTested = true;

  override get caching(): Caching {
    return "perPosition";
  }

  /** x [batch, seq, dModel] → the same shape. */
  forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    expectSequence("ParallelBlock", "x", x);
    checkPass("ParallelBlock", pass);
    admitTexts("ParallelBlock", this, pass);
    pass.cache?.admit(this);
    const input = tap(pass, this, "input", x);
    const normed = this.attentionNorm.forward(input, pass);
    const own = { ...pass, memory: undefined, causal: pass.causal ?? true };
    const added = (y: Tensor<Sequence>, site: string) => tap(pass, this, site, this.residual.damp(y, pass));
    const attended = added(this.attention.forward(normed, own), "attentionAdded");
    const other = this.feedForwardNorm ? this.feedForwardNorm.forward(input, pass) : normed;
    const fed = added(this.feedForward.forward(other, pass), "feedForwardAdded");
    const output = pass.tap?.sees(this, "middle")
      ? add(tap(pass, this, "middle", add(input, attended)), fed)
      : add(input, add(attended, fed));
    return tap(pass, this, "output", output);
  }
}
