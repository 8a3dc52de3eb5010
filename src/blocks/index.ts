/**
 * The building blocks of transformers.
 *
 * @module blocks
 */
export { AlibiPositions, type AlibiPositionsConfig } from "./alibi";
export { MultiHeadAttention } from "./attention";
export type { Gate, KeySource, MultiHeadAttentionConfig, ScoreBias } from "./attention-config";
export type { BlockConfig, SequenceLayer } from "./block";
export { type CacheConfig, KeyValueCache } from "./cache";
export type { AppendOptions } from "./cache-positions";
export { CausalConvolution, type CausalConvolutionConfig } from "./causal-convolution";
export { Chain, type ChainConfig } from "./chain";
export { ChunkedWindow } from "./chunked-window";
export { Clamp, type ClampConfig } from "./clamp";
export { ClampedFeedForward, type ClampedFeedForwardConfig } from "./clamped-feed-forward";
export { ConvolvedBlock, type ConvolvedBlockConfig } from "./convolved-block";

export { DecoderBlock, type DecoderBlockConfig } from "./decoder-block";
export {
  DisentangledAttention,
  type DisentangledAttentionConfig,
  type DisentangledTerm,
} from "./disentangled-attention";
export { DistanceEmbedding, type DistanceEmbeddingConfig } from "./distance-embedding";
export { Embedding, type EmbeddingConfig } from "./embedding";
export { EncoderBlock } from "./encoder-block";
export { type Activation, type ActivationLayer, FeedForward, type FeedForwardConfig } from "./feed-forward";
export { GatedDeltaNet, type GatedDeltaNetConfig } from "./gated-delta-net";
export {
  AcrossHeads,
  type AcrossHeadsConfig,
  type HeadLayer,
  type HeadLayers,
  PerHeadNorm,
  type PerHeadNormConfig,
} from "./head-layers";
export { HeadTransform, type HeadTransformConfig } from "./head-transform";
export { countParameters, initialize } from "./initialize";
export { KeyIndexer, type KeyIndexerConfig } from "./key-indexer";
export type { Appended, CachedTensors, KeysAndValues } from "./keys-and-values";
export { LatentAttention } from "./latent-attention";
export type { KeySelection, LatentAttentionConfig } from "./latent-attention-config";
export { Linear, type LinearConfig } from "./linear";
export { MixtureOfExperts, type MixtureOfExpertsConfig } from "./mixture-of-experts";
export { type Caching, Module } from "./module";
export {
  LayerNorm,
  type LayerNormConfig,
  makeNorm,
  type Norm,
  type Normalization,
  type NormConfig,
  RMSNorm,
  Unchanged,
} from "./norm";
export { OutputHead } from "./output-head";
export type { OutputHeadConfig } from "./output-head-config";
export { ParallelBlock, type ParallelBlockConfig } from "./parallel-block";
export { type Pass, positionsOf, type Sequence, shared, type Tap, tap } from "./pass";
export { Pooler, type PoolerConfig } from "./pooler";
export { PositionalEncoding } from "./position";
export type { PositionalEncodingConfig } from "./position-config";
export { type QuantizeOptions, quantize } from "./quantize";
export { QueryTemperature, type QueryTemperatureConfig } from "./query-temperature";
export { RelativePositions, type RelativePositionsConfig, type ScoreSizes } from "./relative-positions";
export type { NormPlacement } from "./residual";
export type { RotaryScaling } from "./rotary-scaling";
export { RotationTable, type RotationTableConfig } from "./rotation-table";
export type { Router, Routing } from "./router";
export type { ExpertGroups, TopKRouterConfig } from "./router-config";
export { ShortConvolution, type ShortConvolutionConfig } from "./short-convolution";
export { SparseMixerRouter, type SparseMixerRouterConfig } from "./sparse-mixer-router";
export { TokenPooling, type TokenPoolingConfig } from "./token-pooling";
export { TopKRouter } from "./top-k-router";
export { XIELU } from "./xielu";
