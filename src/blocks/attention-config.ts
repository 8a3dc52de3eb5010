import { type Checks, expectBoolean, having, numberIn, wrongKind } from "../checks";
import { isOfAnotherCopy } from "../describe";
import { knownAs } from "../synonyms";
import type { Initial, Tensor } from "../tensor";
import { expectLayer, initial, rate, size } from "./checks";
import { type HeadLayers, headLayers } from "./head-layers";
import type { Linear } from "./linear";
import type { Module } from "./module";
import type { Pass, Sequence } from "./pass";
import type { PositionalEncoding } from "./position";
import type { ScoreSizes } from "./relative-positions";

/** A number for each score, of how many keys there are and how many queries, which are the last positions. */
export type ScoreBias = Module & {
  /** What is added to the scores of these queries and keys. */
  forward(input: ScoreSizes): Tensor;
  /** Keys this many positions before a query, or more, get −Infinity, and a cache may drop them. */
  readonly reach?: number | undefined;
  /** Whether rows of scores may be shifted by a constant, which a softmax without sinks does not see. */
  readonly shifts?: boolean | undefined;
};

/** A layer from [batch, seq, dModel] to [batch, seq, heads · headDim]. */
export type Gate = Module & { forward(x: Tensor<Sequence>, pass?: Pass): Tensor };

/** A MultiHeadAttention whose keys and values a later layer takes. */
export type KeySource = Module & { key: Linear; value: Linear; keyValueHeads: number; headDim: number };

/** The options of attention that blocks have as well. */
export interface CoreAttentionConfig {
  dModel: number;
  heads: number;
  /** Fewer heads for keys and values than for queries; each serves heads / keyValueHeads query heads. */
  keyValueHeads?: number | undefined;
  /** dModel / heads if omitted. */
  headDim?: number | undefined;
  /** A bias of queries, keys, values and, unless `outputBias` is given, the output; true if omitted. */
  bias?: boolean | undefined;
  /** The share of attention weights to zero in training. */
  dropout?: number | undefined;
  /** Tokens see only tokens fewer than `window` positions away (with `causal`, before them); all if omitted. */
  window?: number | undefined;
  /** Keeps scores s between −softcap and softcap: softcap · tanh(s / softcap). */
  softcap?: number | undefined;
  /** A rotary encoding of queries and keys, after their layers. */
  position?: PositionalEncoding | undefined;
  initial?: Initial | undefined;
}

/** The sizes and parts of `MultiHeadAttention`. */
export interface MultiHeadAttentionConfig extends CoreAttentionConfig {
  outputBias?: boolean | undefined;
  /** What scores are multiplied by; 1 / √headDim if omitted. */
  scale?: number | undefined;
  /** Layers of the queries, in this order: `{ norm, position: rotary }`. */
  queries?: HeadLayers | undefined;
  keys?: HeadLayers | undefined;
  values?: HeadLayers | undefined;
  /** Layers of what attention gives each head, before the output. */
  context?: HeadLayers | undefined;
  /** Added to the scores, except over a memory: AlibiPositions, RelativePositions. */
  scoreBias?: ScoreBias | undefined;
  /** Each head has one more score, a parameter, which takes a share of the softmax: gpt-oss. */
  sinks?: boolean | undefined;
  /** A module of x whose sigmoid multiplies the context: → [batch, seq, heads · headDim]. */
  gate?: Gate | undefined;
  /** The keys' projection is that of the values as well, as in Gemma 4. */
  valuesFromKeys?: boolean | undefined;
  /** Takes keys and values of this layer, which runs earlier in the same pass, and projects queries only. */
  sharedKeys?: KeySource | undefined;
}

export const coreAttentionChecks: Checks<CoreAttentionConfig> = /* @__PURE__ */ knownAs(
  {
    options: [
      "dModel hiddenSize embeddingDim embedDim nEmbd dim modelDim width dmodel",
      "heads numHeads nHead nHeads numAttentionHeads attentionHeads head encoderAttentionHeads decoderAttentionHeads",
      "keyValueHeads numKeyValueHeads nKvHead kvHeads numKvHeads nKvHeads kvNumHeads",
      "headDim dHead dimHead headSize keyDim kvChannels",
      "dropout dropoutRate pDropout attnPdrop residPdrop embdPdrop hiddenDropoutProb attentionDropout dropoutP attentionProbsDropoutProb",
    ],
    advice: [["dModel", "batchFirst", "inputs are always [batch, seq, dModel]"]],
  },
  {
    dModel: size,
    heads: size,
    keyValueHeads: size,
    headDim: size,
    bias: expectBoolean,
    dropout: rate,
    window: size,
    softcap: numberIn({ least: 2 ** -126 }),
    position: (where, name, value) => {
      // Parameters of another copy of the library would not be found.
      if (isOfAnotherCopy(value)) throw wrongKind(where, name, "a PositionalEncoding", value);
      having(["forward"], "a PositionalEncoding")(where, name, value);
    },
    initial,
  },
);

export const attentionChecks: Checks<MultiHeadAttentionConfig> = {
  ...coreAttentionChecks,
  outputBias: expectBoolean,
  scale: /* @__PURE__ */ numberIn({ least: -(2 ** 127), most: 2 ** 127 }),
  queries: headLayers,
  keys: headLayers,
  values: headLayers,
  context: headLayers,
  scoreBias: expectLayer,
  sinks: expectBoolean,
  gate: expectLayer,
  valuesFromKeys: expectBoolean,
  sharedKeys: expectLayer,
};

/** Options that have no effect in a layer with the keys of another. */
const idle = ["keys", "values", "valuesFromKeys", "keyValueHeads"] as const;

/** Sizes that fit each other. */
export interface AttentionSizes {
  heads: number;
  keyValueHeads: number;
  headDim: number;
}

/** @throws TypeError for options without effect; RangeError for sizes that do not fit */
export function sizesOf(config: MultiHeadAttentionConfig): AttentionSizes {
  const { dModel, heads, sharedKeys: source } = config;
  for (const name of idle)
    if (source && config[name] !== undefined)
      throw new TypeError(`MultiHeadAttention: ${name} has no effect if sharedKeys is given; set it on that layer`);
  const { keyValueHeads = source?.keyValueHeads ?? heads, headDim = source?.headDim ?? dModel / heads } = config;
  if (!Number.isInteger(headDim))
    throw new RangeError(`MultiHeadAttention: ${heads} heads do not divide dModel ${dModel}; give headDim`);
  if (!Number.isInteger(heads / keyValueHeads))
    throw new RangeError(`MultiHeadAttention: ${keyValueHeads} keyValueHeads do not divide ${heads} heads`);
  if (source && headDim !== source.headDim)
    throw new RangeError(`MultiHeadAttention: headDim ${headDim} is not that of sharedKeys, ${source.headDim}`);
  if (config.sinks && config.scoreBias?.shifts)
    throw new TypeError(
      "MultiHeadAttention: sinks cannot be combined with this scoreBias, which shifts each row of scores; leave one out",
    );
  return { heads, keyValueHeads, headDim };
}
