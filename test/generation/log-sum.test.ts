import { describe, expect, it } from "vitest";
import { exactLogSum } from "../../src/generation/exact-log-sum";
import { normal } from "../kernels/compare";

/** log Σ exp(scores) by Math.exp alone. */
const wanted = (scores: Float32Array): number => {
  const best = Math.max(...scores);
  return best + Math.log(scores.reduce((total, score) => total + Math.exp(score - best), 0));
};

describe("exactLogSum", () => {
  it("equals the sum of Math.exp to 13 digits, for scores of any spread", () => {
    for (const spread of [1e-6, 0.1, 1, 10, 100, 1000, 1e30]) {
      const scores = normal(1, "scores", 5000).map((score) => score * spread);
      expect(Math.abs(exactLogSum(scores) / wanted(scores) - 1)).toBeLessThan(1e-13);
    }
  });

  it("leaves out tokens that are forbidden, and passes NaN on", () => {
    expect(exactLogSum(Float32Array.of(-Infinity, 2, -Infinity, 2))).toBe(2 + Math.log(2));
    expect(exactLogSum(Float32Array.of(0, -739.9, -740.1, -1e4))).toBe(0);
    expect(exactLogSum(Float32Array.of(1, Number.NaN))).toBeNaN();
  });
});
