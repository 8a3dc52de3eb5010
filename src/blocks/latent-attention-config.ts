import { type Checks, expectBoolean, numberIn } from "../checks";
import { knownAs } from "../synonyms";
import type { Initial, Tensor } from "../tensor";
import { epsilon, expectLayer, initial, rate, size } from "./checks";
import type { Module } from "./module";
import type { Pass, Sequence } from "./pass";
import type { PositionalEncoding } from "./position";

/** Hides keys from queries: the mask of a pass, narrowed to the keys that a query looks at. */
export type KeySelection = Module & {
  /**
   * @param x what attention sees, [batch, seq, dModel]
   * @param queries the compressed queries, [batch, seq, queryRank]
   * @param pass with the causal mask of the block
   * @returns 1 for a key to look at, 0 for another: [batch, 1, query, key]
   */
  forward(x: Tensor<Sequence>, queries: Tensor<Sequence>, pass: Pass): Tensor;
};

/** The sizes and parts of `LatentAttention`. */
export interface LatentAttentionConfig {
  dModel: number;
  heads: number;
  /** The size of the compressed keys and values, d_c in the paper. */
  keyValueRank: number;
  /** The size of the compressed queries; they are not compressed if omitted. */
  queryRank?: number | undefined;
  /** The size of the part of each query and key without position. */
  headDim: number;
  /** The size of the part of each query and key with a position, the same key for all heads. */
  rotaryDim: number;
  /** The size of each value; `headDim` if omitted. */
  valueDim?: number | undefined;
  /** A rotary encoding of the part with a position. */
  position?: PositionalEncoding | undefined;
  /** What scores are multiplied by; 1 / √(headDim + rotaryDim) if omitted. */
  scale?: number | undefined;
  /** A bias in the compressing layers and the output; no bias if omitted. */
  bias?: boolean | undefined;
  /** Of the norms of what is compressed. */
  epsilon?: number | undefined;
  /** The share of attention weights to zero in training. */
  dropout?: number | undefined;
  /** Which keys each query looks at, if not all. */
  selection?: KeySelection | undefined;
  initial?: Initial | undefined;
}

export const latentChecks: Checks<LatentAttentionConfig> = /* @__PURE__ */ knownAs(
  {
    options: [
      "dModel hiddenSize embeddingDim nEmbd dim",
      "heads numHeads nHeads numAttentionHeads",
      "keyValueRank kvLoraRank kvRank latentDim",
      "queryRank qLoraRank qRank",
      "headDim qkNopeHeadDim",
      "rotaryDim qkRopeHeadDim ropeDim",
      "valueDim vHeadDim",
    ],
  },
  {
    ...{ dModel: size, heads: size, keyValueRank: size, queryRank: size, headDim: size, rotaryDim: size },
    ...{ valueDim: size, position: expectLayer, scale: numberIn(), bias: expectBoolean, epsilon, dropout: rate },
    ...{ selection: expectLayer, initial },
  },
);
