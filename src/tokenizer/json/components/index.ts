export { byteLevel } from "./byte-level";
export { bpeDecoder, byteFallback, ctc, fuse } from "./decoders";
export { metaspace } from "./metaspace";
export { bpe, unigram, wordLevel, wordPiece } from "./models";
export {
  bertNormalizer,
  lowercase,
  nfc,
  nfd,
  nfkc,
  nfkd,
  nmt,
  precompiled,
  prepend,
  stripAccents,
} from "./normalizers";
export { regex } from "./pattern";
export { bertProcessing, robertaProcessing, templateProcessing } from "./post-processors";
export {
  bertPreTokenizer,
  charDelimiterSplit,
  digits,
  fixedLength,
  punctuation,
  split,
  unicodeScripts,
  whitespace,
  whitespaceSplit,
} from "./pre-tokenizers";
export { replace, strip } from "./replace";
export { sequence } from "./sequence";
export { truncation } from "./truncation";
