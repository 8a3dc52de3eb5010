/**
 * The building blocks of transformers.
 *
 * @module blocks
 */
export { AlibiPositions, type AlibiPositionsConfig, type ScoreBiasInput } from "./alibi";
export { MultiHeadAttention } from "./attention";
export type { Gate, KeySource, MultiHeadAttentionConfig, ScoreBias } from "./attention-config";
export type { BlockConfig, SequenceLayer } from "./block";
export { type CacheConfig, KeyValueCache } from "./cache";
export { DecoderBlock, type DecoderBlockConfig } from "./decoder-block";
export { Embedding, type EmbeddingConfig } from "./embedding";
export { EncoderBlock } from "./encoder-block";
export { type Activation, FeedForward, type FeedForwardConfig } from "./feed-forward";
export {
  AcrossHeads,
  type AcrossHeadsConfig,
  type HeadLayer,
  type HeadLayers,
  PerHeadNorm,
  type PerHeadNormConfig,
} from "./head-layers";
export { countParameters, initialize } from "./initialize";
export type { KeysAndValues } from "./keys-and-values";
export { Linear, type LinearConfig } from "./linear";
export { type Caching, Module } from "./module";
export {
  LayerNorm,
  type LayerNormConfig,
  makeNorm,
  type Norm,
  type Normalization,
  type NormConfig,
  RMSNorm,
} from "./norm";
export {
  HeadTransform,
  type HeadTransformConfig,
  OutputHead,
  type OutputHeadConfig,
  Pooler,
  type PoolerConfig,
} from "./output-head";
export { ParallelBlock, type ParallelBlockConfig } from "./parallel-block";
export { type Pass, positionsOf, type Sequence, shared, type Tap, tap } from "./pass";
export { PositionalEncoding, type PositionalEncodingConfig } from "./position";
export { quantize } from "./quantize";
export { RelativePositions, type RelativePositionsConfig, type ScoreSizes } from "./relative-positions";
export type { NormPlacement } from "./residual";
