import {
  type Check,
  type Checks,
  checkOptions,
  expectBoolean,
  expectRecord,
  oneOf,
  unchecked,
  wholeIn,
  wrongKind,
} from "../../checks";
import { knownAs } from "../../synonyms";
import type {
  DecodeOptions,
  EncodeBatchOptions,
  EncodeOptions,
  PaddingOptions,
  TokenBytesOptions,
  TruncationOptions,
} from "./options";

const COUNT = /* @__PURE__ */ wholeIn({ least: 0 });
/** Longer rows would fill the memory. */
const MOST_PADDED = 2 ** 24;
const SIDE = /* @__PURE__ */ oneOf(["left", "right"]);

/** True or false, or an object of options; words that transformers takes instead are told apart. */
const switchOr =
  <Options extends object>(checks: Checks<Options>, words: Readonly<Record<string, string>>): Check =>
  (where, name, value) => {
    if (typeof value === "boolean") return;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      const advice = typeof value === "string" && Object.hasOwn(words, value) ? `; ${words[value]}` : "";
      const wanted = `true, false or { ${Object.keys(checks).join(", ")} }`;
      throw new TypeError(`${wrongKind(where, name, wanted, value).message}${advice}`);
    }
    checkOptions(`${where}: ${name}`, value, checks);
  };

const truncation = /* @__PURE__ */ switchOr<TruncationOptions>(
  { strategy: /* @__PURE__ */ oneOf(["longestFirst", "onlyFirst", "onlySecond"]), stride: COUNT, side: SIDE },
  {
    longest_first: 'write { strategy: "longestFirst" }',
    only_first: 'write { strategy: "onlyFirst" }',
    do_not_truncate: "write false",
  },
);

const padding = /* @__PURE__ */ switchOr<PaddingOptions>(
  {
    length: /* @__PURE__ */ wholeIn({ least: 0, most: MOST_PADDED }),
    multiple: /* @__PURE__ */ wholeIn({ least: 1, most: MOST_PADDED }),
    side: SIDE,
    token: (where, name, value) => {
      if (typeof value === "number") COUNT(where, name, value);
      else if (typeof value !== "string") throw wrongKind(where, name, "a token or its id", value);
    },
    type: COUNT,
  },
  {
    max_length: "write { length }",
    longest: "write true",
    do_not_pad: "write false",
  },
);

const shared = /* @__PURE__ */ knownAs(
  {
    options: [
      "special addSpecialTokens",
      "skipSpecial skipSpecialTokens",
      "cleanUpSpaces cleanUpTokenizationSpaces",
      "padding pad paddingSide padSide padToMultipleOf padToLength padToken padTokenId",
      "paddingSide padSide",
      "truncation truncate truncationSide truncationStrategy stride",
      "side paddingSide truncationSide",
      "strategy truncationStrategy",
      "multiple padToMultipleOf",
      "length maxLength padToLength",
      "token padToken padTokenId",
      "type padTypeId padTokenTypeId",
      "preSplit isSplitIntoWords isPretokenized",
      "recognizeSpecial splitSpecialTokens allowedSpecial",
      "maxLength maxLen maxTokens",
      "pair textPair",
      "pairs textPairs",
    ],
    words: ["longestFirst longest"],
    advice: [
      ["special", "returnTensors", "ids are arrays of numbers"],
      [
        "pair",
        "padding padToken padTokenId paddingSide padToMultipleOf",
        "one text needs none; encodeBatch pads several",
      ],
      ["special", "returnOffsetsMapping returnAttentionMask returnTokenTypeIds", "all are returned"],
    ],
  },
  {
    special: expectBoolean,
    maxLength: COUNT,
    truncation,
    preSplit: expectBoolean,
    recognizeSpecial: expectBoolean,
  },
);
const encoding: Checks<EncodeOptions> = { pair: unchecked, ...shared };
const batches: Checks<EncodeBatchOptions> = { pairs: unchecked, padding, ...shared };
const decoding: Checks<DecodeOptions> = { skipSpecial: expectBoolean, cleanUpSpaces: expectBoolean };

export const checkEncode = (options: unknown): void => checkOptions<EncodeOptions>("encode", options, encoding);
export const checkEncodeBatch = (options: unknown): void =>
  checkOptions<EncodeBatchOptions>("encodeBatch", options, batches);
export const checkTokenBytes = (options: unknown): void =>
  checkOptions<TokenBytesOptions>("tokenBytes", options, { first: expectBoolean });
export const checkDecode = (where: string, options: unknown): void =>
  checkOptions<DecodeOptions>(where, options, decoding);

/** Checks the arguments for a tokenizer.json and its configuration. */
export function checkJsonArguments(where: string, json: unknown, config: unknown): void {
  if (typeof json !== "string") expectRecord(where, "json", json);
  expectRecord(where, "config", config);
}

/** @throws TypeError unless it is a text, or with `preSplit` an array of words */
export function checkText(where: string, name: string, value: unknown, preSplit: boolean): void {
  if (preSplit) {
    if (!Array.isArray(value)) throw wrongKind(where, name, "an array of words, because preSplit is true", value);
    // forEach would skip holes.
    for (const [index, word] of value.entries())
      if (typeof word !== "string") throw wrongKind(where, `${name}[${index}]`, "a word", word);
  } else if (typeof value !== "string") {
    const pairs = where === "encode" ? "a second text as pair" : "second texts as pairs";
    const advice = Array.isArray(value)
      ? `; pass several texts to encodeBatch, ${pairs}, words with preSplit: true`
      : "";
    throw new TypeError(`${wrongKind(where, name, "a string", value).message}${advice}`);
  }
}

/** @throws TypeError unless it is an array or typed array of token ids; whether they exist is checked later */
export function checkIds(where: string, name: string, value: unknown): void {
  if (Array.isArray(value)) return;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return;
  const advice = typeof value === "number" ? "; for a single id pass [id]" : "";
  throw new TypeError(`${wrongKind(where, name, "an array of token ids", value).message}${advice}`);
}
