import type { RankedTensor, Tensor } from "../tensor";
import { attend, type BlockConfig, blockChecks, checkBlock, feed, partsOf, type SequenceLayer } from "./block";
import { admitTexts } from "./caching";
import { expectSequence } from "./checks";
import { encodedTogether, isOwn } from "./encoded-together";
import { Module } from "./module";
import type { Norm } from "./norm";
import { checkPass, type Pass, type Sequence, type Unused } from "./pass";
import type { Residual } from "./residual";

const unused: Unused = { cache: "an encoder block sees the whole text" };

/**
 * Self-attention, then a feed-forward layer, each with a residual connection and a normalization. Every position sees
 * all that the mask keeps.
 *
 * x [batch, seq, dModel] → the same shape. Reports `input`, `attentionAdded`, `middle`, `feedForwardAdded` and `output`.
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
  readonly attentionOutputNorm: Norm | undefined;
  readonly feedForward: SequenceLayer;
  readonly feedForwardNorm: Norm;
  readonly feedForwardOutputNorm: Norm | undefined;
  readonly residual: Residual;

  constructor(config: BlockConfig) {
    super();
    checkBlock("EncoderBlock", config, blockChecks);
    const parts = partsOf("EncoderBlock", config);
    this.attention = parts.attention;
    this.attentionNorm = parts.attentionNorm;
    this.attentionOutputNorm = parts.attentionOutputNorm;
    this.feedForward = parts.feedForward;
    this.feedForwardNorm = parts.feedForwardNorm;
    this.feedForwardOutputNorm = parts.feedForwardOutputNorm;
    this.residual = parts.residual;
  }

  override get keepsTextsApart(): boolean {
    return true;
  }

  /** x [batch, seq, dModel] → the same shape. */
  forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    expectSequence("EncoderBlock", "x", x);
    check(this, pass);
    return encodedTogether([this], x, pass)?.x ?? feed(this, attend(this, x, pass), pass);
  }
}

function check(block: EncoderBlock, pass: Pass): void {
  checkPass("EncoderBlock", pass, unused);
  admitTexts("EncoderBlock", block, pass);
}

/** x through blocks, one after the other; those that follow each other and run alike in one call of the kernels. */
export function throughEncoder(blocks: readonly SequenceLayer[], x: Tensor<Sequence>, pass: Pass): Tensor<Sequence> {
  const [first, ...rest] = blocks;
  if (first === undefined) return x;
  const end = blocks.findIndex((block) => !isOwn(block, EncoderBlock));
  const own = (end < 0 ? blocks : blocks.slice(0, end)) as readonly EncoderBlock[];
  if (own.length < 2) return throughEncoder(rest, first.forward(x, pass), pass);
  for (const block of own) check(block, pass);
  const found = encodedTogether(own, x, pass);
  // What stops one call, such as numbers that need another way, may stop the next ones, too: then each block runs alone.
  if (!found) return blocks.reduce((y, block) => block.forward(y, pass), x);
  return throughEncoder(blocks.slice(found.count), found.x, pass);
}
