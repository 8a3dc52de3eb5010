import { type Checks, expectBoolean } from "../checks";
import type { RankedTensor, Tensor } from "../tensor";
import { MultiHeadAttention } from "./attention";
import {
  attend,
  attentionConfigOf,
  type BlockConfig,
  blockChecks,
  checkBlock,
  feed,
  normOf,
  outputNormOf,
  partsOf,
  type SequenceLayer,
} from "./block";
import { admitTexts } from "./caching";
import { expectLayer, expectSequence } from "./checks";
import { type Caching, Module } from "./module";
import type { Norm } from "./norm";
import { checkPass, type Pass, type Sequence, tap } from "./pass";
import type { Residual } from "./residual";

export interface DecoderBlockConfig extends BlockConfig {
  /** Attention over `pass.memory` between self-attention and the feed-forward layer: like the block's, or your own layer. */
  crossAttention?: boolean | SequenceLayer | undefined;
}

const decoderBlockChecks: Checks<DecoderBlockConfig> = {
  ...blockChecks,
  crossAttention: (where, name, value) => {
    if (!(value instanceof Module)) expectBoolean(where, name, value);
    else expectLayer(where, name, value);
  },
};

/**
 * Causal self-attention, optional cross attention over the memory, then a feed-forward layer, each with a residual
 * connection and a normalization.
 *
 * x [batch, seq, dModel] → the same shape. No position sees a later one, unless `pass.causal` is false. Reports `input`,
 * `attentionAdded`, `middle`, with cross attention `crossAttentionAdded` and `crossed`, then `feedForwardAdded` and
 * `output`.
 *
 * @throws TypeError if the block has cross attention and `pass.memory` is missing
 * @see Vaswani et al. 2017 (arXiv 1706.03762), section 3.1; Radford et al. 2018 for the block without cross attention
 */
export class DecoderBlock extends Module {
  readonly attention: SequenceLayer;
  readonly attentionNorm: Norm;
  readonly attentionOutputNorm: Norm | undefined;
  readonly crossAttention: SequenceLayer | undefined;
  readonly crossAttentionNorm: Norm | undefined;
  readonly crossAttentionOutputNorm: Norm | undefined;
  readonly feedForward: SequenceLayer;
  readonly feedForwardNorm: Norm;
  readonly feedForwardOutputNorm: Norm | undefined;
  readonly residual: Residual;

  constructor(config: DecoderBlockConfig) {
    super();
    checkBlock("DecoderBlock", config, decoderBlockChecks);
    const parts = partsOf("DecoderBlock", config);
    this.attention = parts.attention;
    this.attentionNorm = parts.attentionNorm;
    this.attentionOutputNorm = parts.attentionOutputNorm;
    if (config.crossAttention) {
      const own = () => ({ ...attentionConfigOf(config), position: undefined, window: undefined });
      this.crossAttention = config.crossAttention === true ? new MultiHeadAttention(own()) : config.crossAttention;
      this.crossAttentionNorm = normOf("DecoderBlock", config);
      this.crossAttentionOutputNorm = outputNormOf("DecoderBlock", config);
    }
    this.feedForward = parts.feedForward;
    this.feedForwardNorm = parts.feedForwardNorm;
    this.feedForwardOutputNorm = parts.feedForwardOutputNorm;
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
    expectSequence("DecoderBlock", "x", x);
    checkPass("DecoderBlock", pass);
    admitTexts("DecoderBlock", this, pass);
    pass.cache?.admit(this);
    let h = attend(this, x, pass, pass.causal ?? true);
    if (this.crossAttention) {
      if (!pass.memory) throw new TypeError("DecoderBlock: cross attention needs pass.memory, the encoder's output");
      const cross = { ...pass, mask: pass.memoryMask, bias: undefined, causal: false };
      const { crossAttentionNorm: norm, crossAttentionOutputNorm: outputNorm } = this;
      const part = { block: this, site: "crossAttentionAdded", norm: norm!, outputNorm } as const;
      h = this.residual.add(h, part, pass, (y) => this.crossAttention!.forward(y, cross));
      h = tap(pass, this, "crossed", h);
    }
    return feed(this, h, pass);
  }
}
