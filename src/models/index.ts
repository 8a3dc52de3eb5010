/**
 * Whole models: an encoder, a decoder, or both, assembled from parts.
 *
 * @module models
 */
export { type Bert, bert } from "./bert";
export type { DecoderConfig, EncoderConfig, EncoderDecoderConfig, EncoderHead } from "./configs";
export { DecoderModel, type DecoderParts } from "./decoder-model";
export { encoderDecoder, type Translator } from "./encoder-decoder";
export { type EncoderDecoderFacts, EncoderDecoderModel, type EncoderDecoderParts } from "./encoder-decoder-model";
export { EncoderModel, type EncoderParts, type PoolingLayer } from "./encoder-model";
export type { InitializeOptions } from "./factory";
export type { ModelConfig } from "./flat-config";
export { type Gpt, gpt } from "./gpt";
export type { Counting, ModelFacts, ModelParts, ScoreLayer, TokenLayer } from "./parts";
export { presets } from "./presets";
