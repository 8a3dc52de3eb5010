import { describe, expect, it } from "vitest";
import { generate } from "../../src/generation";
import { gpt } from "../../src/models";
import { readCases, run, type SearchCase } from "./search-cases";

const cases = readCases(new URL("../fixtures/generation/search.json", import.meta.url));
const named = (list: SearchCase[]) =>
  list.map((one, at) => ({ ...one, title: `${at}: ${one.model}, ${one.prompts.length} prompts` }));

/** Relative to scores above 1. */
function expectScores(found: readonly number[] | undefined, reference: readonly number[]): void {
  expect(found).toHaveLength(reference.length);
  reference.forEach((score, i) => {
    expect(Math.abs(found![i]! - score) / Math.max(1, Math.abs(score))).toBeLessThan(1e-5);
  });
}

describe("a search finds the texts of the reference and their scores", () => {
  it.each(named(cases.beams))("beams, $title", async (one) => {
    for (const cache of [true, false]) {
      const found = await run(one, { cache });
      expect(found.new).toEqual(one.new);
      expectScores(found.sequenceScores, one.scores!);
    }
  });

  it.each(named(cases.diverse))("diverse beams, $title", async (one) => {
    const found = await run(one);
    expect(found.new).toEqual(one.new);
    expectScores(found.sequenceScores, one.scores!);
  });

  it.each(named(cases.contrastive))("contrastive search, $title", async (one) => {
    for (const cache of [true, false]) expect((await run(one, { cache })).new).toEqual(one.new);
  });
});

it("sequences are as many samples of each prompt, in order, each with its own random numbers", async () => {
  const model = gpt({ vocabSize: 50, contextLength: 16, dModel: 8, heads: 2, layers: 1 }, { seed: 3 });
  const prompts = [
    [1, 2],
    [3, 4],
  ];
  const { sequences } = await generate(model, prompts, { sequences: 3, seed: 5, maxNewTokens: 6 });
  expect(sequences.map((row) => row[0])).toEqual([1, 1, 1, 3, 3, 3]);
  expect(new Set(sequences.map(String)).size).toBe(6);
});
