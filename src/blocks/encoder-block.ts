import type { Tensor } from "../tensor";
import {
  attentionOf,
  type BlockConfig,
  blockChecks,
  checkBlock,
  feedForwardOf,
  normOf,
  Residual,
  type SequenceLayer,
} from "./block";
import { expectSequence } from "./checks";
import { Module } from "./module";
import type { Norm } from "./norm";
import { checkPass, type Pass, type Sequence, tap, type Unused } from "./pass";

const unused: Unused = { cache: "an encoder block sees a text whole" };

/**
 * Self-attention, then a feed-forward layer, each with a residual connection and a normalization. Every position sees
 * every other that the mask keeps.
 *
 * x [batch, seq, dModel] → the same. Reports `output`.
 *
 * @see Vaswani et al. 2017 (arXiv 1706.03762), section 3.1; Xiong et al. 2020 (arXiv 2002.04745) for "pre"
 * @example
 * ```ts
 * import { EncoderBlock, initialize, ones } from "transformer-blocks";
 * const block = initialize(new EncoderBlock({ dModel: 8, heads: 2, dFeedForward: 16, activation: "gelu" }), { seed: 1 });
 * block.forward(ones([1, 3, 8]), { mask: [[1, 1, 0]] }).shape; // [1, 3, 8]
 * ```
 */
export class EncoderBlock extends Module {
  readonly attention: SequenceLayer;
  readonly attentionNorm: Norm;
  readonly feedForward: SequenceLayer;
  readonly feedForwardNorm: Norm;
  readonly residual: Residual;

  constructor(config: BlockConfig) {
    super();
    checkBlock("EncoderBlock", config, blockChecks);
    this.residual = new Residual(config);
    this.attention = attentionOf(config);
    this.attentionNorm = normOf(config);
    this.feedForward = feedForwardOf(config);
    this.feedForwardNorm = normOf(config);
    this.parameters(); // Names them, so that one without values is named in the error.
  }

  forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    expectSequence("EncoderBlock", "x", x);
    checkPass("EncoderBlock", pass, unused);
    const self = { ...pass, memory: undefined };
    const attended = this.residual.add(x, this.attentionNorm, pass, (h) => this.attention.forward(h, self));
    const fed = this.residual.add(attended, this.feedForwardNorm, pass, (h) => this.feedForward.forward(h, pass));
    return tap(pass, this, "output", fed);
  }
}
