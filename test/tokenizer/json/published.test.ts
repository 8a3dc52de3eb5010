import { describe, expect, it } from "vitest";
import { type Tokenizer, tokenizerFromJson, tokenizerFromVocabAndMerges } from "../../../src/tokenizer";
import { hasPublished, publishedJson, publishedText } from "../../published";

interface Case {
  text: string;
  text_pair?: string;
  ids: number[];
  tokens: string[];
  decoded: string;
}

function cases(name: string): [string, Case][] {
  const expected = publishedJson("tokenizers/expected.json") as Record<string, Record<string, Case>>;
  return Object.entries(expected[name] as Record<string, Case>);
}

const present = ["tokenizers", "stories260K/hf"].every(hasPublished);

describe.skipIf(!present)("published tokenizers", () => {
  // A skipped suite is collected all the same, and there is nothing to read.
  if (!present) return void it("give the reference's ids, tokens and text", () => {});
  describe("bert-base-uncased", () => {
    const tokenizer = tokenizerFromJson(publishedText("tokenizers/bert-base-uncased/tokenizer.json"));
    for (const [name, { text, text_pair: pair, ids, tokens, decoded }] of cases("Xenova/bert-base-uncased")) {
      it(`gives the ids, tokens and text of the reference: ${name}`, () => {
        const encoding = tokenizer.encode(text, { pair });
        expect(encoding.ids).toEqual(ids);
        expect(tokenizer.encode(text, { pair, special: false }).tokens).toEqual(tokens);
        expect(tokenizer.decode(ids, { skipSpecial: false, cleanUpSpaces: true })).toBe(decoded);
        expectOffsetsInside(tokenizer, text);
      });
    }
  });

  describe("t5-small", () => {
    const tokenizer = tokenizerFromJson(publishedText("tokenizers/t5-small/tokenizer.json"));
    for (const [name, { text, text_pair: pair, ids, tokens, decoded }] of cases("Xenova/t5-small")) {
      it(`gives the ids, tokens and text of the reference: ${name}`, () => {
        const encoding = tokenizer.encode(text, { pair });
        expect(encoding.ids).toEqual(ids);
        expect(tokenizer.encode(text, { pair, special: false }).tokens).toEqual(tokens);
        expect(tokenizer.decode(ids, { skipSpecial: false, cleanUpSpaces: true })).toBe(decoded);
        expectOffsetsInside(tokenizer, text);
      });
    }

    it("has the special tokens and the size that it was published with", () => {
      expect(tokenizer.special).toEqual({ pad: 0, eos: 1, unk: 2 });
      expect(tokenizer.vocabSize).toBe(32100);
    });
  });

  describe("gpt2", () => {
    const files = [
      publishedText("tokenizers/gpt2/gpt2-encoder.json"),
      publishedText("tokenizers/gpt2/gpt2-vocab.bpe"),
    ] as const;
    const tokenizer = tokenizerFromVocabAndMerges(...files);
    const cleaning = tokenizerFromVocabAndMerges(...files, { clean_up_tokenization_spaces: true });
    for (const [name, { text, ids, tokens, decoded }] of cases("Xenova/gpt2")) {
      it(`gives the ids, tokens and text of the reference: ${name}`, () => {
        const encoding = tokenizer.encode(text);
        expect(encoding.ids).toEqual(ids);
        expect(encoding.tokens).toEqual(tokens);
        expect(tokenizer.decode(ids)).toBe(text);
        expect(cleaning.decode(ids, { skipSpecial: false })).toBe(decoded);
        expectOffsetsInside(tokenizer, text);
      });
    }

    it("has the special tokens and the size that it was published with", () => {
      expect(tokenizer.special).toEqual({ bos: 50256, eos: 50256, unk: 50256 });
      expect(tokenizer.vocabSize).toBe(50257);
    });
  });

  describe("stories260K", () => {
    const tokenizer = tokenizerFromJson(publishedText("stories260K/hf/tokenizer.json"));
    const goldens = publishedJson("stories260K/hf/tok512-goldens.json") as { text: string; ids: number[] }[];

    it("gives the ids that SentencePiece gives, and the texts back", () => {
      expect(goldens.length).toBeGreaterThan(100);
      for (const { text, ids } of goldens) {
        expect(tokenizer.encode(text, { special: false }).ids, text).toEqual(ids);
        expect(tokenizer.encode(text).ids, text).toEqual([tokenizer.special.bos, ...ids]);
        expect(tokenizer.decode(ids), text).toBe(text);
      }
    });
  });
});

function expectOffsetsInside(tokenizer: Tokenizer, text: string): void {
  let last = 0;
  for (const [start, end] of tokenizer.encode(text, { special: false }).offsets) {
    expect(start).toBeGreaterThanOrEqual(last);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(text.length);
    last = start;
  }
}
