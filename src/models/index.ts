/**
 * Whole models: an encoder, a decoder, or both.
 *
 * @module models
 */
export type { ModelConfig } from "./config";
export { type DecoderConfig, DecoderModel } from "./decoder-model";
export { type EncoderDecoderConfig, EncoderDecoderModel } from "./encoder-decoder-model";
export { type EncoderConfig, type EncoderHead, EncoderModel } from "./encoder-model";
export { bert, encoderDecoder, gpt, type InitializeOptions } from "./factories";
export { presets } from "./presets";
