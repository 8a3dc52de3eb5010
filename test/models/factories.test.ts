import { bert, encoderDecoder, gpt, type Module } from "transformer-blocks";
import { describe, expect, it } from "vitest";

const sizes = { vocabSize: 200, contextLength: 4, dModel: 64, heads: 2, layers: 1 };
const deviationOf = (values: Float32Array) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

describe("the first weights of a model have the deviation", () => {
  const weight = (model: Module, path: string) => deviationOf(model.parameters().get(path)!.data);

  it("that Radford et al. 2019 and Devlin et al. 2018 give, 0.02, or that of the config", () => {
    for (const model of [gpt(sizes, { seed: 1 }), bert(sizes, { seed: 1 })])
      for (const path of ["embedding.weight", "position.weight", "blocks.0.attention.query.weight"])
        expect(Math.abs(weight(model, path) / 0.02 - 1), path).toBeLessThan(0.2);
    expect(
      Math.abs(weight(gpt({ ...sizes, initialDeviation: 0.5 }, { seed: 1 }), "embedding.weight") / 0.5 - 1),
    ).toBeLessThan(0.05);
  });

  it("that makes scaled token vectors of an encoder-decoder have unit variance", () => {
    for (const dModel of [16, 64]) {
      const { embedding } = encoderDecoder({ ...sizes, dModel }, { seed: 1 }).encoder;
      const ids = [Array.from({ length: sizes.vocabSize }, (_, id) => id)];
      expect(Math.abs(deviationOf(embedding.forward(ids).data) - 1)).toBeLessThan(0.05);
    }
  });
});

// As transformers' BertModel and BertForSequenceClassification, which alone have a pooler.
it.each([
  [undefined, true],
  ["sequenceClass", true],
  ["tokenClass", false],
  ["maskedLanguageModel", false],
  ["questionAnswering", false],
] as const)("an encoder for %s has a pooler: %s", (kind, has) => {
  const labels = kind === "sequenceClass" || kind === "tokenClass" ? { labels: 2 } : {};
  const model = bert(kind === undefined ? sizes : ({ ...sizes, head: { kind, ...labels } } as typeof sizes));
  const pooled = [...model.parameters().keys()].filter((path) => path.includes("pooler."));
  expect(pooled.length).toBe(has ? 2 : 0);
});
