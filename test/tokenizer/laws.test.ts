import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Tokenizer, tokenizerFromJson, trainBpe } from "../../src/tokenizer";
import { ENCODING_KINDS, type EncodingCase, type Fixture, fixture } from "./fixtures";

const fixtures = ENCODING_KINDS.flatMap((kind) => fixture<Fixture<EncodingCase>[]>(kind));
const everyTokenizer = fixtures.map(({ json }) => tokenizerFromJson(json));
const byteLevel = trainBpe(["the quick brown fox, the slow fox", "naïve 日本語 👩‍👩‍👧 the the"], {
  vocabSize: 300,
  specialTokens: ["<|end|>"],
});

const words = fc.constantFrom(
  "the",
  " the",
  "<s>",
  "<mask>",
  "aaaa",
  "\r\n",
  "  ",
  "日本",
  "é",
  "e\u0301",
  "👩‍👩‍👧",
  "\0",
  "<|end|>",
);
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.array(words, { maxLength: 12 }).map((parts) => parts.join("")),
);
/** Any UTF-16, halves of surrogate pairs too. */
const anyUnits = fc.array(fc.nat(0xffff), { maxLength: 30 }).map((units) => String.fromCharCode(...units));

describe("of any tokenizer and any text", () => {
  it("bytes decode to the text they were", () => {
    fc.assert(
      fc.property(text, (drawn) => byteLevel.decode(byteLevel.encode(drawn).ids, { skipSpecial: false }) === drawn),
    );
  });

  it("offsets are ordered pairs inside the text, and cut it between characters", () => {
    const tokenizers = fc.constantFrom(...everyTokenizer, byteLevel);
    fc.assert(
      fc.property(tokenizers, fc.oneof(text, anyUnits), (tokenizer, drawn) => {
        const encoding = tokenizer.encode(drawn, { special: false });
        let last = 0;
        for (const [start, end] of encoding.offsets) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(start).toBeLessThanOrEqual(end);
          expect(end).toBeLessThanOrEqual(drawn.length);
          expect(end).toBeGreaterThanOrEqual(last);
          last = end;
          expect(isBoundary(drawn, start) && isBoundary(drawn, end)).toBe(true);
        }
        const { ids, tokens, types, special, words: wordIds } = encoding;
        expect(new Set([ids, tokens, types, special, wordIds].map(({ length }) => length)).size).toBe(1);
      }),
      { numRuns: 600 },
    );
  });

  it("slices of the text at the offsets of bytes are the text of the tokens, where characters are not cut", () => {
    fc.assert(
      fc.property(text, (drawn) => {
        const { ids, offsets } = byteLevel.encode(drawn);
        ids.forEach((id, index) => {
          const own = byteLevel.decode([id], { skipSpecial: false });
          if (!own.includes("\ufffd")) expect(drawn.slice(...(offsets[index] as [number, number]))).toBe(own);
        });
      }),
    );
  });

  it("a tokenizer that has encoded much else gives what a fresh one gives", () => {
    const json = JSON.stringify(byteLevel.toJson());
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), text, (before, drawn) => {
        const used = tokenizerFromJson(json);
        for (const other of before) used.encode(other);
        used.encode(drawn);
        expect(used.encode(drawn)).toEqual(tokenizerFromJson(json).encode(drawn));
      }),
      { numRuns: 30 },
    );
  });

  it("a batch is its rows, padded", () => {
    const tokenizer = tokenizerFromJson(byteLevel.toJson(), { pad_token: "<|end|>" });
    const pad = tokenizer.special.pad as number;
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
        const { ids, mask, types } = tokenizer.encodeBatch(texts);
        const longest = Math.max(0, ...ids.map((row) => row.length));
        texts.forEach((each, row) => {
          const own = tokenizer.encode(each).ids;
          const filling = new Array<number>(longest - own.length);
          expect(ids[row]).toEqual([...own, ...filling.fill(pad)]);
          expect(mask[row]).toEqual([...own.map(() => 1), ...filling.fill(0)]);
          expect(types[row]).toHaveLength(longest);
        });
        expect(tokenizer.encodeBatch(texts, { padding: false }).ids).toEqual(
          texts.map((each) => tokenizer.encode(each).ids),
        );
      }),
    );
  });

  it("ids decoded one by one give the text of all, and never half a character", () => {
    const tokenizers = fc.constantFrom(...everyTokenizer, byteLevel);
    fc.assert(
      fc.property(tokenizers, fc.array(text, { maxLength: 4 }), fc.boolean(), (tokenizer, texts, skipSpecial) => {
        const ids = texts.flatMap((each) => tokenizer.encode(each).ids);
        const { pieces, whole } = stream(tokenizer, ids, skipSpecial);
        expect(whole).toBe(tokenizer.decode(ids, { skipSpecial }));
        if (!whole.includes("\ufffd")) for (const piece of pieces) expect(piece).not.toMatch(/\ufffd|[\ud800-\udbff]$/);
      }),
      { numRuns: 300 },
    );
  });
});

function isBoundary(text: string, at: number): boolean {
  return !(/[\ud800-\udbff]/.test(text.charAt(at - 1)) && /[\udc00-\udfff]/.test(text.charAt(at)));
}

function stream(tokenizer: Tokenizer, ids: number[], skipSpecial: boolean): { pieces: string[]; whole: string } {
  const decoder = tokenizer.decodeStream({ skipSpecial });
  const pieces = ids.map((id) => decoder.push(id));
  return { pieces, whole: pieces.join("") + decoder.end() };
}
