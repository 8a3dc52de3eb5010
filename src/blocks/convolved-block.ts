import { type Checks, checkOptions, wholeIn } from "../checks";
import {
  add,
  conv1d,
  dropout,
  type Initial,
  initials,
  multiply,
  Parameter,
  permute,
  type RankedTensor,
  reshape,
  type Tensor,
  tanh,
} from "../tensor";
import { apart, endToEnd, expectLengths, tokensOf } from "../tensor/internal";
import type { SequenceLayer } from "./block";
import { admitTexts } from "./caching";
import { epsilon, expectLayer, expectSequence, initial, rate, size } from "./checks";
import { type Activation, activated, activation } from "./feed-forward";
import { Module } from "./module";
import { LayerNorm } from "./norm";
import { paddingOf } from "./padding";
import { checkPass, type Pass, type Sequence, tap } from "./pass";

/** The parts of a `ConvolvedBlock`. */
export interface ConvolvedBlockConfig {
  dModel: number;
  block: SequenceLayer;
  /** How many tokens a kernel sees: an odd number, 3 if omitted. */
  kernel?: number | undefined;
  /** Each kernel sees dModel / groups channels; 1 if omitted. */
  groups?: number | undefined;
  /** tanh if omitted. */
  activation?: Activation | undefined;
  epsilon?: number | undefined;
  /** The share of the convolution's output to zero in training. */
  dropout?: number | undefined;
  initial?: Initial | undefined;
}

const checks: Checks<ConvolvedBlockConfig> = {
  ...{ dModel: size, block: expectLayer, groups: size, activation, epsilon, dropout: rate, initial },
  kernel: /* @__PURE__ */ wholeIn({ least: 1, most: 2 ** 16 - 1 }),
};

/**
 * norm(block(x) + f(conv(x))): a convolution over tokens beside a block. Padding counts and stays as zeros.
 *
 * x [batch, seq, dModel] → the same shape. Reports `input`, `convolution` and `output`.
 *
 * @throws RangeError for an even kernel, or groups that do not divide dModel
 * @see He et al. 2020, DeBERTa (arXiv 2006.03654), and its second version's nGiE
 */
export class ConvolvedBlock extends Module {
  readonly block: SequenceLayer;
  /** [dModel, dModel / groups, kernel] */
  readonly weight: Parameter;
  /** [dModel] */
  readonly bias: Parameter;
  readonly norm: LayerNorm;
  readonly activation: Activation;
  readonly groups: number;
  readonly dropout: number;

  constructor(config: ConvolvedBlockConfig) {
    super();
    checkOptions("ConvolvedBlock", config, checks, ["dModel", "block"]);
    const { dModel, kernel = 3, groups = 1, epsilon, dropout = 0 } = config;
    if (kernel % 2 === 0) throw new RangeError(`ConvolvedBlock: kernel must be odd, not ${kernel}`);
    if (dModel % groups !== 0) throw new RangeError(`ConvolvedBlock: ${groups} groups do not divide dModel ${dModel}`);
    const inputs = (dModel / groups) * kernel;
    this.block = config.block;
    this.weight = new Parameter(
      [dModel, dModel / groups, kernel],
      config.initial ?? initials.uniform(1 / Math.sqrt(inputs)),
    );
    this.bias = new Parameter([dModel], initials.zeros());
    this.norm = new LayerNorm({ dModel, epsilon });
    this.activation = config.activation ?? tanh;
    this.groups = groups;
    this.dropout = dropout;
  }

  override get keepsTextsApart(): boolean {
    return true;
  }

  /** x [batch, seq, dModel] → the same shape. */
  forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass?: Pass): Tensor<Sequence>;
  forward(x: RankedTensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    expectSequence("ConvolvedBlock", "x", x);
    checkPass("ConvolvedBlock", pass);
    admitTexts("ConvolvedBlock", this, pass);
    if (pass.lengths) expectLengths("ConvolvedBlock", pass.lengths, "x", x);
    const [batch, seq] = x.shape;
    const mask = paddingOf(pass, "ConvolvedBlock", [batch, seq, 1]);
    const input = tap(pass, this, "input", x);
    const convolved = this.#convolve(mask ? multiply(input, mask) : input, pass);
    const summed = add(this.block.forward(input, pass), tap(pass, this, "convolution", convolved));
    const normed = this.norm.forward(summed, pass);
    return tap(pass, this, "output", mask ? multiply(normed, mask) : normed);
  }

  #convolve(x: Tensor, pass: Pass): Tensor<Sequence> {
    const { lengths } = pass;
    const padding = (this.weight.shape[2]! - 1) / 2;
    const options = { padding, groups: this.groups };
    const own = lengths ? withZeros(x, lengths) : x;
    const convolved = permute(conv1d(permute(own, [0, 2, 1]), this.weight, this.bias, options), [0, 2, 1]);
    const y = lengths ? endToEnd(convolved, lengths) : convolved;
    const kept = pass.rng ? dropout(y, { rate: this.dropout, random: pass.rng }) : y;
    return activated(this.activation, kept) as Tensor<Sequence>;
  }
}

/** Texts that stand end to end, apart, with zeros after each: [1, total, dModel] → [texts, longest, dModel]. */
function withZeros(x: Tensor, lengths: readonly number[]): Tensor {
  const rows = apart(x, lengths);
  return multiply(rows, reshape(tokensOf(lengths), [lengths.length, rows.shape[1]!, 1])) as Tensor;
}
