import { describe, expect, it } from "vitest";
import { type GenerateOptions, generate, generateStream } from "../../src/generation";
import { gpt } from "../../src/models";

const config = { vocabSize: 9, contextLength: 8, dModel: 8, heads: 2, layers: 1 };
const model = gpt(config, { seed: 1 });

type ErrorClass = typeof TypeError | typeof RangeError;

const refused: [GenerateOptions, ErrorClass, RegExp][] = [
  [{ beams: 0 }, RangeError, /beams must be a whole number of 1 or more and up to 1000, not 0/],
  [{ lengthPenalty: 2 }, RangeError, /lengthPenalty has no effect without beams/],
  [{ beams: 1, earlyStopping: true }, RangeError, /earlyStopping has no effect without beams/],
  [{ beams: 4, beamGroups: 3, diversityPenalty: 1 }, RangeError, /beams 4 cannot be divided into beamGroups 3/],
  [{ beams: 2, beamGroups: 4, diversityPenalty: 1 }, RangeError, /beams 2 cannot be divided into beamGroups 4/],
  [{ beamGroups: 2, diversityPenalty: 1 }, RangeError, /beamGroups has no effect without beams/],
  [{ beams: 4, beamGroups: 2 }, TypeError, /diversityPenalty is missing/],
  [{ beams: 4, diversityPenalty: 1 }, RangeError, /diversityPenalty has no effect without beamGroups/],
  [
    { beams: 4, beamGroups: 2, diversityPenalty: 1, seed: 1 },
    RangeError,
    /beamGroups cannot be combined with sampling/,
  ],
  [{ beams: 2, sequences: 3 }, RangeError, /sequences 3 is more than beams 2/],
  [{ sequences: 2 }, RangeError, /sequences 2 would all be the same/],
  [{ beams: 2, onToken: () => {} }, TypeError, /onToken cannot be used with beams/],
];

describe("options of a search that contradict each other are refused by name", () => {
  it.each(refused)("%o", async (options, Wrong, message) => {
    const rejection = expect(generate(model, [[1, 2]], { maxNewTokens: 2, ...options })).rejects;
    await rejection.toThrow(Wrong);
    await expect(generate(model, [[1, 2]], { maxNewTokens: 2, ...options })).rejects.toThrow(message);
  });
});

it("beams cannot be streamed, and the message says why", () => {
  expect(() => generateStream(model, [[1]], { beams: 2 })).toThrow(TypeError);
  expect(() => generateStream(model, [[1]], { beams: 2 })).toThrow(/a search may still replace every token.*beams: 1/);
});

it("fewer possible texts than sequences are an error that counts them", async () => {
  const suppressTokens = [0, 1, 2, 3, 4, 5, 6];
  const options = { suppressTokens, beams: 3, sequences: 3, maxNewTokens: 1 };
  await expect(generate(model, [[1]], options)).rejects.toThrow(/row 0 has only 2 possible texts of the 3/);
  expect((await generate(model, [[1]], { ...options, sequences: 2 })).sequences).toHaveLength(2);
});

it("no new tokens give the prompts as they are, as often as asked for", async () => {
  const found = await generate(model, [[1], [2]], { beams: 3, sequences: 2, maxNewTokens: 0 });
  const ends = ["length", "length", "length", "length"];
  expect(found).toEqual({ sequences: [[1], [1], [2], [2]], ends, sequenceScores: [0, 0, 0, 0] });
});
