import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/errors";
import { type Tokenizer, tokenizerFromJson, tokenizerFromSentencePiece } from "../../../src/tokenizer";
import type { DecodingCase, EncodingCase } from "../fixtures";

const folder = new URL("../../fixtures/tokenizer/sentencepiece/", import.meta.url);
const NAMES = readdirSync(folder).flatMap((name) => (name.endsWith(".model") ? [name.slice(0, -".model".length)] : []));

interface Expected {
  roles: Record<"bos" | "eos" | "pad" | "unk", number>;
  cases: Required<Pick<EncodingCase, "text" | "ids" | "tokens" | "offsets" | "decoded">>[];
  decoding: Pick<DecodingCase, "ids" | "decoded">[];
}

function file(name: string): Uint8Array {
  return readFileSync(new URL(name, folder));
}

function expectedOf(name: string): Expected {
  return JSON.parse(new TextDecoder().decode(file(`${name}.json`))) as Expected;
}

describe.each(NAMES)("%s.model gives what SentencePiece gives:", (name) => {
  const tokenizer = tokenizerFromSentencePiece(file(`${name}.model`));
  const { roles, cases, decoding } = expectedOf(name);

  it("ids, pieces and offsets", () => {
    for (const { text, ids, tokens, offsets } of cases) {
      const encoding = tokenizer.encode(text);
      const where = JSON.stringify(text);
      expect(encoding.tokens, where).toEqual(tokens);
      expect(encoding.ids, where).toEqual(ids);
      expect(encoding.offsets, where).toEqual(offsets);
    }
  });

  it("decoded text, at once and token by token", () => {
    for (const { ids, decoded } of [...cases, ...decoding]) {
      expect(tokenizer.decode(ids), JSON.stringify(ids)).toBe(decoded);
      expect(streamed(tokenizer, ids)).toBe(decoded);
    }
  });

  it("special tokens", () => {
    for (const role of ["bos", "eos", "pad", "unk"] as const) expect(tokenizer.special[role] ?? -1).toBe(roles[role]);
  });

  it("and a tokenizer.json that is read again", () => {
    const again = tokenizerFromJson(JSON.stringify(tokenizer.toJson()));
    expect(again.vocabSize).toBe(tokenizer.vocabSize);
    const text = "She sells sea shells";
    if (!["unigram", "bpe", "bpe-user", "unigram-suffix", "bpe-denormalized"].includes(name)) {
      expect(again.encode(text).ids).toEqual(tokenizer.encode(text).ids);
      expect(again.decode(tokenizer.encode(text).ids)).toBe(tokenizer.decode(tokenizer.encode(text).ids));
    }
  });
});

function streamed(tokenizer: Tokenizer, ids: number[]): string {
  const stream = tokenizer.decodeStream();
  return ids.map((id) => stream.push(id)).join("") + stream.end();
}

describe("options of a SentencePiece tokenizer", () => {
  const bytes = file("bpe-llama.model");

  it("add the tokens that begin and end a text", () => {
    const tokenizer = tokenizerFromSentencePiece(bytes, { addBos: true, addEos: true });
    const plain = tokenizerFromSentencePiece(bytes).encode("a b").ids;
    expect(tokenizer.encode("a b").ids).toEqual([1, ...plain, 2]);
    expect(tokenizer.encode("a b", { special: false }).ids).toEqual(plain);
    expect(tokenizer.decode([1, ...plain, 2])).toBe("a b");
    expect(tokenizerFromJson(tokenizer.toJson()).encode("a b").ids).toEqual([1, ...plain, 2]);
  });

  it("are refused where the file has no such piece", () => {
    const read = () => tokenizerFromSentencePiece(file("bpe-t.model"), { addBos: true, name: "spiece.model" });
    expect(read).toThrow(new RangeError('addBos is true, but spiece.model has no control piece "<s>"; omit it'));
    // @ts-expect-error: no bytes
    expect(() => tokenizerFromSentencePiece("model")).toThrow(TypeError);
  });

  it("do not make control pieces of text", () => {
    const tokenizer = tokenizerFromSentencePiece(bytes);
    expect(tokenizer.encode("<s>").ids).not.toContain(1);
  });
});

/** Little messages, written by hand. */
const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
const text = (value: string): number[] => [...new TextEncoder().encode(value)];
const message = (number: number, content: number[]): number[] => [
  number * 8 + 2,
  ...varint(content.length),
  ...content,
];
const flag = (number: number, value: number): number[] => [...varint(number * 8), value];
const piece = (name: string, type = 1, score = [0, 0, 0, 0]): number[] =>
  message(1, [...message(1, text(name)), 21, ...score, ...flag(3, type)]);
const unknown = piece("<unk>", 2);

describe("a malformed .model file", () => {
  it.each<[string, number[], string, RegExp]>([
    ["empty", [], "byte 0", /0 pieces, but no unknown piece/],
    ["without unknown piece", piece("a"), "byte 12", /1 pieces, but no unknown piece/],
    [
      "a length beyond the end",
      [...unknown, 10, 100, 1],
      "byte 17",
      /a value of 100 bytes.*at most the 1 remaining bytes/,
    ],
    ["a length of 4 GB", [10, 255, 255, 255, 255, 15], "byte 1", /4294967295 bytes/],
    ["a length of 2^63", [10, 255, 255, 255, 255, 255, 255, 255, 255, 127], "byte 1", /a value of 9\d+ bytes/],
    ["a number without end", [...unknown, 10, 128, 128], "byte 17", /a truncated number/],
    ["a number of 11 bytes", [...new Array<number>(11).fill(128), 1], "byte 0", /more than 64 bits/],
    ["a number of 65 bits", [24, ...new Array<number>(9).fill(255), 2], "byte 1", /more than 64 bits/],
    ["field 0", [...unknown, 0, 0], "byte 16", /without field number/],
    ["a group", [11, 12], "byte 0", /wire type 3/],
    ["a piece that is a number", [8, 1], "byte 0", /field 1 as varint, expected bytes/],
    ["a piece's score as text", message(1, [...message(1, [97]), ...message(2, [])]), "byte 5", /field 2 as bytes/],
    ["a field that leaves its message", [10, 3, 10, 5, 97, ...unknown], "byte 3", /a value of 5 bytes/],
    ["an empty piece", [...unknown, ...piece("")], "byte 16", /an empty piece/],
    ["a piece that is not UTF-8", message(1, message(1, [0xff])), "byte 4", /invalid UTF-8/],
    ["a piece twice", [...unknown, ...piece("a"), ...piece("a")], "byte 28", /"a" as piece 2, which is piece 1/],
    ["two unknown pieces", [...unknown, ...piece("?", 2)], "byte 16", /a second unknown piece/],
    ["a piece of no type", piece("a", 9), "byte 10", /a piece of type 9/],
    ["a score without end", piece("a", 1, [0, 0, 128, 127]), "byte 6", /Infinity/],
    [
      "a byte piece out of place",
      [...unknown, ...piece("<0x00>", 6)],
      "byte 16",
      /none, because byte_fallback is false/,
    ],
    ["byte pieces missing", [...unknown, ...message(2, flag(35, 1))], "byte 21", /0 byte pieces, expected 256/],
    [
      "a byte of three digits",
      [...message(2, flag(35, 1)), ...piece("<0x100>", 6)],
      "byte 5",
      /a byte piece from <0x00>/,
    ],
    ["words as model", [...message(2, flag(3, 3)), ...unknown], "byte 2", /model type 3/],
    [
      "a charsmap without trie",
      [...unknown, ...message(3, message(2, [255, 255, 255, 255, 0]))],
      "byte 20",
      /a trie of/,
    ],
    [
      "rules for decoded text without trie",
      [...unknown, ...message(5, message(2, [255, 255, 255, 255, 0]))],
      "byte 20",
      /a trie of/,
    ],
  ])("%s", (_, bytes, at, found) => {
    let error: unknown;
    try {
      tokenizerFromSentencePiece(Uint8Array.from(bytes), { name: "spiece.model" });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).problem).toMatchObject({ file: "spiece.model", at });
    expect((error as FormatError).message).toMatch(found);
  });

  it("cut anywhere is a FormatError or a smaller file, never another error", () => {
    const whole = file("bpe.model");
    let refused = 0;
    for (let length = 0; length < whole.length; length += 7) {
      try {
        tokenizerFromSentencePiece(whole.subarray(0, length)).encode("the quick");
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
  });

  it("may have unknown fields, which are skipped", () => {
    const extra = [...message(200 - 185, [1, 2, 3]), ...flag(9, 1), 81, 1, 2, 3, 4, 5, 6, 7, 8];
    const tokenizer = tokenizerFromSentencePiece(Uint8Array.from([...unknown, ...extra, ...piece("\u2581a")]));
    expect(tokenizer.encode("a b").ids).toEqual([1, 0]);
  });
});

it("a megabyte in one line is encoded in linear time", () => {
  for (const name of ["unigram-bytes", "bpe-llama"]) {
    const tokenizer = tokenizerFromSentencePiece(file(`${name}.model`));
    const encoding = tokenizer.encode("a".repeat(300_000));
    expect(encoding.offsets.at(-1)?.[1]).toBe(300_000);
  }
});
