import { readdirSync, readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeEach, describe, expect, it } from "vitest";
import { readGguf } from "../../src/checkpoint";
import { FormatError } from "../../src/errors";
import {
  loadTokenizer,
  type Tokenizer,
  tokenizerFromGguf,
  tokenizerFromJson,
  tokenizerFromLlama2c,
  tokenizerFromSentencePiece,
  tokenizerFromTiktoken,
} from "../../src/tokenizer";
import { DECODING_KINDS, ENCODING_KINDS, type EncodingCase, type Fixture, fixture } from "./fixtures";

const TEXT = "The quick  brown fox, naïve 中文 don't stop 12345 </s> ".repeat(4);
const NUMBERS = [67_108_863, 2 ** 53 - 1, -1, 0.5];

/** Time of the processor: a busy machine takes longer for the same. */
function milliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What a tokenizer does with a text: everything that a file could make too much of. */
function use(tokenizer: Tokenizer): void {
  const encoding = tokenizer.encode(TEXT);
  expect(encoding.tokens).toHaveLength(encoding.ids.length);
  expect(encoding.words).toHaveLength(encoding.ids.length);
  const known = encoding.ids.filter((id) => tokenizer.idToToken(id) !== undefined);
  tokenizer.decode(known);
  tokenizer.encode(TEXT, { pair: TEXT, maxLength: 40, truncation: { stride: 2 } });
  tokenizer.encode("a b c d e f g h", { maxLength: 40, truncation: true });
  JSON.stringify(tokenizer.toJson());
}

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const memory = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/** A tokenizer that was used, or undefined where an error says what is wrong with its file. */
function used(open: () => Tokenizer, name: string): Tokenizer | undefined {
  try {
    const tokenizer = open();
    use(tokenizer);
    return tokenizer;
  } catch (error) {
    const isRefusal =
      error instanceof FormatError || (error instanceof RangeError && /truncation|maxLength/.test(error.message));
    if (isRefusal) return undefined;
    throw new Error(`${name}: ${String(error)}`, { cause: error });
  }
}

/** What is counted is held here, so that it is not collected. */
const counted: unknown[] = [];

/** The bytes that stay with a tokenizer when its garbage is collected. */
function staying(open: () => Tokenizer, name: string): number {
  counted.length = 0;
  collect();
  const before = memory();
  counted.push(used(open, name));
  collect();
  return memory() - before;
}

/** V8 collects its garbage when there is so much of it: three halves of the young generation, see vitest.config.ts. */
const GARBAGE = 3 * 2 ** 26;

/** A cost within a second, and memory that follows the file's size. */
function expectModest(size: number, open: () => Tokenizer, name: string): void {
  const [before, start] = [memory(), milliseconds()];
  used(open, name);
  expect(milliseconds() - start, `${name}: milliseconds`).toBeLessThan(1000);
  const most = 4 * size + 2 ** 26;
  const bytes = memory() - before;
  expect(bytes, `${name}: bytes for a file of ${size}, with garbage`).toBeLessThan(most + GARBAGE);
  if (bytes >= most) expect(staying(open, name), `${name}: bytes for a file of ${size}`).toBeLessThan(most);
}

// So that garbage of others, collected meanwhile, hides nothing.
beforeEach(collect);

const expectModestJson = (json: unknown, name: string): void => {
  const text = JSON.stringify(json);
  expectModest(text.length, () => tokenizerFromJson(text), name);
};

type Json = Record<string, unknown>;
interface Place {
  path: string;
  value: unknown;
  put: (value: unknown) => unknown;
}

/** Every place in a JSON value, with a function that gives a copy with another value there; a few of the long lists. */
function* places(json: unknown, path = "", put: (value: unknown) => unknown = (value) => value): Generator<Place> {
  yield { path, value: json, put };
  if (typeof json !== "object" || json === null) return;
  const keys = Object.keys(json);
  for (const key of keys.length > 12 ? [...keys.slice(0, 2), ...keys.slice(-1)] : keys) {
    const inner = (value: unknown): unknown =>
      put(Array.isArray(json) ? json.map((item, i) => (String(i) === key ? value : item)) : { ...json, [key]: value });
    yield* places((json as Json)[key], `${path}.${key}`, inner);
  }
}

const published = [...ENCODING_KINDS, ...DECODING_KINDS].flatMap((name) =>
  fixture<Fixture<EncodingCase>[]>(name).map(({ json }) => [`${name}: ${JSON.stringify(json).length}`, json] as const),
);
/** One file for every kind of component: what it has beside the model, in words. */
const kinds = new Map(
  published.map(([name, json]) => [
    JSON.stringify({ ...json, model: (json.model as Json).type }).replace(/\d+/g, ""),
    [name, json] as const,
  ]),
);

describe("a number, a length or a depth in tokenizer.json costs no more than the file is long", () => {
  it("with numbers out of range", () => {
    const seen = new Set<string>();
    for (const [, json] of kinds.values()) {
      for (const { path, value, put } of places(json)) {
        const key = `${(json.model as Json).type} ${path.replace(/\d+/g, "")}`;
        if (typeof value !== "number" || seen.has(key)) continue;
        seen.add(key);
        for (const number of NUMBERS) expectModestJson(put(number), `${path} = ${number}`);
      }
    }
    expect(seen.size).toBeGreaterThan(30);
  });

  it("with lists of thousands of parts", () => {
    const seen = new Set<string>();
    for (const [, json] of published) {
      for (const { path, value, put } of places(json)) {
        const [first] = Array.isArray(value) ? value : [];
        const key = `${path.replace(/\d+/g, "")} ${JSON.stringify(first)}`;
        if (first === undefined || typeof first !== "object" || seen.has(key) || path.includes("vocab")) continue;
        seen.add(key);
        for (const count of [12, 20_000]) expectModestJson(put(new Array(count).fill(first)), `${path} × ${count}`);
      }
    }
    expect(seen.size).toBeGreaterThan(30);
  });

  it("with strings of thousands of characters", () => {
    const seen = new Set<string>();
    for (const [, json] of kinds.values()) {
      for (const { path, value, put } of places(json)) {
        if (typeof value !== "string" || seen.has(path) || path.includes("pattern")) continue;
        seen.add(path);
        for (const text of ["a", " "]) expectModestJson(put(text.repeat(100_000)), `${path} of 100,000`);
      }
    }
    expect(seen.size).toBeGreaterThan(30);
  });

  it("with strings that are inserted many times", () => {
    const [, json] = published[0] as (typeof published)[number];
    const long = "x".repeat(1_000_000);
    const replace = { type: "Replace", pattern: { Regex: "." }, content: long };
    expect(() => tokenizerFromJson({ ...json, decoder: replace })).toThrow(/decoder\.content.*1000000 characters/);
    expect(() => tokenizerFromJson({ ...json, normalizer: replace })).toThrow(
      /normalizer\.content.*1000000 characters/,
    );
    const model = { ...(json.model as Json), continuing_subword_prefix: long };
    expect(() => tokenizerFromJson({ ...json, model })).toThrow(/continuing_subword_prefix.*1000000 characters/);
  });

  it("with parts nested in parts", () => {
    const [, json] = published[0] as (typeof published)[number];
    const nested = (depth: number, inner: string, name: string, type: string): string =>
      `{"type":"${type}","${name}":[`.repeat(depth) + inner + "]}".repeat(depth);
    const names = {
      normalizer: "normalizers",
      pre_tokenizer: "pretokenizers",
      post_processor: "processors",
      decoder: "decoders",
    };
    for (const [part, list] of Object.entries(names)) {
      for (const depth of [60, 20_000]) {
        const text = JSON.stringify({ ...json, [part]: "here" }).replace('"here"', nested(depth, "", list, "Sequence"));
        expectModest(text.length, () => tokenizerFromJson(text), `${part} ${depth} deep`);
        const deep = JSON.stringify({ ...json, [part]: { ...(json[part] as Json), more: "here" } });
        const arrays = deep.replace('"here"', "[".repeat(depth) + "]".repeat(depth));
        expectModest(arrays.length, () => tokenizerFromJson(arrays), `${part}.more ${depth} deep`);
      }
    }
  });

  it("with steps that each lengthen the text", () => {
    const [, json] = published[0] as (typeof published)[number];
    const doubling = { type: "Replace", pattern: { String: "a" }, content: "aa" };
    const bytes = { type: "ByteLevel", add_prefix_space: false, use_regex: false, trim_offsets: false };
    for (const count of [5, 300]) {
      const many = <T>(step: T): T[] => new Array<T>(count).fill(step);
      expectModestJson(
        { ...json, normalizer: { type: "Sequence", normalizers: many(doubling) } },
        `${count} normalizers`,
      );
      expectModestJson(
        { ...json, normalizer: { type: "Sequence", normalizers: many({ type: "Prepend", prepend: "aaaa" }) } },
        `${count} prefixes`,
      );
      expectModestJson(
        { ...json, pre_tokenizer: { type: "Sequence", pretokenizers: many(bytes) } },
        `${count} byte levels`,
      );
      expectModestJson({ ...json, decoder: { type: "Sequence", decoders: many(doubling) } }, `${count} decoders`);
    }
  });
});

it("a template of thousands of special tokens adds each of them", () => {
  const cls = { SpecialToken: { id: "x", type_id: 0 } };
  const text = { Sequence: { id: "A", type_id: 0 } };
  for (const count of [9_000, 20_000]) {
    const post_processor = {
      type: "TemplateProcessing",
      single: [...new Array(count).fill(cls), text],
      pair: [text, { Sequence: { id: "B", type_id: 1 } }],
      special_tokens: { x: { id: "x", ids: [0], tokens: ["x"] } },
    };
    const json = { model: { type: "WordLevel", unk_token: "x", vocab: { x: 0, a: 1 } }, post_processor };
    expectModestJson(json, `${count} special tokens`);
    const { ids, tokens } = tokenizerFromJson(json).encode("a");
    expect([ids.length, tokens.length, tokens[0], tokens.at(-1)]).toEqual([count + 1, count + 1, "x", "a"]);
  }
});

it("runs of spaces and long words are encoded in linear time", () => {
  const token = { single_word: false, normalized: false, special: false };
  const spaces = tokenizerFromJson({
    model: { type: "WordLevel", unk_token: "a", vocab: { a: 0 } },
    added_tokens: [
      { content: " ", lstrip: true, rstrip: true, ...token },
      { content: "  b", lstrip: true, rstrip: true, ...token },
    ],
  });
  const vocab = { a: 0, "##a": 1, b: 2 };
  const model = {
    type: "WordPiece",
    unk_token: "b",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 2 ** 40,
    vocab,
  };
  const words = tokenizerFromJson({ model });
  const start = milliseconds();
  spaces.encode(" ".repeat(200_000));
  expect(words.encode("a".repeat(200_000)).ids).toHaveLength(200_000);
  expect(milliseconds() - start).toBeLessThan(2000);
});

it("a pair of texts with too many windows is refused, with what to do", () => {
  const tokenizer = tokenizerFromJson({
    pre_tokenizer: { type: "WhitespaceSplit" },
    model: { type: "WordLevel", unk_token: "a", vocab: { a: 0 } },
  });
  const text = "a ".repeat(20_000);
  expect(() => tokenizer.encode(text, { pair: text, maxLength: 4, truncation: true })).toThrow(/onlyFirst/);
  const half = Math.ceil((20_000 - 3) / 3);
  const { overflow } = tokenizer.encode(text, { pair: "a", maxLength: 4, truncation: true });
  expect(overflow).toHaveLength(half);
});

const bytesOf = (path: string) =>
  new Uint8Array(readFileSync(new URL(`../fixtures/tokenizer/${path}`, import.meta.url)));

it("a number in a SentencePiece file costs no more than the file is long", () => {
  for (const name of ["bpe-user", "unigram-bytes", "bpe-denormalized"]) {
    const bytes = bytesOf(`sentencepiece/${name}.model`);
    for (let at = 0; at < bytes.length; at += 1 + (at % 97)) {
      for (const value of [0xff, 0x80]) {
        const changed = bytes.slice();
        changed[at] = value;
        expectModest(bytes.length, () => tokenizerFromSentencePiece(changed), `${name}[${at}] = ${value}`);
      }
    }
  }
});

it("a long piece in a SentencePiece file is not cut in every way", async () => {
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)]);
  const message = (number: number, bytes: number[]): number[] => [
    ...varint(number * 8 + 2),
    ...varint(bytes.length),
    ...bytes,
  ];
  const piece = (text: string, type: number): number[] =>
    message(1, [...message(1, [...new TextEncoder().encode(text)]), 0x18, type]);
  const long = "ab".repeat(30_000);
  const file = Uint8Array.from(
    [piece("<unk>", 2), piece("a", 1), piece("b", 1), piece(long, 1), message(2, [0x18, 2])].flat(),
  );
  expectModest(file.length, () => tokenizerFromSentencePiece(file), "a long piece");
  const start = milliseconds();
  const read = async (name: string) => (name === "tokenizer.model" ? file : undefined);
  const tokenizer = await loadTokenizer({ read });
  tokenizer.toJson();
  expect(milliseconds() - start).toBeLessThan(1000);
});

const bytesLines = Array.from({ length: 256 }, (_, byte) => `${btoa(String.fromCharCode(byte))} ${byte}`);

it("a number in a ranks file costs no more than the file is long", async () => {
  for (const rank of [...NUMBERS, 67_108_864]) {
    const text = [...bytesLines.slice(1), `AA== ${rank}`].join("\n");
    expectModest(text.length, () => tokenizerFromTiktoken(text, { pattern: "gpt2" }), `rank ${rank}`);
    const start = milliseconds();
    const read = async (name: string) => (name === "tokenizer.model" ? new TextEncoder().encode(text) : undefined);
    await loadTokenizer({ read }).then(use, (error: unknown) => expect(error).toBeInstanceOf(FormatError));
    expect(milliseconds() - start).toBeLessThan(1000);
  }
});

it("a number in llama2c's file costs no more than the file is long", () => {
  const piece = (text: string): number[] => [0, 0, 0, 0, text.length, 0, 0, 0, ...new TextEncoder().encode(text)];
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  const file = Uint8Array.from([9, 0, 0, 0, ...["<unk>", "<s>", "</s>", ...bytes, " ", "a", "b"].flatMap(piece)]);
  for (let at = 0; at < file.length; at += 1 + (at % 61)) {
    for (const value of [0xff, 0x80]) {
      const changed = file.slice();
      changed[at] = value;
      expectModest(file.length, () => tokenizerFromLlama2c(changed), `byte ${at} = ${value}`);
    }
  }
});

it.each(readdirSync(new URL("../fixtures/tokenizer/gguf/", import.meta.url)))(
  "a number in GGUF metadata costs no more than it is long: %s",
  (name) => {
    const { metadata } = readGguf(bytesOf(`gguf/${name}`));
    const size = bytesOf(`gguf/${name}`).length;
    for (const [key, value] of Object.entries(metadata)) {
      if (typeof value === "number")
        for (const number of NUMBERS)
          expectModest(size, () => tokenizerFromGguf({ ...metadata, [key]: number }), `${key} = ${number}`);
      if (Array.isArray(value) && typeof value[0] === "number")
        for (const number of NUMBERS)
          expectModest(
            size,
            () => tokenizerFromGguf({ ...metadata, [key]: [number, ...value.slice(1)] }),
            `${key}[0] = ${number}`,
          );
    }
  },
);

it("a number in a directory's files costs no more than they are long", async () => {
  const config = {
    tokenizer_class: "T5Tokenizer",
    extra_ids: 3,
    offset: 5,
    model_max_length: 4,
    added_tokens_decoder: { 9: { content: "x" } },
  };
  const files: Record<string, Json> = {
    "spiece.model": { T5Tokenizer: "directories/t5.model", PegasusTokenizer: "directories/pegasus.model" },
    "vocab.json": { GPT2Tokenizer: "directories/vocab.json" },
    "merges.txt": { GPT2Tokenizer: "directories/merges.txt" },
  };
  for (const tokenizer_class of ["T5Tokenizer", "PegasusTokenizer", "GPT2Tokenizer"]) {
    for (const number of NUMBERS) {
      for (const change of [
        { extra_ids: number },
        { offset: number },
        { model_max_length: number },
        { added_tokens_decoder: { [number]: { content: "x" } } },
      ]) {
        const own: Json = {
          "tokenizer_config.json": { ...config, ...change, tokenizer_class },
          "added_tokens.json": { y: number },
        };
        const read = async (name: string) => {
          const path = files[name]?.[tokenizer_class];
          if (typeof path === "string") return bytesOf(path);
          return own[name] === undefined ? undefined : new TextEncoder().encode(JSON.stringify(own[name]));
        };
        const start = milliseconds();
        await loadTokenizer({ read }).then(
          (tokenizer) => JSON.stringify(tokenizer.toJson()),
          (error: unknown) => expect(error).toBeInstanceOf(FormatError),
        );
        expect(milliseconds() - start, JSON.stringify(change)).toBeLessThan(1000);
      }
    }
  }
});

describe("a vocabulary of nothing, or of the empty token alone, ends with tokens or an error", () => {
  const one = { type: "Whitespace" };
  const models: Record<string, object> = {
    WordPiece: { unk_token: "", continuing_subword_prefix: "##", max_input_chars_per_word: 100 },
    "WordPiece without a prefix": { unk_token: "", continuing_subword_prefix: "", max_input_chars_per_word: 100 },
    BPE: { merges: [], unk_token: "" },
    WordLevel: { unk_token: "" },
  };
  it.each(Object.entries(models))("%s", (name, settings) => {
    for (const vocab of [{}, { "": 0 }]) {
      const model = { type: name.split(" ")[0], vocab, ...settings };
      let ids: readonly number[] = [];
      try {
        ({ ids } = tokenizerFromJson({ model, pre_tokenizer: one }).encode("a \u{1F44D}b"));
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
      expect(new Set(ids).size).toBeLessThanOrEqual(1);
    }
  });

  it("Unigram", () => {
    const model = { type: "Unigram", unk_id: 0, vocab: [["", 0]], byte_fallback: false };
    expect(tokenizerFromJson({ model }).encode("a \u{1F44D}b").ids).toEqual([0]);
  });
});
