import { componentReader, type Reader } from "../component";
import type { Fields } from "../fields";
import { literalPattern, type Pattern, readPattern, regexPattern, SPLIT_BEHAVIORS, split } from "../patterns";
import { codePointCount } from "../unicode";
import { ByteLevelPreTokenizer } from "./byte-level";
import { fixedLength } from "./fixed-length";
import { MetaspacePreTokenizer, readMetaspace } from "./metaspace";
import type { PreTokenizer } from "./pre-tokenizer";
import { unicodeScripts } from "./unicode-scripts";

export { type MetaspaceSettings, readMetaspace } from "./metaspace";
export type { PreTokenizer } from "./pre-tokenizer";

const spaces = regexPattern(/\p{White_Space}/u);
const punctuation = regexPattern(/[!-/:-@[-`{-~\p{P}]/u);
const numbers = regexPattern(/\p{N}/u);
const words = regexPattern(
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/u,
);

function sequence(steps: readonly PreTokenizer[]): PreTokenizer {
  return {
    split: (text) => steps.reduce((pieces, step) => pieces.flatMap((piece) => step.split(piece)), [text]),
  };
}

function splitting(pattern: Pattern, fields: Fields, invert = false): PreTokenizer {
  const behavior = fields.oneOf("behavior", SPLIT_BEHAVIORS, "Isolated");
  return { split: (text) => split(text, pattern, behavior, invert) };
}

/** Reads the `pre_tokenizer` of a tokenizer.json. */
export const readPreTokenizer = componentReader<PreTokenizer>(
  "pre-tokenizer",
  new Map<string, Reader<PreTokenizer>>([
    ["Sequence", (fields, nested) => sequence(fields.objects("pretokenizers").map(nested))],
    [
      "BertPreTokenizer",
      () =>
        sequence([
          { split: (text) => split(text, spaces, "Removed") },
          { split: (text) => split(text, punctuation, "Isolated") },
        ]),
    ],
    [
      "ByteLevel",
      (fields) =>
        new ByteLevelPreTokenizer({
          addPrefixSpace: fields.boolean("add_prefix_space"),
          useRegex: fields.boolean("use_regex", true),
        }),
    ],
    ["Whitespace", () => ({ split: (text) => split(text, words, "Removed", true) })],
    ["WhitespaceSplit", () => ({ split: (text) => split(text, spaces, "Removed") })],
    ["Metaspace", (fields) => new MetaspacePreTokenizer(readMetaspace(fields))],
    ["Split", (fields) => splitting(readPattern(fields, "pattern"), fields, fields.boolean("invert", false))],
    ["Punctuation", (fields) => splitting(punctuation, fields)],
    [
      "CharDelimiterSplit",
      (fields) => {
        const delimiter = fields.string("delimiter");
        if (codePointCount(delimiter) !== 1) throw fields.fail("delimiter", "one character");
        const pattern = literalPattern(delimiter);
        return { split: (text) => split(text, pattern, "Removed") };
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
        return { split: (text) => split(text, numbers, behavior) };
      },
    ],
  ]),
);
