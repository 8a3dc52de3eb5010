import { describe, expect, it } from "vitest";
import { mixingTexts } from "../../src/blocks/internal";
import { fromPretrained } from "../../src/families";
import { DecoderModel, EncoderModel } from "../../src/models";
import type { Tensor } from "../../src/tensor";
import { modelsBelow } from "./checks";
import { fixtures } from "./fixture";

const folder = new URL("../fixtures/families/", import.meta.url);
const titleOf = (directory: URL) => directory.pathname.split("/fixtures/")[1]!;
const models = [...modelsBelow(folder), ...modelsBelow(fixtures)].map((at) => [titleOf(at), at] as const);

/** Texts of tokens that the model knows, but for padding, of lengths around those of vectors and windows. */
function textsFor({ config: { vocabSize, padToken, contextLength } }: EncoderModel | DecoderModel): number[][] {
  return [5, 1, 9, 2, 12, 4].map((length) => {
    const ids = Array.from({ length: Math.min(length, contextLength) }, (_, i) => (i * 7919 + length * 31) % vocabSize);
    return ids.map((id) => (id === padToken ? (id + 1) % vocabSize : id));
  });
}

/** The numbers of each text, of all its tokens or of the text. */
const numbersOf = (x: Tensor, texts: number[][]) => {
  const weights = texts.map(({ length }) => (x.shape[0] === texts.length ? 1 : length));
  const each = x.size / weights.reduce((a, b) => a + b, 0);
  let start = 0;
  return weights.map((weight) => {
    start += weight * each;
    return x.data.slice(start - weight * each, start);
  });
};

describe("texts end to end give what each gives alone", () => {
  const mixing: string[] = [];

  it.each(models)("%s", async (title, directory) => {
    const { model } = await fromPretrained(directory);
    if (!(model instanceof EncoderModel || model instanceof DecoderModel)) return;
    const texts = textsFor(model);
    const pass = { lengths: texts.map(({ length }) => length) };
    if (mixingTexts(model) !== undefined) {
      if (model instanceof EncoderModel) mixing.push(title);
      expect(() => model.forward([texts.flat()], pass)).toThrow(/keepsTextsApart/);
      return;
    }
    const together = numbersOf(model.forward([texts.flat()], pass), texts);
    texts.forEach((ids, i) => {
      const alone = model.forward([ids]).data;
      const scale = Math.max(1, ...alone.map(Math.abs));
      expect(together[i]!.length).toBe(alone.length);
      expect(Math.max(...alone.map((x, at) => Math.abs(x - together[i]![at]!))) / scale).toBeLessThanOrEqual(1e-6);
    });
  });

  it("in every family of encoders", () => expect(mixing).toEqual([]));
});
