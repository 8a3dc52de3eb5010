import { afterEach, describe, expect, it, vi } from "vitest";
import { type GenerateOptions, generate, generateStream } from "../../src/generation";
import { gpt } from "../../src/models";

const config = { vocabSize: 11, contextLength: 64, dModel: 8, heads: 2, layers: 1, initialDeviation: 0.6 };
const model = gpt(config, { seed: 3 });
const prompts = [[1, 2, 3], [9]];
const searches: Record<string, GenerateOptions> = {
  "greedy search": {},
  sampling: { seed: 4 },
  "contrastive search": { penaltyAlpha: 0.5, topK: 3 },
  "speculative decoding": { promptLookup: { tokens: 3 } },
  "beam search": { beams: 3, earlyStopping: "never" },
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(Object.entries(searches))("maxTime with %s", (_, search) => {
  const options = { ...search, endTokens: [], maxNewTokens: 12 };

  it("ends every row with its next token once the time is over", async () => {
    const { sequences, ends } = await generate(model, prompts, { ...options, maxTime: 0 });
    expect(ends).toEqual(["time", "time"]);
    expect(sequences.map(({ length }, row) => length - prompts[row]!.length)).toEqual([1, 1]);
  });

  it("changes nothing before that", async () => {
    const { sequences, ends } = await generate(model, prompts, { ...options, maxTime: 600 });
    expect(sequences).toEqual((await generate(model, prompts, options)).sequences);
    expect(ends).toEqual(["length", "length"]);
  });
});

it("maxTime counts from the call, in seconds", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const stream = generateStream(model, [[1, 2]], { endTokens: [], maxNewTokens: 12, maxTime: 2.5 });
  const ends: unknown[] = [];
  for await (const { end } of stream) {
    ends.push(end);
    now += 1000;
  }
  expect(ends).toEqual([undefined, undefined, undefined, "time"]);
});
