import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logSum } from "../../src/kernels/internal";
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

describe.each(implementations)("log Σ e^x of scores, $name", ({ kernels }) => {
  it("is that of float64 to 1e-6 of the largest score, or of 1", () => {
    forAll([seeds, sizes, scales], (seed, size, scale) => {
      const scores = normal(seed, "scores", size).map((score) => scale * score);
      const wanted = exactly(scores);
      expect(Math.abs(kernels.run(logSum, scores) - wanted)).toBeLessThan(1e-6 * Math.max(1, Math.abs(wanted)));
    });
  });

  it("leaves out scores of −Infinity", () => {
    const scores = Float32Array.of(2, Number.NEGATIVE_INFINITY, 1, Number.NEGATIVE_INFINITY, -3);
    expect(kernels.run(logSum, scores)).toBeCloseTo(exactly(Float32Array.of(2, 1, -3)), 6);
  });

  it.each([
    ["NaN", [1, 2, 3, 4, Number.NaN, 6]],
    ["Infinity", [1, Number.POSITIVE_INFINITY, 3, 4, 5]],
    ["nothing finite", [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ])("is NaN with %s", (_, scores) => {
    expect(kernels.run(logSum, Float32Array.from(scores))).toBeNaN();
  });
});
