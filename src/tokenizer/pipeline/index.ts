/** The stages of a tokenizer, and the tokenizer itself. */
export { type AddedToken, AddedTokens, readAddedToken } from "./added-tokens";
export type { DecodeStream } from "./decode-stream";
export { byteFallbackDecoder } from "./decoders/byte-fallback";
export { byteLevelDecoder } from "./decoders/byte-level";
export { ctcDecoder } from "./decoders/ctc";
export type { Decoder } from "./decoders/decoder";
export { decoderSequence } from "./decoders/sequence";
export { stripDecoder } from "./decoders/strip";
export { wordPieceDecoder } from "./decoders/word-piece";
export type { Encoding } from "./encoding";
export { Bpe } from "./models/bpe";
export { byteToken } from "./models/byte-tokens";
export { mergeText } from "./models/merge-text";
export type { MergePair } from "./models/merges";
export { type Model, NO_PIECES, type Pieces, wholePiece } from "./models/model";
export { NEVER_WRITTEN, type ScoredToken, Unigram } from "./models/unigram";
export { bestPaths, type UnigramCosts, visitTokens, viterbi } from "./models/viterbi";
export { WordLevel } from "./models/word-level";
export { WordPiece } from "./models/word-piece";
export { BertNormalizer } from "./normalizers/bert";
export { rewritten } from "./normalizers/changes";
export { CharacterTable } from "./normalizers/character-table";
export { Charsmap } from "./normalizers/charsmap";
export { nmtNormalizer } from "./normalizers/nmt";
export type { Normalizer } from "./normalizers/normalizer";
export { PrecompiledNormalizer } from "./normalizers/precompiled";
export { stripNormalizer } from "./normalizers/strip";
export { UnicodeNormalizer } from "./normalizers/unicode-form";
export { checkJsonArguments } from "./option-checks";
export type {
  DecodeOptions,
  EncodeBatchOptions,
  EncodedBatch,
  EncodedRows,
  EncodeOptions,
  PaddingOptions,
  TokenBytesOptions,
  TruncationOptions,
} from "./options";
export { readPadding } from "./padding";
export { readBertProcessor, readRobertaProcessor } from "./post-processors/bert";
export { readByteLevelProcessor } from "./post-processors/byte-level";
export type { PostProcessor } from "./post-processors/post-processor";
export { postProcessorSequence } from "./post-processors/sequence";
export { TemplateProcessor } from "./post-processors/template";
export { bertPreTokenizer } from "./pre-tokenizers/bert";
export { bertClass, PUNCTUATING } from "./pre-tokenizers/bert-classes";
export { byteLevel, inBytes, wordsInBytes } from "./pre-tokenizers/byte-level";
export { fixedLength } from "./pre-tokenizers/fixed-length";
export { metaspace, readMetaspace } from "./pre-tokenizers/metaspace";
export { cutting, type PreTokenizer, sequence, splitText } from "./pre-tokenizers/pre-tokenizer";
export { unicodeScripts } from "./pre-tokenizers/unicode-scripts";
export type { Side } from "./side";
export { configuredToken, findSpecialTokens, ROLES, type Role, type SpecialTokens } from "./special-tokens";
export { Tokenizer } from "./tokenizer";
export { DEFAULT_TRUNCATION, readTruncation, type Truncation } from "./truncation";
