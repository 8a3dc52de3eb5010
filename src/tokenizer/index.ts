/**
 * Text to token ids and back, as a published tokenizer.json says. Knows nothing of tensors.
 *
 * @module tokenizer
 */
export { FormatError, type FormatProblem } from "../errors";
export { type CharacterTokenizerOptions, characterTokenizer } from "./character-tokenizer";
export * from "./components";
export type { TokenizerComponent } from "./components/component";
export type { DecodeStream } from "./decode-stream";
export type { Encoding } from "./encoding";
export { tokenizerFromJson } from "./from-json";
export { tokenizerFromVocabAndMerges } from "./from-vocab-and-merges";
export { type GgufOptions, tokenizerFromGguf } from "./gguf/from-gguf";
export { type LoadTokenizerOptions, loadTokenizer, readTokenizer } from "./load-tokenizer";
export type {
  DecodeOptions,
  EncodeBatchOptions,
  EncodedBatch,
  EncodedRows,
  EncodeOptions,
  PaddingOptions,
  TruncationOptions,
} from "./options";
export { type Llama2cOptions, tokenizerFromLlama2c } from "./sentencepiece/from-llama2c";
export { type SentencePieceOptions, tokenizerFromSentencePiece } from "./sentencepiece/from-sentencepiece";
export type { Side } from "./side";
export type { SpecialTokens } from "./special-tokens";
export { type TiktokenOptions, tokenizerFromTiktoken } from "./tiktoken/from-tiktoken";
export type { TiktokenPattern } from "./tiktoken/patterns";
export { Tokenizer } from "./tokenizer";
export { type TokenizerLoader, tokenizerLoader } from "./tokenizer-loader";
export { type TrainBpeOptions, trainBpe } from "./training/train-bpe";
export { type TrainUnigramOptions, trainUnigram } from "./training/train-unigram";
export { type TrainWordPieceOptions, trainWordPiece } from "./training/train-word-piece";
export type { TrainingProgress } from "./training/training-options";
