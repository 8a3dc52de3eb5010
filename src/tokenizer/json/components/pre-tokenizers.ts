import {
  bertClass,
  PUNCTUATING,
  fixedLength as piecesOfLength,
  unicodeScripts as piecesOfOneScript,
  bertPreTokenizer as wordsAndPunctuation,
} from "../../pipeline";
import {
  characterClass,
  characterPattern,
  codePointCount,
  literalPattern,
  NUMBER,
  OTHER,
  runPattern,
  SPACE,
  WORD,
} from "../../text";

import type { TokenizerComponent } from "./component";
import { splitting, splittingAs } from "./splitting";

function isSpace(codePoint: number): boolean {
  return (characterClass(codePoint) & SPACE) !== 0;
}

/** By JavaScript's Unicode version: the reference also uses its language's, not that of its regular expressions. */
function isNumber(codePoint: number): boolean {
  return (
    (characterClass(codePoint) & NUMBER) !== 0 || (codePoint > 0xffff && /\p{N}/u.test(String.fromCodePoint(codePoint)))
  );
}

/** The pre-tokenizer `BertPreTokenizer`: white space and punctuation. */
export const bertPreTokenizer: TokenizerComponent = {
  type: "BertPreTokenizer",
  pre_tokenizer: () => wordsAndPunctuation,
};

/** The pre-tokenizer `Whitespace`: words, and runs of what is neither word nor white space. */
export const whitespace: TokenizerComponent = {
  type: "Whitespace",
  pre_tokenizer() {
    const words = runPattern((codePoint) => {
      const bits = characterClass(codePoint);
      return (bits & SPACE) !== 0 ? 0 : bits & WORD || OTHER;
    });
    return splitting(words, "Removed", true);
  },
};

/** The pre-tokenizer `WhitespaceSplit`. */
export const whitespaceSplit: TokenizerComponent = {
  type: "WhitespaceSplit",
  pre_tokenizer: () => splitting(characterPattern(isSpace), "Removed"),
};

/** The pre-tokenizer `Punctuation`. */
export const punctuation: TokenizerComponent = {
  type: "Punctuation",
  pre_tokenizer: (fields) =>
    splittingAs(
      fields,
      characterPattern((codePoint) => bertClass(codePoint) === PUNCTUATING),
    ),
};

/** The pre-tokenizer `CharDelimiterSplit`. */
export const charDelimiterSplit: TokenizerComponent = {
  type: "CharDelimiterSplit",
  pre_tokenizer(fields) {
    const delimiter = fields.string("delimiter");
    if (codePointCount(delimiter) !== 1) throw fields.error("delimiter", "one character");
    return splitting(literalPattern(delimiter), "Removed");
  },
};

/** The pre-tokenizer `UnicodeScripts`. */
export const unicodeScripts: TokenizerComponent = { type: "UnicodeScripts", pre_tokenizer: () => piecesOfOneScript };

/** The pre-tokenizer `FixedLength`. */
export const fixedLength: TokenizerComponent = {
  type: "FixedLength",
  pre_tokenizer(fields) {
    return piecesOfLength(fields.count("length", { least: 1, fallback: 5 }));
  },
};

/** The pre-tokenizer `Digits`. */
export const digits: TokenizerComponent = {
  type: "Digits",
  pre_tokenizer: (fields) =>
    splitting(characterPattern(isNumber), fields.boolean("individual_digits") ? "Isolated" : "Contiguous"),
};
