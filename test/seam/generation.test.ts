import { describe, it } from "vitest";
import { encoderDecoder, type GenerateOptions, generate, generateStream, gpt, quantize } from "../../src";
import { expectSame } from "./same";

const sizes = { vocabSize: 32, contextLength: 24, dModel: 32, heads: 2, layers: 2 };
const ids = [
  [5, 3, 8],
  [2, 9, 4],
];

const ways: Readonly<Record<string, GenerateOptions>> = {
  greedy: { temperature: 0 },
  sampled: { temperature: 1, seed: 3 },
  "without a cache": { temperature: 1, seed: 3, cache: false },
  "within bounds": { temperature: 1, seed: 3, topK: 9, topP: 0.9, minP: 0.01, typicalP: 0.95 },
  "with scores": { temperature: 1, seed: 3, outputScores: true },
  "with rules": { temperature: 0, repetitionPenalty: 1.3, noRepeatNgram: 2, minNewTokens: 3, badWords: [[4, 5]] },
  padded: {
    temperature: 0,
    mask: [
      [0, 1, 1],
      [1, 1, 1],
    ],
  },
};

describe("generation chooses the same tokens on a device", () => {
  it.each(Object.entries(ways))("%s", async (_, options) => {
    await expectSame(() => {
      const model = gpt({ ...sizes, position: "rotary" }, { seed: 1 });
      return generate(model, ids, { maxNewTokens: 8, ...options });
    });
  });

  it("as a stream, of a quantized model", async () => {
    await expectSame(() => {
      const model = quantize(gpt(sizes, { seed: 1 }), "q8");
      return generateStream(model, ids, { maxNewTokens: 4, seed: 2 });
    });
  });

  it("of an encoder and a decoder", async () => {
    await expectSame(() => {
      const model = encoderDecoder({ ...sizes, startToken: 0 }, { seed: 1 });
      return generate(model, ids, { maxNewTokens: 5, temperature: 0 });
    });
  });
});
