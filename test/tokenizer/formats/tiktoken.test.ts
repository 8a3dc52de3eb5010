import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/errors";
import { type TiktokenPattern, tokenizerFromJson, tokenizerFromTiktoken } from "../../../src/tokenizer";
import { fixture } from "../fixtures";

interface Expected {
  ranks: string;
  special: Record<string, number>;
  encodings: {
    name: TiktokenPattern;
    cases: { text: string; ids: number[] }[];
    decoding: { ids: number[]; decoded: string }[];
  }[];
}

const { ranks, special, encodings } = fixture<Expected>("tiktoken");

describe.each(encodings)("$name gives what tiktoken gives:", ({ name, cases, decoding }) => {
  const tokenizer = tokenizerFromTiktoken(ranks, { pattern: name, specialTokens: special });

  it("ids, and the text back", () => {
    for (const { text, ids } of cases) {
      expect(tokenizer.encode(text).ids, JSON.stringify(text)).toEqual(ids);
      expect(tokenizer.decode(ids, { skipSpecial: false })).toBe(text);
    }
  });

  it("the text of ids that are parts of characters", () => {
    for (const { ids, decoded } of decoding) expect(tokenizer.decode(ids, { skipSpecial: false })).toBe(decoded);
  });

  it("with offsets that cover the text in order", () => {
    for (const { text } of cases) {
      const { offsets } = tokenizer.encode(text);
      let last = 0;
      for (const [start, end] of offsets) {
        expect(start).toBeLessThanOrEqual(last);
        expect(end).toBeGreaterThanOrEqual(last);
        last = end;
      }
      expect(last).toBe(text.length);
    }
  });

  it("and the same ids as a tokenizer.json", () => {
    const again = tokenizerFromJson(JSON.stringify(tokenizer.toJson()));
    for (const { text, ids } of cases) expect(again.encode(text).ids, JSON.stringify(text)).toEqual(ids);
  });
});

it("any text is decoded to itself", () => {
  const tokenizer = tokenizerFromTiktoken(ranks, { pattern: "o200k" });
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(text);
    }),
  );
});

it("a pattern of one's own cuts the text, and drops what it does not match", () => {
  const tokenizer = tokenizerFromTiktoken(ranks, { pattern: /\p{L}+|\d/u });
  expect(tokenizer.decode(tokenizer.encode("the 12 mothers!").ids)).toBe("the12mothers");
  expect(tokenizer.encode("12").words).toEqual([0, 1]);
});

it("a token without bytes, as Whisper's file has, is never found", () => {
  const tokenizer = tokenizerFromTiktoken(`${ranks}\n= 900`, { pattern: "gpt2" });
  expect(tokenizer.encode("the end").ids).toEqual(
    tokenizerFromTiktoken(ranks, { pattern: "gpt2" }).encode("the end").ids,
  );
  expect(tokenizer.idToToken(900)).toBe("");
  expect(tokenizer.decode([...tokenizer.encode("the").ids, 900])).toBe("the");
});

describe("a malformed file of ranks is refused, and its line named", () => {
  const line = (content: string) => `${ranks}\n${content}\n`;
  const count = ranks.split("\n").length + 1;
  it.each([
    ["a line without rank", line("YWFhYWFh"), `line ${count}`],
    ["a rank below zero", line("YWFhYWFh -1"), `line ${count}`],
    ["a rank with fraction", line("YWFhYWFh 1.5"), `line ${count}`],
    ["an enormous rank", line("YWFhYWFh 99999999999"), `line ${count}`],
    ["no base64", line("YWFh=WFh 999"), `line ${count}`],
    ["base64 cut short", line("YWFhY 999"), `line ${count}`],
    ["a rank twice", line("YWFhYWFh 0"), `line ${count}`],
    ["a token twice", line("YQ== 999"), `line ${count}`],
    ["a byte without token", "YQ== 0\n", undefined],
    ["nothing", "", undefined],
  ])("%s", (_, text, at) => {
    let error: unknown;
    try {
      tokenizerFromTiktoken(text, { pattern: "gpt2", name: "small.tiktoken" });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).problem).toMatchObject(
      at ? { file: "small.tiktoken", at } : { file: "small.tiktoken" },
    );
  });

  it("special tokens of a wrong id are refused", () => {
    const read = (specialTokens: Record<string, number>) =>
      tokenizerFromTiktoken(ranks, { pattern: "gpt2", specialTokens });
    expect(() => read({ "<|a|>": 0 })).toThrow(/specialTokens\["<\|a\|>"\] is 0, which another token has/);
    expect(() => read({ "<|a|>": 900, "<|b|>": 900 })).toThrow(RangeError);
    expect(() => read({ "<|a|>": 1.5 })).toThrow(RangeError);
    expect(() => read({ the: 900 })).toThrow(/the same bytes as a token/);
    expect(read({ "<|a|>": 5000 }).encode("<|a|>").ids).toEqual([5000]);
    // @ts-expect-error: no pattern of that name
    expect(() => tokenizerFromTiktoken(ranks, { pattern: "toString" })).toThrow(TypeError);
    expect(() => tokenizerFromTiktoken(ranks, { pattern: /a/ })).toThrow(/without the flag u/);
    // @ts-expect-error: no text
    expect(() => tokenizerFromTiktoken(new Uint8Array(), { pattern: "gpt2" })).toThrow(TypeError);
  });
});
