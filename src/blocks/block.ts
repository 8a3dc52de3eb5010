import { type Check, type Checks, checkOptions, expectBoolean, oneOf, wrongKind } from "../checks";
import { knownAs } from "../synonyms";
import { add, dropout, type Initial, type Tensor } from "../tensor";
import { attentionChecks, MultiHeadAttention, type MultiHeadAttentionConfig } from "./attention";
import { epsilon, pick, rate } from "./checks";
import { FeedForward, type FeedForwardConfig, feedForwardChecks } from "./feed-forward";
import { Module } from "./module";
import { makeNorm, type Norm, type Normalization, normalization } from "./norm";
import { type Pass, type Sequence, tap } from "./pass";

/** A module from [batch, seq, dModel] to the same shape, like attention and feed-forward layers. */
export type SequenceLayer = Module & { forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence> };

/** What encoder and decoder blocks are made of: sizes, or the parts themselves. */
export interface BlockConfig extends Omit<MultiHeadAttentionConfig, "dropout">, Omit<FeedForwardConfig, "dropout"> {
  /** Normalize the input of each sublayer ("pre") or each sum ("post"); "post" if omitted, as in the original. */
  norm?: "pre" | "post" | undefined;
  /** layerNorm if omitted. */
  normalization?: Normalization | undefined;
  epsilon?: number | undefined;
  /** The share of each sublayer's output and of attention weights to zero in training. */
  dropout?: number | undefined;
  /** The share of attention weights only; `dropout` if omitted. */
  attentionDropout?: number | undefined;
  /** The share of the feed-forward layer's hidden values; 0 if omitted. */
  feedForwardDropout?: number | undefined;
  /** A bias in the feed-forward layer; `bias` if omitted. */
  feedForwardBias?: boolean | undefined;
  /** Replaces MultiHeadAttention as the self-attention. */
  attention?: SequenceLayer | undefined;
  /** Replaces FeedForward. */
  feedForward?: SequenceLayer | undefined;
  initial?: Initial | undefined;
}

/** Checks a part that a caller gives. */
export const layer: Check = (where, name, value) => {
  if (!(value instanceof Module) || typeof Reflect.get(value, "forward") !== "function")
    throw wrongKind(where, name, "a Module with forward(x, pass)", value);
};

export const blockChecks: Checks<BlockConfig> = /* @__PURE__ */ knownAs(
  {
    options: ["normalization normType normLayer layerNormType"],
    words: ["pre preNorm preLn first", "post postNorm postLn last", "layerNorm ln layer", "rmsNorm rms"],
    advice: [["norm", "normFirst preNorm preLn", 'norm: "pre" normalizes first']],
  },
  {
    ...attentionChecks,
    ...feedForwardChecks,
    norm: oneOf(["pre", "post"]),
    normalization,
    epsilon,
    attentionDropout: rate,
    feedForwardDropout: rate,
    feedForwardBias: expectBoolean,
    attention: layer,
    feedForward: layer,
  },
);

/** The options that a caller's own layer replaces: all of the default layer's, except those of the whole block. */
const replaced = {
  attention: ["keyValueHeads", "headDim", "window", "softcap", "position", "attentionDropout"],
  feedForward: ["dFeedForward", "activation", "gated", "feedForwardDropout", "feedForwardBias"],
} as const satisfies Partial<Record<keyof BlockConfig, readonly (keyof BlockConfig)[]>>;

/** @throws TypeError for an unknown option, or one that has no effect with the caller's own layer */
export function checkBlock<Config extends BlockConfig>(where: string, config: Config, checks: Checks<Config>): void {
  checkOptions(where, config, checks, ["dModel", "heads"]);
  for (const part of ["attention", "feedForward"] as const)
    for (const name of replaced[part])
      if (config[part] !== undefined && config[name] !== undefined)
        throw new TypeError(`${where}: ${name} has no effect if ${part} is given; set it on that layer`);
  const cross = "crossAttention" in config && config.crossAttention === true;
  for (const name of ["bias", "initial"] as const)
    if (config.attention && config.feedForward && !cross && config[name] !== undefined)
      throw new TypeError(`${where}: ${name} has no effect if attention and feedForward are given`);
}

/** The config of a block's attention layers. */
export const attentionConfigOf = (config: BlockConfig): MultiHeadAttentionConfig => ({
  ...pick(config, attentionChecks),
  dropout: config.attentionDropout ?? config.dropout,
});

/** Dropout of the layer's output is applied by the residual connection. */
const feedForwardOf = (config: BlockConfig): SequenceLayer => {
  const { feedForwardDropout: dropout = 0, feedForwardBias: bias = config.bias } = config;
  return config.feedForward ?? new FeedForward({ ...pick(config, feedForwardChecks), bias, dropout });
};

export const normOf = ({ dModel, epsilon, normalization = "layerNorm" }: BlockConfig): Norm =>
  makeNorm(normalization, { dModel, epsilon });

/** What every block has. */
export interface BlockParts {
  readonly attention: SequenceLayer;
  readonly attentionNorm: Norm;
  readonly feedForward: SequenceLayer;
  readonly feedForwardNorm: Norm;
  readonly residual: Residual;
}

export const partsOf = (config: BlockConfig): BlockParts => ({
  attention: config.attention ?? new MultiHeadAttention(attentionConfigOf(config)),
  attentionNorm: normOf(config),
  feedForward: feedForwardOf(config),
  feedForwardNorm: normOf(config),
  residual: new Residual(config),
});

/** The block's self-attention, which sees no memory. */
export function attend(
  block: BlockParts,
  x: Tensor<Sequence>,
  pass: Pass,
  causal: boolean | undefined = pass.causal,
): Tensor<Sequence> {
  const own = { ...pass, memory: undefined, causal };
  return block.residual.add(x, block.attentionNorm, pass, (y) => block.attention.forward(y, own));
}

/** The block's feed-forward layer. Reports `output`. */
export function feed(block: BlockParts & Module, x: Tensor<Sequence>, pass: Pass): Tensor<Sequence> {
  const fed = block.residual.add(x, block.feedForwardNorm, pass, (y) => block.feedForward.forward(y, pass));
  return tap(pass, block, "output", fed);
}

/** How a block adds a sublayer to its input: x + f(norm(x)), or norm(x + f(x)). */
export class Residual {
  readonly norm: "pre" | "post";
  readonly dropout: number;

  constructor({ norm = "post", dropout = 0 }: BlockConfig) {
    this.norm = norm;
    this.dropout = dropout;
  }

  add(
    x: Tensor<Sequence>,
    norm: Norm,
    pass: Pass,
    sublayer: (x: Tensor<Sequence>) => Tensor<Sequence>,
  ): Tensor<Sequence> {
    const drop = (y: Tensor<Sequence>) => (pass.rng ? dropout(y, { rate: this.dropout, random: pass.rng }) : y);
    return this.norm === "pre" ? add(x, drop(sublayer(norm.forward(x)))) : norm.forward(add(x, drop(sublayer(x))));
  }
}
