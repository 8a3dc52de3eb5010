import { describe, expect, it } from "vitest";
import type { GenerateOptions, ScoreContext } from "../../src/generation";
import { sampleToken } from "../../src/generation/choose";
import { type filters, rulesOf } from "../../src/generation/pipeline";
import { random } from "../../src/tensor";

const DRAWS = 100_000;
const scores = Float32Array.of(2.1, 1.9, 1.2, 0.4, 0.3, -0.2, -0.9, -1.4, -2.2, -3);
const before = [...scores].map(Math.exp);

interface Case {
  options: GenerateOptions;
  kept: readonly number[];
  power?: number;
}
const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/**
 * The tokens that each option leaves, and the factor of their log-probabilities, from the papers' definitions by hand.
 * Probabilities: .361 .295 .147 .066 .060 .036 .018 .011 .005 .002
 */
const exact: { readonly [Option in keyof typeof filters]: Case } = {
  temperature: { options: { temperature: 0.5 }, kept: all, power: 2 },
  topK: { options: { topK: 3 }, kept: [0, 1, 2] },
  topP: { options: { topP: 0.7 }, kept: [0, 1, 2] },
  minP: { options: { minP: 0.12 }, kept: [0, 1, 2, 3, 4] },
  epsilonCutoff: { options: { epsilonCutoff: 0.05 }, kept: [0, 1, 2, 3, 4] },
  etaCutoff: { options: { etaCutoff: 0.05 }, kept: [0, 1, 2, 3, 4] },
  topNSigma: { options: { topNSigma: 1 }, kept: [0, 1, 2] },
  typicalP: { options: { typicalP: 0.4 }, kept: [1, 2] },
  topH: { options: { topH: 0.5 }, kept: [0, 1] },
  xtc: { options: { xtc: { threshold: 0.1, probability: 1 } }, kept: [2, 3, 4, 5, 6, 7, 8, 9] },
  mirostat: { options: { mirostat: { tau: 1 } }, kept: [0, 1] },
};

const more: readonly Case[] = [
  { options: {}, kept: all },
  { options: { temperature: 2 }, kept: all, power: 0.5 },
  { options: { temperature: 2, topK: 4, minP: 0.5 }, kept: [0, 1, 2], power: 0.5 },
];

it.each(Object.entries(exact))("the case of %s has that option, which changes the distribution", (name, one) => {
  expect(Object.keys(one.options)).toEqual([name]);
  expect(one.kept.length < all.length || one.power !== undefined).toBe(true);
});

describe("100,000 draws follow the exact distribution, by a chi-square test", () => {
  it.each([...Object.values(exact), ...more])("$options", ({ options, kept, power = 1 }) => {
    const source = random(11);
    const processors = rulesOf("generate", { temperature: 1, ...options }, new Set(), 0);
    const context: ScoreContext = {
      ...{ ids: [0], source: [0], step: 0, limit: 1, last: true, memory: new Map() },
      random: source.stream("processors"),
    };
    const processed = processors.reduce<Float32Array>((result, process) => process(result, context), scores);
    const counts = new Array<number>(scores.length).fill(0);
    for (let i = 0; i < DRAWS; i++) counts[sampleToken(processed, source)]!++;
    const weights = before.map((weight, id) => (kept.includes(id) ? weight ** power : 0));
    const total = weights.reduce((a, b) => a + b);
    let chiSquare = 0;
    for (const [id, weight] of weights.entries()) {
      const expected = (DRAWS * weight) / total;
      if (expected === 0) expect(counts[id], `token ${id}`).toBe(0);
      else chiSquare += (counts[id]! - expected) ** 2 / expected;
    }
    // Nine degrees of freedom: 27.88 is exceeded once in a thousand; fewer tokens are safer still.
    expect(chiSquare).toBeLessThan(27.88);
  });
});
