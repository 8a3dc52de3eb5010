import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fromPretrained, type Pretrained } from "../../src/families";
import { answer, classify, embed, fillMask } from "../../src/tasks";

const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
const expected = JSON.parse(readFileSync(join(fixtures, "tasks/expected.json"), "utf8"));

/** A tiny random BERT with the word tokenizer of the fixtures. */
const load = (name: string): Promise<Pretrained> =>
  fromPretrained({
    read: async (file) => {
      const folder = file === "tokenizer.json" ? "tasks" : `models/${name}`;
      return new Uint8Array(readFileSync(join(fixtures, folder, file)));
    },
  });

describe("tasks of encoders give what transformers gives", () => {
  it("for a masked token", async () => {
    const { text, ids, scores, tokens } = expected.fillMask;
    const fillings = await fillMask(await load("bert-masked-lm"), text, { top: 5 });
    expect(fillings.map(({ id }) => id)).toEqual(ids);
    expect(fillings.map(({ token }) => token)).toEqual(tokens);
    fillings.forEach(({ score }, i) => {
      expect(score).toBeCloseTo(scores[i], 5);
    });
    expect(fillings[0]?.text).toBe("the old bear river a small boat.");
  });

  it("for the labels of a text", async () => {
    const { text, scores } = expected.classify;
    const labels = await classify(await load("bert-sequence"), text);
    expect(labels.map(({ label }) => label)).toEqual(["LABEL_1", "LABEL_2", "LABEL_0"]);
    for (const { label, score } of labels) expect(score).toBeCloseTo(scores[Number(label.slice(-1))], 5);
  });

  it("for the answer to a question", async () => {
    const { question, context, score, ...place } = expected.answer;
    const found = await answer(await load("bert-qa"), { question, context });
    expect(found).toMatchObject(place);
    expect(found.score).toBeCloseTo(score, 6);
    expect(context.slice(found.start, found.end)).toBe(found.text);
  });

  it("for the vectors of texts", async () => {
    const { texts, mean, unit } = expected.embed;
    const model = await load("bert-base");
    const plain = await embed(model, texts, { normalize: false });
    const normalized = await embed(model, texts);
    plain.forEach((vector, i) => {
      vector.forEach((x, j) => {
        expect(x).toBeCloseTo(mean[i][j], 5);
        expect(normalized[i]![j]).toBeCloseTo(unit[i][j], 5);
      });
    });
  });
});

describe("tasks of encoders refuse", () => {
  it("a model without the head", async () => {
    const model = await load("bert-base");
    await expect(fillMask(model, "[MASK]")).rejects.toThrow("maskedLanguageModel head");
    await expect(classify(model, "the bear")).rejects.toThrow("sequenceClass head");
    await expect(answer(model, { question: "who", context: "the bear" })).rejects.toThrow("questionAnswering head");
  });

  it("what is not text, and any number of masks but one", async () => {
    const masked = await load("bert-masked-lm");
    await expect(fillMask(masked, "the bear")).rejects.toThrow("0 masks");
    await expect(fillMask(masked, "[MASK] [MASK]")).rejects.toThrow("2 masks");
    await expect(fillMask(masked, "[MASK]", { top: 0 })).rejects.toThrow(RangeError);
    await expect(embed(await load("bert-base"), [3 as unknown as string])).rejects.toThrow("texts[0]");
    await expect(answer(await load("bert-qa"), { question: "who", context: "" })).rejects.toThrow("no tokens");
  });
});
