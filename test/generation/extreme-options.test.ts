import { type GenerateOptions, generate, gpt } from "transformer-blocks";
import { describe, expect, it } from "vitest";

const model = gpt(
  { vocabSize: 12, contextLength: 24, dModel: 8, heads: 2, layers: 1, initialDeviation: 0.5 },
  { seed: 3 },
);
const draft = gpt({ vocabSize: 12, contextLength: 24, dModel: 8, heads: 1, layers: 1 }, { seed: 4 });

/** The options whose value may be a number: a new one does not compile until it is listed. */
type Numeric = {
  [Name in keyof GenerateOptions]-?: Extract<GenerateOptions[Name], number> extends never ? never : Name;
}[keyof GenerateOptions];

const numeric: Readonly<Record<Numeric, GenerateOptions>> = {
  ...{ maxLength: {}, minLength: {}, maxNewTokens: {}, minNewTokens: {}, maxTime: {}, alternatives: {}, seed: {} },
  ...{ temperature: {}, topK: {}, topP: {}, minP: {}, typicalP: {}, epsilonCutoff: {}, etaCutoff: {}, topH: {} },
  ...{ topNSigma: {}, repetitionPenalty: {}, encoderRepetitionPenalty: {}, frequencyPenalty: {} },
  ...{ presencePenalty: {}, noRepeatNgram: {}, encoderNoRepeatNgram: {}, forcedStartToken: {}, forcedEndToken: {} },
  ...{
    beams: {},
    beamGroups: { beams: 4 },
    diversityPenalty: { beams: 4, beamGroups: 2 },
    lengthPenalty: { beams: 2 },
  },
  ...{ sequences: { beams: 2 }, penaltyAlpha: { topK: 3 } },
};

/** Numbers inside other options. */
const nested: Readonly<Record<string, (value: number) => GenerateOptions>> = {
  "guidance.scale": (scale) => ({ guidance: { scale } }),
  "mirostat.tau": (tau) => ({ mirostat: { tau } }),
  "mirostat.eta": (eta) => ({ mirostat: { eta } }),
  "xtc.threshold": (threshold) => ({ xtc: { threshold, probability: 0.5 } }),
  "xtc.probability": (probability) => ({ xtc: { threshold: 0.1, probability } }),
  "dry.multiplier": (multiplier) => ({ dry: { multiplier } }),
  "dry.base": (base) => ({ dry: { multiplier: 1, base } }),
  "dry.allowedLength": (allowedLength) => ({ dry: { multiplier: 1, allowedLength } }),
  "dry.range": (range) => ({ dry: { multiplier: 1, range } }),
  "exponentialDecay.start": (start) => ({ exponentialDecay: { start, factor: 1.1 }, endTokens: [3] }),
  "exponentialDecay.factor": (factor) => ({ exponentialDecay: { start: 0, factor }, endTokens: [3] }),
  "watermark.greenShare": (greenShare) => ({ watermark: { greenShare } }),
  "watermark.bias": (bias) => ({ watermark: { bias } }),
  "watermark.key": (key) => ({ watermark: { key } }),
  "watermark.width": (width) => ({ watermark: { width } }),
  "draft.tokens": (tokens) => ({ draft: { model: draft, tokens } }),
  "promptLookup.tokens": (tokens) => ({ promptLookup: { tokens } }),
  "promptLookup.maxNgram": (maxNgram) => ({ promptLookup: { tokens: 3, maxNgram } }),
  sequenceBias: (bias) => ({ sequenceBias: [[[4], bias]] }),
  "sequenceBias after others": (bias) => ({ sequenceBias: [[[1, 2, 4], bias]] }),
};

const VALUES = [
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 5e-324, 1e-300, 1e-45, 1e-39],
  ...[0.5, 1, 1.5, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 3.4028235e38, 1e39, 1e300, Number.MAX_VALUE],
];
const both = VALUES.flatMap((value) => [value, -value]);

const cases: readonly (readonly [name: string, of: (value: number) => GenerateOptions])[] = [
  ...Object.entries(numeric).map(
    ([name, others]) => [name, (value: number): GenerateOptions => ({ ...others, [name]: value })] as const,
  ),
  ...Object.entries(nested),
];

describe.each([
  ["greedily", {}],
  ["sampling", { seed: 5 }],
  ["with beams", { beams: 2 }],
] as [string, GenerateOptions][])("%s, no number breaks generation", (_, strategy) => {
  it.each(cases)("%s is refused by name, or changes tokens and leaves numbers", async (_name, of) => {
    for (const value of both) {
      const options = { maxNewTokens: 3, endTokens: [], ...strategy, ...of(value) };
      const made = await generate(model, [[1, 2, 4, 1, 2]], {
        ...options,
        outputScores: options.draft === undefined,
      }).catch((error: unknown) => error);
      if (made instanceof Error) {
        expect([value, made], made.message).toEqual([value, expect.any(RangeError)]);
        // It names this option, or one that contradicts it.
        expect([value, made.message]).toEqual([
          value,
          expect.stringMatching(new RegExp(Object.keys(of(value)).join("|"))),
        ]);
        continue;
      }
      const { sequences, scores, sequenceScores } = made as Awaited<ReturnType<typeof generate>>;
      expect([value, sequences.flat().every((id) => Number.isInteger(id) && id >= 0 && id < 12)]).toEqual([
        value,
        true,
      ]);
      const numbers = [...(scores ?? []).flatMap(({ data }) => [...data]), ...(sequenceScores ?? [])];
      const wrong = numbers.filter((score) => Number.isNaN(score) || score === Number.POSITIVE_INFINITY);
      expect([value, wrong]).toEqual([value, []]);
    }
  });
});
