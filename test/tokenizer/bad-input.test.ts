import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors";
import { characterTokenizer, tokenizerFromJson, tokenizerFromVocabAndMerges, trainBpe } from "../../src/tokenizer";

const bpe = { type: "BPE", vocab: { a: 0, b: 1, ab: 2 }, merges: ["a b"] };

const CHARSMAP = "normalizer.precompiled_charsmap";

function precompiled(precompiled_charsmap: string): object {
  return { type: "Precompiled", precompiled_charsmap };
}

/** 32-bit integers, the first of them the size of the trie in bytes, and a list of strings. */
function charsmap(words: number[], strings: string): string {
  const bytes = new Uint8Array(Uint32Array.from(words).buffer);
  return btoa(String.fromCharCode(...bytes) + strings);
}

function problemOf(read: () => unknown): FormatError {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return error as FormatError;
  }
  throw new Error("no error");
}

describe("a malformed tokenizer.json is refused, and its field named:", () => {
  it.each([
    ["text that is not JSON", '{"model": {"type": "BPE"', undefined],
    ["an array", "[]", undefined],
    ["null", "null", undefined],
    ["no model", {}, "model"],
    ["a model of no kind", { model: { type: "Trie" } }, "model.type"],
    ["a prototype's field as type", { model: { type: "constructor" } }, "model.type"],
    ["no vocabulary", { model: { type: "BPE", merges: [] } }, "model.vocab"],
    ["an id that is text", { model: { ...bpe, vocab: { a: "0" } } }, 'model.vocab["a"]'],
    ["an id below zero", { model: { ...bpe, vocab: { a: -1 } } }, 'model.vocab["a"]'],
    ["an enormous id", { model: { ...bpe, vocab: { a: 1e15 } } }, 'model.vocab["a"]'],
    ["one id for two tokens", { model: { ...bpe, vocab: { a: 0, b: 0, ab: 1 } } }, 'model.vocab["b"]'],
    ["a merge of no token", { model: { ...bpe, merges: ["a b", "a x"] } }, "model.merges[1]"],
    ["a merge that makes no token", { model: { ...bpe, merges: [["b", "a"]] } }, "model.merges[0]"],
    ["a merge of three", { model: { ...bpe, merges: ["a b c"] } }, "model.merges[0]"],
    ["a merge that is a number", { model: { ...bpe, merges: [5] } }, "model.merges[0]"],
    ["a score that is text", { model: { type: "Unigram", vocab: [["a", "-1"]] } }, "model.vocab[0]"],
    ["a score without end", '{"model":{"type":"Unigram","vocab":[["a",0],["b",-1e999]]}}', "model.vocab[1]"],
    ["a token without score", { model: { type: "Unigram", vocab: [["a"]] } }, "model.vocab[0]"],
    ["scores by token", { model: { type: "Unigram", vocab: { a: 0 } } }, "model.vocab"],
    [
      "an unknown token that is not there",
      { model: { type: "Unigram", unk_id: 1, vocab: [["a", 0]] } },
      "model.unk_id",
    ],
    ["an unknown token below zero", { model: { type: "Unigram", unk_id: -1, vocab: [["a", 0]] } }, "model.unk_id"],
    ["a charsmap that is not base64", { model: bpe, normalizer: precompiled("A*==") }, CHARSMAP],
    ["a charsmap of nothing", { model: bpe, normalizer: precompiled("") }, CHARSMAP],
    ["a charsmap without trie", { model: bpe, normalizer: precompiled(charsmap([0], "")) }, CHARSMAP],
    ["a charsmap shorter than its trie", { model: bpe, normalizer: precompiled(charsmap([8, 0], "")) }, CHARSMAP],
    ["a charsmap of 4 GB", { model: bpe, normalizer: precompiled(charsmap([0xfffffffc, 0], "")) }, CHARSMAP],
    ["a charsmap of half a unit", { model: bpe, normalizer: precompiled(charsmap([6, 0, 0], "")) }, CHARSMAP],
    ["a charsmap that is not UTF-8", { model: bpe, normalizer: precompiled(charsmap([4, 0], "\xff")) }, CHARSMAP],
    ["pieces of no length", { model: bpe, pre_tokenizer: { type: "FixedLength", length: 0 } }, "pre_tokenizer.length"],
    [
      "a delimiter of two characters",
      { model: bpe, pre_tokenizer: { type: "CharDelimiterSplit", delimiter: "ab" } },
      "pre_tokenizer.delimiter",
    ],
    ["a blank that is none", { model: bpe, decoder: { type: "CTC", pad_token: null } }, "decoder.pad_token"],
    ["an unknown normalizer", { model: bpe, normalizer: { type: "Rot13" } }, "normalizer.type"],
    [
      "an unknown step",
      { model: bpe, pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "Digits", individual_digits: 1 }] } },
      "pre_tokenizer.pretokenizers[0].individual_digits",
    ],
    ["a decoder without type", { model: bpe, decoder: {} }, "decoder.type"],
    [
      "a regular expression that is none",
      { model: bpe, pre_tokenizer: { type: "Split", pattern: { Regex: "(" }, behavior: "Isolated", invert: false } },
      "pre_tokenizer.pattern.Regex",
    ],
    [
      "a template with a token that is not there",
      {
        model: bpe,
        post_processor: {
          type: "TemplateProcessing",
          single: [{ SpecialToken: { id: "[CLS]", type_id: 0 } }],
          pair: [],
          special_tokens: {},
        },
      },
      "post_processor.single[0].SpecialToken.id",
    ],
    ["an added token without content", { model: bpe, added_tokens: [{ id: 5 }] }, "added_tokens[0].content"],
  ])("%s", (_, json, at) => {
    const { problem } = problemOf(() => tokenizerFromJson(json));
    expect(problem.file).toBe("tokenizer.json");
    expect(problem.at).toBe(at);
  });

  it("an unknown component", () => {
    expect(problemOf(() => tokenizerFromJson({ model: { type: "Trie" } })).message).toContain('"Trie"');
  });

  it.each([0, -1, 1.5])("pieces of length %d, with one message", (length) => {
    const { problem } = problemOf(() =>
      tokenizerFromJson({ model: bpe, pre_tokenizer: { type: "FixedLength", length } }),
    );
    expect(problem).toMatchObject({ found: String(length), expected: "a positive integer" });
  });

  it("a component in a place that it cannot have, with those that it can have", () => {
    const message = (type: string) => problemOf(() => tokenizerFromJson({ model: bpe, decoder: { type } })).message;
    expect(message("NFC")).toContain('decoder.type: found "NFC", which is a normalizer, expected a decoder');
    expect(message("Split")).toContain('found "Split", which is a pre_tokenizer, expected a decoder');
    expect(message("BPE")).toContain(
      'found "BPE", which is a model, expected a decoder this library knows: BPEDecoder',
    );
  });

  it("normalizers nested thousands deep", () => {
    let normalizer: object = { type: "NFC" };
    for (let depth = 0; depth < 5_000; depth++) normalizer = { type: "Sequence", normalizers: [normalizer] };
    expect(problemOf(() => tokenizerFromJson({ model: bpe, normalizer })).message).toMatch(/at most 64 levels/);
  });

  it("an unknown token that is not in the vocabulary, once it is needed", () => {
    const tokenizer = tokenizerFromJson({ model: { ...bpe, unk_token: "<unk>" } });
    expect(tokenizer.encode("ab").ids).toEqual([2]);
    expect(problemOf(() => tokenizer.encode("abc")).problem.at).toBe("model.unk_token");
  });

  it("a character without a token, in a model without an unknown token", () => {
    const tokenizer = tokenizerFromJson({ model: { type: "Unigram", vocab: [["a", 0]] } });
    expect(tokenizer.encode("aa").ids).toEqual([0, 0]);
    expect(problemOf(() => tokenizer.encode("ab")).problem.at).toBe("model.unk_id");
  });

  it("a charsmap whose trie leads outside itself, or to no string", () => {
    const read = (units: number[], strings: string) =>
      tokenizerFromJson({ model: bpe, normalizer: precompiled(charsmap([4 * units.length, ...units], strings)) });
    const outside = problemOf(() => read([0x400], "").encode("a")).problem;
    expect([outside.at, outside.found]).toEqual([CHARSMAP, `unit ${0x61 ^ 1} of the trie`]);

    // "a" (unit 0x61, whose offset is 0x100) has a value, in unit 0x161: the place of a string.
    const units = new Array<number>(0x200).fill(0);
    units[0x61] = (0x100 << 10) | 0x100 | 0x61;
    const withPlace = (place: number) => read(units.with(0x61 ^ 0x100, (0x80000000 | place) >>> 0), "b\0\xc3\xa9");
    expect(withPlace(0).encode("a").ids).toEqual([1]);
    expect(problemOf(() => withPlace(3).encode("a")).problem).toMatchObject({ at: CHARSMAP, found: "string 3" });
    expect(problemOf(() => withPlace(7).encode("a")).problem).toMatchObject({ at: CHARSMAP, found: "string 7" });
  });

  it("a side in tokenizer_config.json that is neither left nor right", () => {
    const { problem } = problemOf(() => tokenizerFromJson({ model: bpe }, { padding_side: "top" }));
    expect([problem.file, problem.at]).toEqual(["tokenizer_config.json", "padding_side"]);
  });

  it("a wrong vocab.json or merges.txt, likewise", () => {
    expect(problemOf(() => tokenizerFromVocabAndMerges("{", "")).problem.file).toBe("vocab.json");
    const { problem } = problemOf(() => tokenizerFromVocabAndMerges({ a: 0 }, "#version: 0.2\na\n"));
    expect([problem.file, problem.at]).toEqual(["merges.txt", "line 2"]);
    // @ts-expect-error: not the text of a file
    expect(() => tokenizerFromVocabAndMerges({ a: 0 }, ["a a"])).toThrow(TypeError);
  });
});

describe("tokens with odd names and ids", () => {
  it("names of an object's own fields are tokens like others", () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "1", "0"];
    const vocab = `{${names.map((name, id) => `${JSON.stringify(name)}:${id}`).join(",")}}`;
    const model = `{"type":"WordLevel","unk_token":"0","vocab":${vocab}}`;
    const tokenizer = tokenizerFromJson(`{"pre_tokenizer":{"type":"WhitespaceSplit"},"model":${model}}`);
    expect(tokenizer.vocabSize).toBe(6);
    expect(tokenizer.encode("__proto__ valueOf toString 1").ids).toEqual([0, 5, 2, 4]);
    expect(tokenizer.tokenToId("valueOf")).toBeUndefined();
    const again = tokenizerFromJson(JSON.stringify(tokenizer.toJson()));
    expect(names.map((name) => again.tokenToId(name))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("ids may have gaps", () => {
    const tokenizer = tokenizerFromJson({ model: { ...bpe, vocab: { a: 0, b: 7, ab: 1_000_000 } } });
    expect(tokenizer.encode("abb").ids).toEqual([1_000_000, 7]);
    expect([tokenizer.vocabSize, tokenizer.idToToken(3)]).toEqual([3, undefined]);
    expect(() => tokenizer.decode([0, 3])).toThrow(/ids\[1\] is 3/);
  });

  it("a special token that the normalizer changes stays special", () => {
    const added_tokens = [{ id: 3, content: "<S>", special: true, normalized: true }];
    const model = { ...bpe, vocab: { a: 0, b: 1, ab: 2, "<S>": 3 } };
    const tokenizer = tokenizerFromJson({
      model,
      added_tokens,
      normalizer: { type: "Lowercase" },
      decoder: { type: "Fuse" },
    });
    expect(tokenizer.encode("A<S>b").ids).toEqual([0, 3, 1]);
    expect(tokenizer.decode([0, 3, 1])).toBe("ab");
  });
});

describe("a tokenizer refuses", () => {
  const tokenizer = characterTokenizer(["abcdefgh"]);

  it.each([[-1], [100], [1.5], [Number.NaN], [2 ** 40]])("id %s, which is no token", (id) => {
    const message = new RegExp(`ids\\[1\\] is ${id}`);
    expect(() => tokenizer.decode([1, id])).toThrow(RangeError);
    expect(() => tokenizer.decode([1, id])).toThrow(message);
    const stream = tokenizer.decodeStream();
    stream.push(1);
    expect(() => stream.push(id)).toThrow(message);
    expect(stream.push(2)).toBe("b");
  });

  it("text that is not a string", () => {
    // @ts-expect-error: not a text
    expect(() => tokenizer.encode(5)).toThrow(new TypeError("encode: text must be a string, not 5"));
    // @ts-expect-error: not a text
    expect(() => tokenizer.encode("a", { pair: null })).toThrow(
      new TypeError("encode: pair must be a string, not null"),
    );
    expect(() => tokenizer.encode(["a", "b"])).toThrow(
      /pass several texts to encodeBatch, a second text as pair, words/,
    );
    expect(() => tokenizer.encodeBatch([["a", "b"]])).toThrow(/texts\[0\] must be .* second texts as pairs, words/);
    // @ts-expect-error: not an array
    expect(() => tokenizer.encodeBatch("abc")).toThrow(TypeError);
    expect(() => tokenizer.encodeBatch(["a"], { pairs: [] })).toThrow(/pairs has 0 texts, but texts has 1/);
  });

  it("a text longer than maxLength, with both lengths, unless it is truncated", () => {
    expect(() => tokenizer.encode("abcdef", { maxLength: 4 })).toThrow(RangeError);
    expect(() => tokenizer.encode("abcdef", { maxLength: 4 })).toThrow(/6 tokens, more than maxLength 4/);
    expect(tokenizer.encode("abcd", { maxLength: 4 }).ids).toHaveLength(4);
    expect(tokenizer.encode("abcdef", { maxLength: 4, truncation: true })).toMatchObject({
      tokens: ["a", "b", "c", "d"],
      overflow: [
        {
          tokens: ["e", "f"],
          offsets: [
            [4, 5],
            [5, 6],
          ],
        },
      ],
    });
    expect(() => tokenizer.encode("a", { maxLength: -1 })).toThrow(
      /encode: maxLength must be a whole number of 0 or more, not -1/,
    );
  });

  it("a maxLength without room for the special tokens", () => {
    const post_processor = { type: "BertProcessing", cls: ["a", 0], sep: ["b", 1] };
    const small = tokenizerFromJson({ model: bpe, post_processor });
    const cut = (maxLength: number) => small.encode("abab", { maxLength, truncation: true }).ids;
    expect(cut(3)).toEqual([0, 2, 1]);
    expect(cut(2)).toEqual([0, 1]);
    expect(() => cut(1)).toThrow(/maxLength 1 is too small for the 2 special tokens/);
  });

  it("rows of different lengths without a padding token", () => {
    expect(() => tokenizer.encodeBatch(["a", "ab"])).toThrow(/no padding token/);
    expect(tokenizer.encodeBatch(["a", "b"]).ids).toEqual([[1], [2]]);
    expect(tokenizer.encodeBatch(["a", "ab"], { padding: false }).mask).toEqual([[1], [1, 1]]);
  });

  it("options of training that cannot be met", () => {
    expect(() => trainBpe(["a"], { vocabSize: 100 })).toThrow(
      "trainBpe: vocabSize 100 has no room for 256 bytes; use at least 256",
    );
    expect(() => trainBpe(["a"], { vocabSize: 100, specialTokens: ["<s>", "</s>"] })).toThrow(
      "trainBpe: vocabSize 100 has no room for 2 special tokens and 256 bytes; use at least 258",
    );
    expect(() => trainBpe(["a"], { vocabSize: 300.5 })).toThrow(RangeError);
    expect(() => trainBpe("text", { vocabSize: 300 })).toThrow(TypeError);
  });
});
