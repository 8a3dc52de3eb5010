import { characterClass, NUMBER, OTHER, PUNCTUATION, SPACE, WORD } from "../character-classes";
import { componentReader, type Reader } from "../component";
import type { Fields } from "../fields";
import {
  classPattern,
  literalPattern,
  type Pattern,
  readPattern,
  runPattern,
  SPLIT_BEHAVIORS,
  type SplitBehavior,
  splitRanges,
} from "../patterns";
import { codePointCount } from "../unicode";
import { bertPreTokenizer } from "./bert";
import { byteLevel } from "./byte-level";
import { fixedLength } from "./fixed-length";
import { metaspace, readMetaspace } from "./metaspace";
import { cutting, type PreTokenizer, sequence } from "./pre-tokenizer";
import { unicodeScripts } from "./unicode-scripts";

export { type MetaspaceSettings, readMetaspace } from "./metaspace";
export type { PreTokenizer } from "./pre-tokenizer";

const spaces = classPattern(SPACE);
const punctuation = classPattern(PUNCTUATION);
const numbers = classPattern(NUMBER);
const words = runPattern((codePoint) => {
  const bits = characterClass(codePoint);
  return (bits & SPACE) !== 0 ? 0 : bits & WORD || OTHER;
});

function splitting(pattern: Pattern, behavior: SplitBehavior, invert = false): PreTokenizer {
  return cutting((text) => splitRanges(text, pattern, behavior, invert));
}

function splittingAs(fields: Fields, pattern: Pattern, invert = false): PreTokenizer {
  const behavior = fields.oneOf("behavior", SPLIT_BEHAVIORS, "Isolated");
  return splitting(pattern, behavior, invert);
}

/** Reads the `pre_tokenizer` of a tokenizer.json. */
export const readPreTokenizer = componentReader<PreTokenizer>(
  "pre-tokenizer",
  new Map<string, Reader<PreTokenizer>>([
    ["Sequence", (fields, nested) => sequence(fields.objects("pretokenizers").map(nested))],
    ["BertPreTokenizer", () => bertPreTokenizer],
    [
      "ByteLevel",
      (fields) =>
        byteLevel({
          addPrefixSpace: fields.boolean("add_prefix_space"),
          useRegex: fields.boolean("use_regex", true),
        }),
    ],
    ["Whitespace", () => splitting(words, "Removed", true)],
    ["WhitespaceSplit", () => splitting(spaces, "Removed")],
    ["Metaspace", (fields) => metaspace(readMetaspace(fields))],
    ["Split", (fields) => splittingAs(fields, readPattern(fields, "pattern"), fields.boolean("invert", false))],
    ["Punctuation", (fields) => splittingAs(fields, punctuation)],
    [
      "CharDelimiterSplit",
      (fields) => {
        const delimiter = fields.string("delimiter");
        if (codePointCount(delimiter) !== 1) throw fields.fail("delimiter", "one character");
        const pattern = literalPattern(delimiter);
        return splitting(pattern, "Removed");
      },
    ],
    ["UnicodeScripts", () => unicodeScripts],
    [
      "FixedLength",
      (fields) => {
        const length = fields.count("length", 5);
        if (length === 0) throw fields.fail("length", "a positive integer");
        return fixedLength(length);
      },
    ],
    [
      "Digits",
      (fields) => {
        const behavior = fields.boolean("individual_digits") ? "Isolated" : "Contiguous";
        return splitting(numbers, behavior);
      },
    ],
  ]),
);
