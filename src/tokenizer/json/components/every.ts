import { Components, type TokenizerComponent } from "./component";
import * as all from "./index";

/**
 * All components, as used by {@link tokenizerFromJson}. They are listed individually, because a bundler would keep
 * every component in every bundle if the list were derived from the module.
 */
export const every: readonly TokenizerComponent[] = [
  all.bertNormalizer,
  all.bertPreTokenizer,
  all.bertProcessing,
  all.bpe,
  all.bpeDecoder,
  all.byteFallback,
  all.byteLevel,
  all.charDelimiterSplit,
  all.ctc,
  all.digits,
  all.fixedLength,
  all.fuse,
  all.lowercase,
  all.metaspace,
  all.nfc,
  all.nfd,
  all.nfkc,
  all.nfkd,
  all.nmt,
  all.precompiled,
  all.prepend,
  all.punctuation,
  all.regex,
  all.replace,
  all.robertaProcessing,
  all.sequence,
  all.split,
  all.strip,
  all.stripAccents,
  all.templateProcessing,
  all.truncation,
  all.unicodeScripts,
  all.unigram,
  all.whitespace,
  all.whitespaceSplit,
  all.wordLevel,
  all.wordPiece,
];

/** Reads every component of one file. */
export const everyComponent = (): Components => new Components(every, "this library knows", () => "");
