/**
 * Whole models: an encoder, a decoder, or both, assembled from parts.
 *
 * @module models
 */
export { type Bert, bert, type EncoderConfig, type EncoderHead } from "./bert";
export { DecoderModel, type DecoderParts } from "./decoder-model";
export { type EncoderDecoderConfig, encoderDecoder, type Translator } from "./encoder-decoder";
export { type EncoderDecoderFacts, EncoderDecoderModel, type EncoderDecoderParts } from "./encoder-decoder-model";
export { EncoderModel, type EncoderParts, type PoolingLayer } from "./encoder-model";
export type { InitializeOptions } from "./factory";
export type { ModelConfig } from "./flat-config";
export { type DecoderConfig, type Gpt, gpt } from "./gpt";
export type { Counting, EmbeddingParts, ModelFacts, ScoreLayer, TokenLayer } from "./parts";
export { presets } from "./presets";
