import { type Checks, checkOptions, expectBoolean, numberIn, oneOf } from "../checks";
import { knownAs } from "../synonyms";
import type { Initial, Tensor } from "../tensor";
import { MultiHeadAttention } from "./attention";
import { type CoreAttentionConfig, coreAttentionChecks, type MultiHeadAttentionConfig } from "./attention-config";
import { epsilon, expectLayer, pick, rate } from "./checks";
import { FeedForward, type FeedForwardConfig, feedForwardChecks } from "./feed-forward";
import type { Module } from "./module";
import { type Norm, type Normalization, normalization, normFor } from "./norm";
import { type Pass, type Sequence, tap } from "./pass";
import { type NormPlacement, Residual } from "./residual";

/** A module from [batch, seq, dModel] to the same shape, like attention and feed-forward layers. */
export type SequenceLayer = Module & { forward(x: Tensor<Sequence>, pass?: Pass): Tensor<Sequence> };

/** What encoder and decoder blocks are made of: sizes, or the parts themselves. */
export interface BlockConfig
  extends Omit<CoreAttentionConfig, "dropout" | "heads">,
    Omit<FeedForwardConfig, "dropout"> {
  /** The heads of the block's own attention layers; needed unless `attention` is given. */
  heads?: number | undefined;
  /**
   * Where it normalizes. "pre": x + f(norm(x)). "post": norm(x + f(x)), as in the original; this one if omitted.
   * "sandwich": x + norm′(f(norm(x))), as in Gemma 2. "output": x + norm(f(x)), as in OLMo 2. "input":
   * norm(x) + f(norm(x)), as an option of BLOOM.
   */
  norm?: NormPlacement | undefined;
  /** layerNorm if omitted. */
  normalization?: Normalization | undefined;
  epsilon?: number | undefined;
  /** Replaces the norm of the attention layer; `new Unchanged()` for none. */
  attentionNorm?: Norm | undefined;
  /** The factor of each sublayer's output; 1 if omitted. */
  residualScale?: number | undefined;
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

export const blockChecks: Checks<BlockConfig> = /* @__PURE__ */ knownAs(
  {
    options: [
      "normalization normType normLayer layerNormType",
      "residualScale residualMultiplier scaleDepth residualFactor",
    ],
    words: [
      "pre preNorm preLn first",
      "post postNorm postLn last",
      "layerNorm ln layer",
      "rmsNorm rms",
      "sandwich prePost",
    ],
    advice: [["norm", "normFirst preNorm preLn", 'norm: "pre" normalizes first']],
  },
  {
    ...coreAttentionChecks,
    ...feedForwardChecks,
    norm: oneOf(["pre", "post", "sandwich", "output", "input"] satisfies NormPlacement[]),
    normalization,
    epsilon,
    attentionNorm: expectLayer,
    residualScale: numberIn(),
    attentionDropout: rate,
    feedForwardDropout: rate,
    feedForwardBias: expectBoolean,
    attention: expectLayer,
    feedForward: expectLayer,
  },
);

/** The options that a caller's own layer replaces: all of the default layer's, except those of the whole block. */
const replaced = {
  attention: ["keyValueHeads", "headDim", "window", "softcap", "position", "attentionDropout"],
  feedForward: ["dFeedForward", "activation", "gated", "hiddenNorm", "feedForwardDropout", "feedForwardBias"],
} as const satisfies Partial<Record<keyof BlockConfig, readonly (keyof BlockConfig)[]>>;

/** @throws TypeError for an unknown option, or one that has no effect with the caller's own layer */
export function checkBlock<Config extends BlockConfig>(where: string, config: Config, checks: Checks<Config>): void {
  checkOptions(where, config, checks, ["dModel"]);
  const cross = "crossAttention" in config && config.crossAttention === true;
  if (config.heads === undefined && (cross || config.attention === undefined))
    throw new TypeError(`${where}: heads is missing; the block's own attention needs it`);
  for (const part of ["attention", "feedForward"] as const)
    for (const name of replaced[part])
      if (config[part] !== undefined && config[name] !== undefined)
        throw new TypeError(`${where}: ${name} has no effect if ${part} is given; set it on that layer`);
  for (const name of ["bias", "initial", "heads"] as const)
    if (config.attention && (name === "heads" || config.feedForward) && !cross && config[name] !== undefined)
      throw new TypeError(
        `${where}: ${name} has no effect if attention ${name === "heads" ? "is" : "and feedForward are"} given`,
      );
}

/** The config of a block's attention layers. */
export const attentionConfigOf = (config: BlockConfig): MultiHeadAttentionConfig => ({
  ...pick(config, coreAttentionChecks),
  heads: config.heads!,
  dropout: config.attentionDropout ?? config.dropout,
});

/** Dropout of the layer's output is applied by the residual connection. */
const feedForwardOf = (config: BlockConfig): SequenceLayer => {
  const { feedForwardDropout: dropout = 0, feedForwardBias: bias = config.bias } = config;
  return config.feedForward ?? new FeedForward({ ...pick(config, feedForwardChecks), bias, dropout });
};

export const normOf = (where: string, { dModel, epsilon, normalization = "layerNorm" }: BlockConfig): Norm =>
  normFor(where, normalization, { dModel, epsilon });

/** What every block has. */
export interface BlockParts {
  readonly attention: SequenceLayer;
  /** Normalizes as `norm` says: its input, the sum or its output. */
  readonly attentionNorm: Norm;
  /** Normalizes its output, if `norm` is "sandwich". */
  readonly attentionOutputNorm: Norm | undefined;
  readonly feedForward: SequenceLayer;
  readonly feedForwardNorm: Norm;
  readonly feedForwardOutputNorm: Norm | undefined;
  readonly residual: Residual;
}

/** The second norm of a sublayer. */
export const outputNormOf = (where: string, config: BlockConfig): Norm | undefined =>
  config.norm === "sandwich" ? normOf(where, config) : undefined;

export const partsOf = (where: string, config: BlockConfig): BlockParts => ({
  attention: config.attention ?? new MultiHeadAttention(attentionConfigOf(config)),
  attentionNorm: config.attentionNorm ?? normOf(where, config),
  attentionOutputNorm: outputNormOf(where, config),
  feedForward: feedForwardOf(config),
  feedForwardNorm: normOf(where, config),
  feedForwardOutputNorm: outputNormOf(where, config),
  residual: new Residual(config),
});

/** The block's self-attention, which sees no memory. Reports `input`, `attentionAdded` and `middle`. */
export function attend(
  block: BlockParts & Module,
  x: Tensor<Sequence>,
  pass: Pass,
  causal: boolean | undefined = pass.causal,
): Tensor<Sequence> {
  const own = { ...pass, memory: undefined, causal };
  const { attentionNorm: norm, attentionOutputNorm: outputNorm } = block;
  const part = { block, site: "attentionAdded", norm, outputNorm } as const;
  const input = tap(pass, block, "input", x);
  const middle = block.residual.add(input, part, pass, (y) => block.attention.forward(y, own));
  return tap(pass, block, "middle", middle);
}

/** The block's feed-forward layer. Reports `feedForwardAdded` and `output`. */
export function feed(block: BlockParts & Module, x: Tensor<Sequence>, pass: Pass): Tensor<Sequence> {
  const { feedForwardNorm: norm, feedForwardOutputNorm: outputNorm } = block;
  const part = { block, site: "feedForwardAdded", norm, outputNorm } as const;
  const output = block.residual.add(x, part, pass, (y) => block.feedForward.forward(y, pass));
  return tap(pass, block, "output", output);
}
