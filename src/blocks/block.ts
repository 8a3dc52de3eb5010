import { add, dropout, type Initial, type Tensor } from "../tensor";
import { MultiHeadAttention, type MultiHeadAttentionConfig } from "./attention";
import { expectOneOf, expectRate } from "./checks";
import { FeedForward, type FeedForwardConfig } from "./feed-forward";
import type { Module } from "./module";
import { makeNorm, type Norm, type Normalization } from "./norm";
import type { Pass, Sequence } from "./pass";

/** A module from [batch, seq, dModel] to the same, as attention and feed-forward layers are. */
export type SequenceLayer = Module & { forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence> };

/** What encoder and decoder blocks are made of: sizes, or the parts themselves. */
export interface BlockConfig extends Omit<MultiHeadAttentionConfig, "dropout">, Omit<FeedForwardConfig, "dropout"> {
  /** Normalize what goes into each sublayer, or what comes out of each sum; "post" unless given, as in the original. */
  norm?: "pre" | "post" | undefined;
  /** layerNorm unless given. */
  normalization?: Normalization | undefined;
  epsilon?: number | undefined;
  /** The share that is zeroed in training, of each sublayer's output and of attention weights. */
  dropout?: number | undefined;
  /** The share of attention weights alone; as `dropout` unless given. */
  attentionDropout?: number | undefined;
  /** The share of the inner numbers of the feed-forward layer; 0 unless given. */
  feedForwardDropout?: number | undefined;
  /** A bias in the feed-forward layer; as `bias` unless given. */
  feedForwardBias?: boolean | undefined;
  /** Another self-attention than MultiHeadAttention. */
  attention?: SequenceLayer | undefined;
  /** Another feed-forward layer. */
  feedForward?: SequenceLayer | undefined;
  initial?: Initial | undefined;
}

export const attentionOf = (config: BlockConfig): SequenceLayer =>
  config.attention ?? new MultiHeadAttention(withAttentionDropout(config));

export const withAttentionDropout = <Config extends BlockConfig>(config: Config): Config => ({
  ...config,
  dropout: config.attentionDropout ?? config.dropout,
});

/** Dropout of the sublayer's output belongs to the residual connection. */
export const feedForwardOf = (config: BlockConfig): SequenceLayer => {
  const { feedForwardDropout: dropout = 0, feedForwardBias: bias = config.bias } = config;
  return config.feedForward ?? new FeedForward({ ...config, bias, dropout });
};

export const normOf = (config: BlockConfig): Norm => makeNorm(config.normalization ?? "layerNorm", config);

/** How a block adds a sublayer to its input: x + f(norm(x)), or norm(x + f(x)). */
export class Residual {
  readonly placement: "pre" | "post";
  readonly rate: number;

  constructor({ norm = "post", dropout = 0 }: BlockConfig) {
    expectOneOf("block", "norm", norm, ["pre", "post"]);
    expectRate("block", dropout);
    this.placement = norm;
    this.rate = dropout;
  }

  add(
    x: Tensor<Sequence>,
    norm: Norm,
    pass: Pass,
    sublayer: (x: Tensor<Sequence>) => Tensor<Sequence>,
  ): Tensor<Sequence> {
    const drop = (y: Tensor<Sequence>) => (pass.rng ? dropout(y, { rate: this.rate, random: pass.rng }) : y);
    return this.placement === "pre" ? add(x, drop(sublayer(norm.forward(x)))) : norm.forward(add(x, drop(sublayer(x))));
  }
}
