import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as tokenizers from "../../src/tokenizer";

const tokenizer = tokenizers.characterTokenizer(["abc"], { specialTokens: ["<pad>"] });
const bytes = (path: string) => new Uint8Array(readFileSync(new URL(`../fixtures/tokenizer/${path}`, import.meta.url)));
const json = { model: { type: "WordLevel", unk_token: "a", vocab: { a: 0 } } };
const ranks = Array.from({ length: 256 }, (_, byte) => `${btoa(String.fromCharCode(byte))} ${byte}`).join("\n");
const none = { read: async () => undefined };
const story = "./examples/models/story";

/** Every function that the entry point has, and every method of a tokenizer: right arguments, options last. */
const calls: Record<string, { right: unknown[]; options?: Record<string, unknown> }> = {
  characterTokenizer: { right: [["a"]], options: { unknownToken: "?", specialTokens: ["<s>"] } },
  loadTokenizer: { right: [story], options: { signal: new AbortController().signal, onProgress: () => {} } },
  readTokenizer: { right: [none, undefined] },
  tokenizerFromGguf: { right: [{}], options: { name: "x" } },
  tokenizerFromJson: { right: [json, {}] },
  tokenizerFromLlama2c: { right: [new Uint8Array()], options: { addBos: true, addEos: true, name: "x" } },
  tokenizerFromSentencePiece: {
    right: [bytes("sentencepiece/bpe.model")],
    options: { addBos: true, addEos: true, name: "x" },
  },
  tokenizerFromTiktoken: { right: [ranks], options: { pattern: "gpt2", specialTokens: { "<x>": 300 }, name: "x" } },
  tokenizerFromVocabAndMerges: { right: [{ a: 0 }, "", {}] },
  tokenizerLoader: { right: [[]] },
  trainBpe: {
    right: [["a b"]],
    options: { vocabSize: 300, specialTokens: ["<s>"], initialAlphabet: "ab", minFrequency: 2, limitAlphabet: 300 },
  },
  trainUnigram: {
    right: [["a b"]],
    options: {
      vocabSize: 9,
      specialTokens: ["<s>"],
      maxPieceLength: 3,
      shrinkingFactor: 0.5,
      subIterations: 1,
      seedSize: 9,
    },
  },
  trainWordPiece: { right: [["a b"]], options: { vocabSize: 20, lowercase: true, continuingSubwordPrefix: "##" } },
  encode: {
    right: ["ab"],
    options: { pair: "c", special: true, maxLength: 9, truncation: true, preSplit: false, recognizeSpecial: true },
  },
  encodeBatch: {
    right: [["ab"]],
    options: { pairs: ["c"], padding: true, special: true, maxLength: 9, truncation: true },
  },
  decode: { right: [[1]], options: { skipSpecial: true, cleanUpSpaces: true } },
  decodeBatch: { right: [[[1]]], options: { skipSpecial: true, cleanUpSpaces: true } },
  decodeStream: { right: [], options: { skipSpecial: true, cleanUpSpaces: true } },
  tokenToId: { right: ["a"] },
  idToToken: { right: [1] },
  tokenBytes: { right: [1], options: { first: true } },
};

type Call = (...args: unknown[]) => unknown;

function functionOf(name: string): Call {
  const owner: Record<string, unknown> = { ...tokenizers };
  const found = owner[name] ?? (Reflect.get(tokenizer, name) as unknown);
  return (...args) => (found as Call).apply(tokenizer, args);
}

/** What a call throws, now or later. */
async function thrown(name: string, args: unknown[]): Promise<unknown> {
  try {
    await functionOf(name)(...args);
    return undefined;
  } catch (error) {
    return error;
  }
}

const WRONG = [
  undefined,
  null,
  5,
  "x",
  true,
  Symbol("x"),
  () => 1,
  new Date(),
  Number.NaN,
  [[null]],
  [5],
  new Map(),
  -1,
];
/** What an engine says, and not this library. */
const ENGINE = /is not a function|undefined \(|Cannot |is not iterable|stack|Invalid|of null|of undefined|convert/i;

it("every function of the entry point is among those tried here", () => {
  const functions = Object.entries(tokenizers)
    .filter(([, value]) => typeof value === "function")
    .map(([name]) => name);
  const classes = ["FormatError", "Tokenizer"];
  expect(functions.filter((name) => !classes.includes(name) && calls[name] === undefined)).toEqual([]);
  const methods = Object.getOwnPropertyNames(tokenizers.Tokenizer.prototype);
  expect(methods.filter((name) => !Object.hasOwn(calls, name))).toEqual(["constructor", "vocabSize", "toJson"]);
});

describe.each(Object.entries(calls))("%s", (name, { right, options }) => {
  it("takes each of its options", async () => {
    if (options === undefined || name === "tokenizerFromGguf" || name === "tokenizerFromLlama2c") return;
    expect(await thrown(name, [...right, options])).toBeUndefined();
  });

  it("refuses an option it does not know, with the likely meaning", async () => {
    if (options === undefined) return;
    for (const option of Object.keys(options)) {
      const snake = option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      for (const wrong of [`${option}x`, ...(snake === option ? [] : [snake])]) {
        const error = await thrown(name, [...right, { ...options, [wrong]: options[option] }]);
        expect(error, wrong).toBeInstanceOf(TypeError);
        expect((error as Error).message, wrong).toContain(`did you mean "${option}"`);
      }
    }
  });

  it("refuses options of the wrong kind, by name", async () => {
    if (options === undefined) return;
    for (const wrong of [null, 5, "x", [], new Map()]) {
      const error = await thrown(name, [...right, wrong]);
      expect(error, String(wrong)).toBeInstanceOf(TypeError);
      expect((error as Error).message).toMatch(new RegExp(`^${name}: options`));
    }
    for (const option of Object.keys(options)) {
      for (const wrong of [null, Symbol("x"), () => 1, new Date()]) {
        if (typeof options[option] === "function" && typeof wrong === "function") continue;
        const error = await thrown(name, [...right, { ...options, [option]: wrong }]);
        expect(error, `${option}: ${String(wrong)}`).toBeInstanceOf(TypeError);
        expect((error as Error).message).toContain(option);
      }
    }
  });

  it("refuses arguments of the wrong kind in its own words", async () => {
    for (const [index] of right.entries()) {
      for (const wrong of WRONG) {
        const args = [...right, ...(options === undefined ? [] : [options])];
        args[index] = wrong;
        const error = await thrown(name, args);
        if (error === undefined) continue;
        const isOurs =
          error instanceof TypeError || error instanceof RangeError || error instanceof tokenizers.FormatError;
        expect(isOurs, `${index} ${String(wrong)}: ${String(error)}`).toBe(true);
        expect((error as Error).message, `${index} ${String(wrong)}`).not.toMatch(ENGINE);
      }
    }
  });
});

describe("what other libraries call an option is named", () => {
  it.each<[string, unknown[], string]>([
    ["encode", ["a", { add_special_tokens: false }], "special"],
    ["encode", ["a", { max_length: 5 }], "maxLength"],
    ["encode", ["a", { is_split_into_words: true }], "preSplit"],
    ["encode", ["a", { split_special_tokens: true }], "recognizeSpecial"],
    ["encode", ["a", { text_pair: "b" }], "pair"],
    ["encode", ["a", { stride: 1 }], "truncation"],
    ["encode", ["a", { truncationSide: "left" }], "truncation"],
    ["encode", ["a", { maxLength: 2, truncation: { truncation_side: "left" } }], "side"],
    ["decode", [[1], { skip_special_tokens: false }], "skipSpecial"],
    ["decode", [[1], { clean_up_tokenization_spaces: false }], "cleanUpSpaces"],
    ["encodeBatch", [["a"], { paddingSide: "left" }], "padding"],
    ["encodeBatch", [["a"], { pad_to_multiple_of: 8 }], "padding"],
    ["encodeBatch", [["a"], { padding: { pad_to_multiple_of: 8 } }], "multiple"],
    ["encodeBatch", [["a"], { padding: { max_length: 8 } }], "length"],
    ["encodeBatch", [["a"], { padding: { padToken: "a" } }], "token"],
    ["encodeBatch", [["a"], { pair: "a" }], "pairs"],
    ["trainBpe", [["a"], { vocab_size: 300 }], "vocabSize"],
  ])("%s %j", async (name, args, meant) => {
    const error = await thrown(name, args);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain(`did you mean "${meant}"`);
  });
});

describe("values out of range, and options that need another", () => {
  it.each<[string, unknown[], RegExp]>([
    ["encode", ["a", { maxLength: -1 }], /maxLength/],
    ["encode", ["a", { maxLength: 1.5 }], /maxLength/],
    ["encode", ["a", { truncation: true }], /needs maxLength/],
    ["encode", [["a"], {}], /preSplit: true/],
    ["encode", ["a", { preSplit: true }], /array of words/],
    ["encode", ["a", { truncation: { stride: -1 } }], /truncation: stride/],
    ["encode", ["a", { truncation: { side: "top" } }], /"left" or "right"/],
    ["encode", ["a", { truncation: "longest_first" }], /true, false or \{ strategy, stride, side \}/],
    ["encode", ["abc", { maxLength: 2, truncation: { stride: 2 } }], /stride/],
    ["encodeBatch", [["a"], { padding: { length: 2 ** 40 } }], /padding: length/],
    ["encodeBatch", [["a"], { padding: { multiple: 0 } }], /padding: multiple/],
    ["encodeBatch", [["a"], { padding: { token: "gone" } }], /padding\.token is "gone"/],
    ["encodeBatch", [["a"], { padding: { token: 99 } }], /padding\.token is 99/],
    ["encodeBatch", [["abc"], { padding: { length: 2 } }], /row 0 has 3 tokens/],
    ["encodeBatch", [["a"], { padding: "longest" }], /true, false or \{ length/],
    ["encodeBatch", [["a"], { pairs: [] }], /pairs has 0 texts/],
    ["decode", [5], /an array of token ids, not 5; for a single id pass \[id\]/],
    ["decode", ["5"], /an array of token ids/],
    ["decode", [["a"]], /ids\[0\] is "a"/],
    ["decode", [[null]], /ids\[0\] is null/],
    ["decode", [[[1, 2]]], /ids\[0\] is an array; decodeBatch takes rows of ids/],
    ["decodeBatch", [[[1], 5]], /rows\[1\]/],
    ["decodeBatch", [[[1], [1, 99]]], /rows\[1\]\[1\] is 99/],
    ["trainBpe", [["a"], { vocabSize: 300, continuingSubwordPrefix: "##" }], /byteLevel: false/],
    ["trainBpe", [["a"], { vocabSize: 300, byteLevel: false, addPrefixSpace: true }], /byteLevel: true/],
    ["trainBpe", [["a"], {}], /vocabSize/],
    ["trainUnigram", [["a"], { vocabSize: 9, shrinkingFactor: 1 }], /shrinkingFactor/],
  ])("%s %j", async (name, args, message) => {
    const error = await thrown(name, args);
    expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
    expect((error as Error).message).toMatch(message);
  });

  it("but typed arrays of ids and an empty batch are taken", () => {
    const ids = [2, 3, 4];
    expect(tokenizer.decode(Int32Array.from(ids))).toBe(tokenizer.decode(ids));
    expect(tokenizer.encodeBatch([])).toEqual({
      ids: [],
      mask: [],
      types: [],
      tokens: [],
      offsets: [],
      special: [],
      words: [],
    });
  });
});
