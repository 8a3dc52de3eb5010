import { add, bert, crossEntropy, encoderDecoder, gpt, multiply, type Tensor, tensor } from "transformer-blocks";
import { checkGradients } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";

const config = { vocabSize: 7, contextLength: 6, dModel: 8, heads: 2, layers: 1, initialDeviation: 0.3 };
const ids = [
  [1, 2, 3, 4],
  [5, 6, 0, 2],
];
const targets = [
  [2, 3, 4, 5],
  [6, 0, 2, -100],
];
const types = [
  [0, 0, 1, 1],
  [0, 1, 1, 1],
];
const mask = [
  [1, 1, 1, 1],
  [1, 1, 1, 0],
];

const decoder = gpt({ ...config, dFeedForward: 12 }, { seed: 5 });
const grouped = gpt(
  {
    ...config,
    dFeedForward: 12,
    keyValueHeads: 1,
    position: "rotary",
    gated: true,
    activation: "silu",
    normalization: "rmsNorm",
    tied: false,
  },
  { seed: 5 },
);
// Vectors of unit length, where their norm is smooth.
grouped.embedding.weight.assign(grouped.embedding.weight.data.map((value) => value / config.initialDeviation));
const encoder = bert({ ...config, dFeedForward: 12, head: { kind: "maskedLanguageModel" } }, { seed: 5 });
const classifier = bert({ ...config, dFeedForward: 12, head: { kind: "sequenceClass", labels: 3 } }, { seed: 5 });
// A smooth activation: differences say nothing across a kink of relu.
const translator = encoderDecoder({ ...config, dFeedForward: 12, activation: "gelu" }, { seed: 5 });

const models = [
  { name: "gpt", model: decoder, logits: () => decoder.forward(ids), targets },
  { name: "gpt, grouped, rotary, gated, rmsNorm, untied", model: grouped, logits: () => grouped.forward(ids), targets },
  { name: "bert", model: encoder, logits: () => encoder.forward(ids, { types, mask }), targets },
  {
    name: "bert's classifier",
    model: classifier,
    logits: () => classifier.forward(ids, { types, mask }),
    targets: [2, 0],
  },
  { name: "encoderDecoder", model: translator, logits: () => translator.forward(ids, ids, { mask }), targets },
];

describe.each(models)("$name", ({ model, logits, targets }) => {
  it("has the gradients of central differences, in every parameter", () => {
    const losses = () => crossEntropy(logits(), targets, { reduction: "none" });
    const { maxRelativeError, worst } = checkGradients(losses, model, { elements: 4 });
    expect(maxRelativeError, JSON.stringify(worst)).toBeLessThan(1e-4);
  });
});

describe("freshly initialized, with no step given", () => {
  const fresh = { vocabSize: 7, contextLength: 6, dModel: 8, heads: 2, layers: 2 };
  const seed = { seed: 3 };
  const [gptModel, gptWithKinks] = [gpt(fresh, seed), gpt({ ...fresh, activation: "relu" }, seed)];
  const bertModel = bert({ ...fresh, head: { kind: "maskedLanguageModel" } }, seed);
  const translator = encoderDecoder(fresh, seed);

  it.each([
    { name: "gpt", model: gptModel, logits: () => gptModel.forward(ids), bound: 1e-4 },
    { name: "gpt with relu", model: gptWithKinks, logits: () => gptWithKinks.forward(ids), bound: 3e-4 },
    { name: "bert", model: bertModel, logits: () => bertModel.forward(ids), bound: 1e-4 },
    {
      name: "encoderDecoder, which has relu",
      model: translator,
      logits: () => translator.forward(ids, ids),
      bound: 3e-4,
    },
  ])("$name passes", ({ model, logits, bound }) => {
    const losses = () => crossEntropy(logits(), targets, { reduction: "none" });
    const { maxRelativeError, worst } = checkGradients(losses, model, { elements: 3 });
    expect(maxRelativeError, JSON.stringify(worst)).toBeLessThan(bound);
  });

  it.each([
    { name: "gpt", model: gptModel, logits: () => gptModel.forward(ids) },
    { name: "encoderDecoder, which has relu", model: translator, logits: () => translator.forward(ids, ids) },
  ])("a gradient of $name that is one per cent too large is found", ({ model, logits }) => {
    // What is multiplied after the loss is computed has no part in the gradient.
    const losses = () => {
      const loss = crossEntropy(logits(), targets, { reduction: "none" }) as Tensor;
      const constant = tensor(Float32Array.from(loss.data), loss.shape) as Tensor;
      return add(multiply(loss, 1.01), multiply(constant, -0.01));
    };
    expect(checkGradients(losses, model, { elements: 3 }).maxRelativeError).toBeGreaterThan(2e-3);
  });
});
