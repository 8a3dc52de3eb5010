import { bert, crossEntropy, encoderDecoder, gpt, type Module, type Tensor } from "transformer-blocks";
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

/**
 * Differences of float32 losses have a noise of almost 1e-4 themselves, another at each step; a gradient that is wrong
 * agrees at none.
 */
const smallestError = (losses: () => Tensor, model: Module) =>
  Math.min(
    ...[2 ** -5, 3 * 2 ** -6].map((step) => checkGradients(losses, model, { elements: 4, step }).maxRelativeError),
  );

describe.each(models)("$name", ({ model, logits, targets }) => {
  it("has the gradients of central differences, in every parameter", () => {
    const losses = () => crossEntropy(logits(), targets, { reduction: "none" });
    expect(smallestError(losses, model)).toBeLessThan(1e-4);
  });
});
