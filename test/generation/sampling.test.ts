import { describe, expect, it } from "vitest";
import { bestToken, sampleToken } from "../../src/generation/choose";
import { random } from "../../src/tensor";

const scores = Float32Array.of(1, -1, Number.NEGATIVE_INFINITY, 2.5, 0, 1, -4);
const draws = 100_000;

describe("sampling", () => {
  const source = random(1);

  it("follows softmax(scores), by a chi-square test, and never takes a token that was ruled out", () => {
    const counts = new Array<number>(scores.length).fill(0);
    for (let i = 0; i < draws; i++) counts[sampleToken(scores, source)]!++;
    const weights = [...scores].map((score) => Math.exp(score));
    const total = weights.reduce((a, b) => a + b);
    let chiSquare = 0;
    weights.forEach((weight, id) => {
      const expected = (draws * weight) / total;
      if (expected > 0) chiSquare += (counts[id]! - expected) ** 2 / expected;
    });
    // Five degrees of freedom: 20.52 is exceeded once in a thousand.
    expect(chiSquare).toBeLessThan(20.52);
    expect(counts[2]).toBe(0);
  });

  it("takes the first token whose cumulative share is above the number drawn, at its edges too", () => {
    const { NEGATIVE_INFINITY: never } = Number;
    /** The token for a number in [0, 1), given as its highest 32 bits. */
    const tokenAt = (share: number, of: number[]) => {
      const words = [Math.floor(share * 2 ** 32) >>> 0, 0];
      const fixed = Object.assign(random(1), { bits: () => words.shift() ?? 0 });
      return sampleToken(Float32Array.from(of), fixed);
    };
    const even = [never, 0, never, 0, 0, never, 0, never];
    expect([0, 0.2499, 0.25, 0.5, 0.7499, 0.75, 0.9999].map((share) => tokenAt(share, even))).toEqual([
      1, 1, 3, 4, 4, 6, 6,
    ]);
  });

  it("finds the only token there is", () => {
    const one = new Float32Array(50).fill(Number.NEGATIVE_INFINITY);
    one[49] = -3;
    expect(sampleToken(one, source)).toBe(49);
  });
});

describe("the best token", () => {
  it("is the first of equals", () => expect(bestToken(Float32Array.of(0, 3, 3))).toBe(1));
});
