import { readFileSync } from "node:fs";
import { openSource } from "transformer-blocks/checkpoint";
import * as tokenizers from "transformer-blocks/tokenizer";
import { bpe, characterTokenizer, tokenizerLoader } from "transformer-blocks/tokenizer";
import { describe } from "vitest";
import { testEntry, testMethods } from "./entry";
import type { Accepted, RightCall } from "./misuse";
import { boolean, callback, left, noArguments, optional, options, share } from "./values";

const fixture = (path: string) =>
  new Uint8Array(readFileSync(new URL(`../fixtures/tokenizer/${path}`, import.meta.url)));
const signal = () => new AbortController().signal;
const word = JSON.stringify({ model: { type: "WordLevel", unk_token: "a", vocab: { a: 0 } } });
const pairs = JSON.stringify({ model: { type: "BPE", vocab: { a: 0 }, merges: [] } });
const ranks = Array.from({ length: 256 }, (_, byte) => `${btoa(String.fromCharCode(byte))} ${byte}`).join("\n");
const source = Object.create({
  read: async (name: string) => (name === "tokenizer.json" ? new TextEncoder().encode(word) : undefined),
});
const opened = Object.create(await openSource(source));
const tokenizer = characterTokenizer(["abc"], { specialTokens: ["<pad>"] });

/** A file of llama2.c: the longest token, then a score, a length and the bytes of each. */
function llama2c(): Uint8Array {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  const parts = ["<unk>", "\n<s>\n", "\n</s>\n", ...bytes, " ", "a"].map((text) => {
    const content = new TextEncoder().encode(text);
    return [0, 0, 0, 0, content.length, 0, 0, 0, ...content];
  });
  return Uint8Array.from([27, 0, 0, 0, ...parts.flat()]);
}

const ends = { addBos: true, addEos: true, name: "x" };
const endsAccepts: Accepted = {
  1: options,
  ...optional(1, { addBos: boolean, addEos: boolean, name: ["undefined", "string"] }),
};
/** Text of a token may be any. */
const text = ["undefined", "string"] as const;
const strings = ["undefined", "array", "strings"] as const;
const learning = { vocabSize: 300, specialTokens: ["<s>"], initialAlphabet: ["a"], onProgress: () => {} };
const learningAccepts: Accepted = {
  ...{ vocabSize: ["vast"], specialTokens: strings, "specialTokens[0]": ["string"], onProgress: callback },
  ...{ initialAlphabet: ["undefined", "string", "array"], minFrequency: ["undefined", "vast"] },
  ...{ limitAlphabet: ["undefined", "vast"], unknownToken: text, continuingSubwordPrefix: text, endOfWordSuffix: text },
  ...{ byteLevel: boolean, addPrefixSpace: boolean, lowercase: boolean, maxTokenLength: ["undefined", "vast"] },
  ...{
    maxPieceLength: ["undefined", "vast"],
    shrinkingFactor: share,
    subIterations: left,
    seedSize: ["undefined", "vast"],
  },
};
const trainer = (title: string, more: object): RightCall => ({
  title,
  args: () => [["a b"], { ...learning, ...more }],
  accepts: { 0: ["array", "strings"], "0[0]": ["string"], ...optional(1, learningAccepts) },
});
const merging = { minFrequency: 2, limitAlphabet: 300 };
const inBytes = {
  byteLevel: true,
  addPrefixSpace: true,
  unknownToken: undefined,
  continuingSubwordPrefix: undefined,
  endOfWordSuffix: undefined,
};
const inWords = {
  byteLevel: false,
  addPrefixSpace: undefined,
  unknownToken: "?",
  continuingSubwordPrefix: "#",
  endOfWordSuffix: ".",
};
const loading: RightCall = {
  args: () => [pairs, {}],
  says: /^(tokenizerLoader|tokenizer\.json)/,
  accepts: { 0: [], 1: ["undefined", "object"] },
  records: ["1"],
};
const decoding = { skipSpecial: true, cleanUpSpaces: true };
const decodingAccepts = (place: number): Accepted => ({
  [place]: options,
  ...optional(place, { skipSpecial: boolean, cleanUpSpaces: boolean }),
});
const encoding = {
  ...{ special: true, maxLength: 9, preSplit: undefined, recognizeSpecial: true },
  truncation: { strategy: "longestFirst", stride: 0, side: "left" },
};
const encodingAccepts: Accepted = {
  1: options,
  ...optional(1, {
    ...{ special: boolean, maxLength: ["vast"], preSplit: left, recognizeSpecial: boolean },
    ...{
      truncation: ["undefined", "true", "object"],
      "truncation.strategy": left,
      "truncation.stride": ["undefined", "vast"],
    },
    "truncation.side": left,
  }),
};
const component = "data for tokenizerLoader, which calls it";

testEntry("transformer-blocks/tokenizer", tokenizers, {
  functions: {
    characterTokenizer: {
      args: () => [["a"], { unknownToken: "?", specialTokens: ["<s>"] }],
      accepts: {
        ...{ 0: ["array", "strings"], "0[0]": ["string"], 1: options },
        ...optional(1, { unknownToken: text, specialTokens: strings, "specialTokens[0]": ["string"] }),
      },
    },
    loadTokenizer: {
      args: () => [source, { signal: signal(), onProgress: () => {} }],
      says: /^(loadTokenizer|openSource|wrong)/,
      accepts: { 1: options, ...optional(1, { signal: left, onProgress: callback }) },
    },
    readTokenizer: {
      args: () => [opened, new TextEncoder().encode("{}"), () => {}],
      accepts: { 1: left, 2: callback, 3: "any" },
    },
    tokenizerFromJson: { ...loading, says: /^(tokenizerFromJson|tokenizer\.json)/ },
    tokenizerFromVocabAndMerges: {
      args: () => ['{"a":0}', "", {}],
      says: /^(tokenizerFromVocabAndMerges|vocab\.json|merges\.txt|tokenizer\.json)/,
      accepts: { 0: ["object"], 2: ["undefined", "object"] },
      records: ["2"],
    },
    tokenizerLoader: { args: () => [[Object.create(bpe)]], accepts: { 0: ["array"], 1: "any" } },
    tokenizerFromGguf: {
      args: () => [fixture("gguf/llama.gguf"), { name: "x" }],
      says: /^(tokenizerFromGguf|x|GGUF data)/,
      accepts: { 1: options, "1.name": text },
    },
    tokenizerFromLlama2c: { args: () => [llama2c(), ends], accepts: endsAccepts },
    tokenizerFromSentencePiece: { args: () => [fixture("sentencepiece/bpe.model"), ends], accepts: endsAccepts },
    tokenizerFromTiktoken: {
      args: () => [ranks, { pattern: "gpt2", specialTokens: { "<x>": 300 }, name: "x" }],
      says: /^(tokenizerFromTiktoken|x)/,
      accepts: optional(1, { specialTokens: ["undefined", "object"], name: text }),
      records: ["1.specialTokens"],
    },
    trainBpe: [
      trainer("trainBpe in bytes", { ...merging, ...inBytes, maxTokenLength: 4 }),
      trainer("trainBpe in words", { ...merging, ...inWords, maxTokenLength: 4 }),
    ],
    trainUnigram: trainer("trainUnigram", {
      ...{ unknownToken: "?", maxPieceLength: 3, shrinkingFactor: 0.5, subIterations: 1, seedSize: 9 },
    }),
    trainWordPiece: trainer("trainWordPiece", {
      ...merging,
      unknownToken: "?",
      continuingSubwordPrefix: "#",
      lowercase: true,
    }),
  },
  classes: {
    FormatError: {
      construct: "as any Error",
      on: () => new tokenizers.FormatError({ file: "", found: "", expected: "" }),
      methods: {},
    },
    Tokenizer: {
      construct: "functions make one of parts that they have read",
      on: () => tokenizer,
      methods: {
        encode: [
          {
            title: "encode of a text",
            args: () => ["ab", { pair: "c", ...encoding }],
            accepts: { ...encodingAccepts, 0: ["string"], "1.pair": text },
          },
          {
            title: "encode of words",
            args: () => [["ab"], { pair: ["c"], ...encoding, preSplit: true }],
            accepts: {
              ...encodingAccepts,
              ...{ 0: ["array", "strings"], 1: [], "0[0]": ["string"], "1.preSplit": ["true"] },
              ...{ "1.pair": strings, "1.pair[0]": ["string"] },
            },
          },
        ],
        encodeBatch: {
          args: () => [
            ["ab"],
            { pairs: ["c"], ...encoding, padding: { length: 9, multiple: 3, side: "left", token: "<pad>", type: 0 } },
          ],
          accepts: {
            ...encodingAccepts,
            ...{ 0: ["strings"], "0[0]": ["string"], "1.pairs": ["undefined", "strings"], "1.pairs[0]": ["string"] },
            "1.maxLength": ["undefined", "vast"],
            "1.padding": ["undefined", "true", "object"],
            ...optional("1.padding", {
              length: left,
              multiple: left,
              side: left,
              token: left,
              type: ["undefined", "vast"],
            }),
          },
        },
        // Other typed arrays than those of 32 bits hold ids as well.
        decode: { args: () => [[2, 3], decoding], accepts: { ...decodingAccepts(1), 0: ["array", "float64"] } },
        decodeBatch: {
          args: () => [[[2, 3]], decoding],
          says: /^(decode|decodeBatch): /,
          accepts: { ...decodingAccepts(1), 0: ["array"], "0[0]": ["array", "float64"] },
        },
        decodeStream: { args: () => [decoding], accepts: decodingAccepts(0) },
        tokenToId: { args: () => ["a"], accepts: { 0: ["string"], 1: "any" } },
        // An id that no token has is no mistake: the answer is undefined.
        idToToken: { args: () => [2], accepts: { 0: ["NaN", "Infinity", "negative", "fraction", "huge"], 1: "any" } },
        tokenBytes: {
          args: () => [2, { first: true }],
          accepts: {
            ...{
              0: ["NaN", "Infinity", "negative", "fraction", "huge", "vast"],
              1: ["undefined", "object", "instance"],
            },
            "1.first": ["undefined", "true"],
          },
        },
        toJson: noArguments,
      },
    },
  },
  objects: {
    ...{ bertNormalizer: component, bertPreTokenizer: component, bertProcessing: component, bpe: component },
    ...{ bpeDecoder: component, byteFallback: component, byteLevel: component, charDelimiterSplit: component },
    ...{ ctc: component, digits: component, fixedLength: component, fuse: component, lowercase: component },
    ...{ metaspace: component, nfc: component, nfd: component, nfkc: component, nfkd: component, nmt: component },
    ...{ precompiled: component, prepend: component, punctuation: component, regex: component, replace: component },
    ...{ robertaProcessing: component, sequence: component, split: component, strip: component },
    ...{ stripAccents: component, templateProcessing: component, truncation: component, unicodeScripts: component },
    ...{ unigram: component, whitespace: component, whitespaceSplit: component, wordLevel: component },
    wordPiece: component,
  },
});

describe("what the results of tokenizer functions are given", () => {
  testMethods<{ load: tokenizers.TokenizerLoader }>("load", () => ({ load: tokenizerLoader([bpe]) }), {
    load: loading,
  });
  testMethods<tokenizers.DecodeStream>("stream", () => tokenizer.decodeStream(), {
    push: { args: () => [2], says: "decode", accepts: { 1: "any" } },
    end: noArguments,
  });
});
