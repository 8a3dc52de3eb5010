import { describe, expect, it } from "vitest";
import { Linear, OutputHead } from "../../src/blocks";
import { type GenerateOptions, generate, generateStream, type NewToken, processors } from "../../src/generation";
import { forgetSpare, giveBack, roomFor } from "../../src/kernels/internal";
import { DecoderModel, gpt } from "../../src/models";
import type { Tensor } from "../../src/tensor";

const config = { vocabSize: 5000, contextLength: 32, dModel: 8, heads: 2, layers: 1, initialDeviation: 0.6 };
const model = gpt(config, { seed: 3 });
const prompt = [[1, 2, 3]];
const base: GenerateOptions = { maxNewTokens: 6, endTokens: [] };

const sampled: GenerateOptions = { temperature: 0.8, seed: 5 };
const options: GenerateOptions[] = [
  {},
  { alternatives: 3 },
  { repetitionPenalty: 1.3, frequencyPenalty: 0.5, presencePenalty: 0.2 },
  { suppressTokens: [4], badWords: [[1, 2]], noRepeatNgram: 2, sequenceBias: [[[7], 3]] },
  { minNewTokens: 3, endTokens: [9], exponentialDecay: { start: 1, factor: 1.2 } },
  { renormalize: true },
  { guidance: { scale: 1.5 } },
  sampled,
  { ...sampled, topK: 40, topP: 0.9 },
  { ...sampled, topK: 4999, topP: 0.99, minP: 1e-4 },
  { ...sampled, typicalP: 0.8, etaCutoff: 1e-4, epsilonCutoff: 1e-5 },
  { ...sampled, topH: 0.5, topNSigma: 2 },
  { ...sampled, mirostat: { tau: 3 } },
  { ...sampled, xtc: { threshold: 1e-4, probability: 0.5 } },
  { ...sampled, processors: [(scores) => scores, processors.topK(50)] },
  { ...sampled, topK: 4000, topP: 0.99, sequences: 3 },
];

async function streamed(given: GenerateOptions): Promise<NewToken[]> {
  const tokens: NewToken[] = [];
  for await (const token of generateStream(model, prompt, { ...base, ...given })) tokens.push(token);
  return tokens;
}

describe("arrays that are used again", () => {
  it.each(options)("change no token and no probability, %j", async (given) => {
    const { sequences, scores, logits } = await generate(model, prompt, {
      ...{ ...base, ...given, alternatives: undefined },
      outputScores: true,
      outputLogits: true,
    });
    for (const [row, sequence] of sequences.entries()) {
      const tokens = (await streamed(given)).filter((token) => token.row === row);
      expect(tokens.map(({ id }) => id)).toEqual(sequence.slice(3));
      const whole = model.forward([sequence.slice(0, -1)]).data;
      for (const [step, { id, logProbability }] of tokens.entries()) {
        const size = config.vocabSize;
        const own = scores![row]!.data.subarray(step * size, (step + 1) * size);
        const most = Math.max(...own);
        const sum = own.reduce((total, score) => total + Math.exp(score - most), 0);
        expect(logProbability).toBeCloseTo(own[id]! - most - Math.log(sum), 4);
        const given = logits![row]!.data.subarray(step * size, (step + 1) * size);
        for (const at of [0, 1234, 4999]) expect(given[at]).toBeCloseTo(whole[(step + 2) * size + at]!, 4);
      }
    }
  });

  it("are not those that a head or a layer of the caller's has", async () => {
    const seen: [Tensor, Float32Array][] = [];
    const kept = <T extends Tensor>(scores: T): T => {
      seen.push([scores, scores.data.slice()]);
      return scores;
    };
    class Keeping extends OutputHead {
      override forward(...args: Parameters<OutputHead["forward"]>): Tensor {
        return kept(super.forward(...args));
      }
    }
    const { embedding, blocks, norm, head } = model;
    const { vocabSize, contextLength } = config;
    const parts = { vocabSize, contextLength, embedding, position: model.position, blocks, norm };
    const { weight } = (head as OutputHead).projection;
    const own = new Keeping({ kind: "languageModel", dModel: 8, vocabSize, tied: weight });
    await generate(new DecoderModel({ ...parts, head: own }), prompt, base);
    const other = new OutputHead({ kind: "languageModel", dModel: 8, vocabSize, tied: weight });
    const { forward } = Linear.prototype;
    other.projection.forward = ((x: Tensor) => kept(forward.call(other.projection, x))) as typeof forward;
    await generate(new DecoderModel({ ...parts, head: other }), prompt, base);
    expect(seen).toHaveLength(12);
    for (const [scores, before] of seen) expect(scores.data).toEqual(before);
  });

  it("are given once, only whole ones that are worth it, and none after a generation", async () => {
    forgetSpare();
    const one = new Float32Array(5000).fill(7);
    giveBack(one);
    giveBack(one);
    expect(roomFor(4999)).not.toBe(one);
    expect(roomFor(5000)).toBe(one);
    expect(roomFor(5000)).toEqual(new Float32Array(5000));
    for (const part of [new Float32Array(10), one.subarray(0, 4500), new Float32Array(new SharedArrayBuffer(20_000))]) {
      giveBack(part);
      expect(roomFor(part.length)).not.toBe(part);
    }
    giveBack(one);
    await generate(model, prompt, base);
    expect(roomFor(5000)).not.toBe(one);
  });
});
