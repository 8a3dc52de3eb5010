/** Reads all other published tokenizer formats. */
export { tokenizerFromVocabAndMerges } from "./from-vocab-and-merges";
export { type GgufOptions, tokenizerFromGguf } from "./gguf/from-gguf";
export { type LoadTokenizerOptions, loadTokenizer, readTokenizer } from "./load-tokenizer";
export { type Llama2cOptions, tokenizerFromLlama2c } from "./sentencepiece/from-llama2c";
export { type SentencePieceOptions, tokenizerFromSentencePiece } from "./sentencepiece/from-sentencepiece";
export { type TiktokenOptions, tokenizerFromTiktoken } from "./tiktoken/from-tiktoken";
export type { TiktokenPattern } from "./tiktoken/patterns";
