import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EncoderBlock, Module, type Pass, type Sequence } from "../../src/blocks";
import { fromPretrained } from "../../src/families";
import { bert, EncoderModel } from "../../src/models";
import { classify, embed, rank } from "../../src/tasks";
import type { Ids, Tensor } from "../../src/tensor";
import { tokenizerFromJson } from "../../src/tokenizer";

const fixtures = new URL("../fixtures/", import.meta.url);
const tokenizer = tokenizerFromJson(JSON.parse(readFileSync(new URL("tasks/tokenizer.json", fixtures), "utf8")));
const load = async (name: string) => ({ ...(await fromPretrained(new URL(`models/${name}/`, fixtures))), tokenizer });
const encoder = { ...(await load("bert-base")), tokenizer };
const classifier = { ...(await load("bert-sequence")), tokenizer };

const word = fc.constantFrom("the", "old", "bear", "slept", "zzz", ".");
const sentence = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(" "));
const sentences = fc.array(sentence, { maxLength: 12 });
const near = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  a.length === b.length && Array.from(a).every((x, i) => Math.abs(x - b[i]!) <= 1e-6);

describe("many texts give what each gives alone, in their order", () => {
  it("as vectors, for every pooling", async () => {
    const pooling = fc.constantFrom("mean", "first", "last", "max", "weightedMean");
    const property = fc.asyncProperty(sentences, pooling, async (texts, pooling) => {
      const together = await embed(encoder, texts, { pooling });
      expect(together.length).toBe(texts.length);
      for (const [i, text] of texts.entries()) {
        const [alone] = await embed(encoder, [text], { pooling });
        expect(near(together[i]!, alone!)).toBe(true);
      }
    });
    await fc.assert(property, { numRuns: 15 });
  });

  it("as classes, of texts and of pairs", async () => {
    const pair = fc.option(sentence, { nil: undefined });
    const property = fc.asyncProperty(
      fc.array(fc.record({ text: sentence, pair }), { maxLength: 9 }),
      async (texts) => {
        const together = await classify(classifier, texts);
        expect(together.length).toBe(texts.length);
        for (const [i, { text, pair }] of texts.entries()) {
          const alone = await classify(classifier, pair === undefined ? text : [text, pair]);
          expect(await classify(classifier, { text, pair })).toEqual(alone);
          expect(
            near(
              together[i]!.map(({ score }) => score),
              alone.map(({ score }) => score),
            ),
          ).toBe(true);
        }
      },
    );
    await fc.assert(property, { numRuns: 15 });
  });

  it("in one pass of all tokens, if all parts of the model keep texts apart; else those of one length", async () => {
    const passes: { rows: number; lengths: readonly number[] | undefined }[] = [];
    class Watched extends EncoderModel {
      override get keepsTextsApart() {
        return true;
      }
      override hidden(ids: Ids, pass: Pass = {}): Tensor<Sequence> {
        passes.push({ rows: ids.length, lengths: pass.lengths });
        return super.hidden(ids, pass);
      }
    }
    /** Says nothing of texts end to end. */
    class Other extends Module {
      forward(x: Tensor<Sequence>): Tensor<Sequence> {
        return x;
      }
    }
    const { vocabSize } = tokenizer;
    const plain = bert({ vocabSize, contextLength: 32, dModel: 8, heads: 2, layers: 1, pooler: false }, { seed: 1 });
    const texts = ["the old bear", "bear", "old bear", "the bear slept ."];
    const { embedding, position } = plain;
    const block = () => plain.blocks[0]!;
    const odd = new EncoderBlock({ dModel: 8, attention: block().attention, feedForward: new Other() });
    for (const blocks of [[block()], [odd]]) {
      passes.length = 0;
      const parts = { vocabSize, contextLength: 32, embedding, position, blocks };
      const model = new Watched(parts);
      for (const part of [odd.attentionNorm, odd.feedForwardNorm])
        for (const parameter of part.parameters().values()) parameter.assign(new Float32Array(parameter.size).fill(1));
      const vectors = await embed({ model, tokenizer }, texts);
      expect(vectors.length).toBe(4);
      const lengths = texts.map((text) => tokenizer.encode(text).ids.length).sort((a, b) => a - b);
      if (blocks[0] === odd) expect(passes.every((pass) => pass.lengths === undefined)).toBe(true);
      else expect(passes).toEqual([{ rows: 1, lengths }]);
    }
  });

  it("refuses what is not a text, and says which", async () => {
    await expect(classify(classifier, [{ text: "bear" }, { text: 3 as never }])).rejects.toThrow(
      /texts\[1\]: text must be/,
    );
    await expect(classify(classifier, [{ txt: "bear" } as never])).rejects.toThrow(/did you mean "text"/);
    await expect(classify(classifier, ["a", "b", "c"] as never)).rejects.toThrow(/write \[\{ text \}, …\]/);
    await expect(classify(classifier, [{ text: "bear ".repeat(900) }])).rejects.toThrow(
      /texts\[0\]: the text has \d+ tokens/,
    );
    expect(await classify(classifier, [])).toEqual([]);
    expect(await rank({ ...classifier, config: undefined } as never, "bear", []).catch(() => [])).toEqual([]);
  });
});
