/**
 * Text to token ids and back, as specified by a published tokenizer.json. Independent of tensors.
 *
 * @module tokenizer
 */
export { FormatError, type FormatProblem } from "../errors";
export {
  type GgufOptions,
  type Llama2cOptions,
  type LoadTokenizerOptions,
  loadTokenizer,
  readTokenizer,
  type SentencePieceOptions,
  type TiktokenOptions,
  type TiktokenPattern,
  tokenizerFromGguf,
  tokenizerFromLlama2c,
  tokenizerFromSentencePiece,
  tokenizerFromTiktoken,
  tokenizerFromVocabAndMerges,
} from "./formats";
export { type TokenizerComponent, type TokenizerLoader, tokenizerFromJson, tokenizerLoader } from "./json";
export * from "./json/components";
export {
  type DecodeOptions,
  type DecodeStream,
  type EncodeBatchOptions,
  type EncodedBatch,
  type EncodedRows,
  type EncodeOptions,
  type Encoding,
  type PaddingOptions,
  type Side,
  type SpecialTokens,
  Tokenizer,
  type TokenBytesOptions,
  type TruncationOptions,
} from "./pipeline";
export {
  type CharacterTokenizerOptions,
  characterTokenizer,
  type TrainBpeOptions,
  type TrainingProgress,
  type TrainUnigramOptions,
  type TrainWordPieceOptions,
  trainBpe,
  trainUnigram,
  trainWordPiece,
} from "./training";
