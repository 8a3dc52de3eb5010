import { describe, expect, it } from "vitest";
import { bestToken, sampleToken } from "../../src/generation/choose";
import { power, power32 } from "../../src/generation/exponential";
import { random } from "../../src/tensor";
import { normal } from "../kernels/compare";

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

/** The first token whose cumulative sum of exponentials, in float64, exceeds the number drawn times their sum. */
function plainly(scores: Float32Array, share: number): number {
  const best = Math.max(...scores);
  const weights = Array.from(scores, (score) => Math.exp(score - best));
  const target = share * weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.findIndex((weight) => {
    sum += weight;
    return sum > target;
  });
}

describe("exponentials in less time", () => {
  it("choose the token that Math.exp chooses, at the very edges of tokens too", () => {
    for (const [size, spread] of [
      [7, 1],
      [129, 0],
      [2000, 3],
      [50_257, 3],
      [50_257, 30],
    ] as const) {
      const scores = normal(size, "scores", size).map((score, id) => (id % 5 === 3 ? -Infinity : spread * score));
      const best = Math.max(...scores);
      const weights = Array.from(scores, (score) => Math.exp(score - best));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      let sum = 0;
      for (let id = 0; id < size; id++) {
        sum += weights[id]!;
        if (id % Math.ceil(size / 40) !== 0) continue;
        for (const share of [sum / total, sum / total - 2 ** -53, sum / total + 2 ** -53]) {
          if (share < 0 || share >= 1) continue;
          const words = [Math.floor(share * 2 ** 27) << 5, Math.floor((share * 2 ** 53) % 2 ** 26) << 6];
          const drawn = ((words[0]! >>> 5) * 2 ** 26 + (words[1]! >>> 6)) / 2 ** 53;
          const fixed = Object.assign(random(1), { bits: () => words.shift()! >>> 0 });
          expect(sampleToken(scores, fixed)).toBe(plainly(scores, drawn));
        }
      }
    }
  });

  it("are within 1e-12, and their float32 is that of Math.exp", () => {
    const points = normal(1, "points", 200_000).map((x, i) => -Math.abs(x) * 10 ** ((i % 5) - 2));
    for (const x of points) {
      if (x > -700 && Math.abs(power(x) / Math.exp(x) - 1) > 1e-12) throw new Error(`power(${x}) is ${power(x)}`);
      if (power32(x) !== Math.fround(Math.exp(x))) throw new Error(`power32(${x}) is ${power32(x)}`);
    }
    expect([power32(-Infinity), power32(0), power32(Number.NaN)]).toEqual([0, 1, Number.NaN]);
    // Half-way between 1 and the float32 below it.
    const between = Math.log(1 - 2 ** -25);
    expect(power32(between)).toBe(Math.fround(Math.exp(between)));
  });
});

describe("the best token", () => {
  it("is the first of equals", () => expect(bestToken(Float32Array.of(0, 3, 3))).toBe(1));
});
