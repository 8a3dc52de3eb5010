import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survey } from "../../src/kernels/internal";
import { forAll, normal, seeds } from "./compare";
import { implementations } from "./implementations";

const sizes = fc.constantFrom(1, 2, 3, 5, 511, 513, 2050, 50_257);
const scales = fc.constantFrom(0, 1, 30, 1e4);

/** In float64. */
function exactly(scores: Float32Array): number {
  const most = Math.max(...scores);
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - most);
  return most + Math.log(sum);
}

describe.each(implementations)("a survey of scores, $name", ({ kernels }) => {
  const logSum = (scores: Float32Array) => kernels.run(survey, scores, true).logSum!;

  it("has log Σ e^x of float64 to 1e-6 of the largest score, or of 1", () => {
    forAll([seeds, sizes, scales], (seed, size, scale) => {
      const scores = normal(seed, "scores", size).map((score) => scale * score);
      const wanted = exactly(scores);
      expect(Math.abs(logSum(scores) - wanted)).toBeLessThan(1e-6 * Math.max(1, Math.abs(wanted)));
    });
  });

  it("leaves out scores of −Infinity", () => {
    const scores = Float32Array.of(2, Number.NEGATIVE_INFINITY, 1, Number.NEGATIVE_INFINITY, -3);
    expect(logSum(scores)).toBeCloseTo(exactly(Float32Array.of(2, 1, -3)), 6);
  });

  it.each([
    ["NaN", [1, 2, 3, 4, Number.NaN, 6]],
    ["Infinity", [1, Number.POSITIVE_INFINITY, 3, 4, 5]],
    ["nothing finite", [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ])("has no best token with %s", (_, scores) => {
    expect(kernels.run(survey, Float32Array.from(scores), true)).toMatchObject({ best: -1, logSum: Number.NaN });
    expect(kernels.run(survey, Float32Array.from(scores), false).best).toBe(-1);
  });

  it("has the greatest score and the first token that has it, wherever that is", () => {
    forAll([seeds, sizes], (seed, size) => {
      const scores = normal(seed, "scores", size);
      const place = seed % size;
      scores[place] = 100;
      if (place + 2 < size) scores[place + 2] = 100;
      const wanted = { most: 100, best: place };
      expect(kernels.run(survey, scores, false)).toEqual({ ...wanted, logSum: undefined });
      expect(kernels.run(survey, scores, true)).toMatchObject(wanted);
    });
  });

  it("finds a score of 0 whatever its sign, and one behind tokens that are excluded", () => {
    const { NEGATIVE_INFINITY: never } = Number;
    expect(kernels.run(survey, Float32Array.of(-1, -0, 0), false)).toMatchObject({ best: 1 });
    expect(kernels.run(survey, Float32Array.of(never, never, never, never, never, -5), false)).toMatchObject({
      most: -5,
      best: 5,
    });
  });
});
