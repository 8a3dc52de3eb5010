import { describe, expect, it } from "vitest";
import { Linear } from "../../../src";
import { referenceKernels, withKernels } from "../../../src/kernels";
import { dropout, grad, initials, ones, type Random, random, sum, tensor } from "../../../src/tensor";
import { implementations } from "../../kernels/implementations";

const COUNT = 100_000;

/** Kolmogorov's √n · D, of the greatest distance between the empirical distribution and the given one; 1.95 at 0.1 %. */
function kolmogorov(numbers: Float32Array, distribution: (x: number) => number): number {
  let greatest = 0;
  numbers.toSorted().forEach((x, i) => {
    const wanted = distribution(x);
    greatest = Math.max(greatest, Math.abs((i + 1) / numbers.length - wanted), Math.abs(i / numbers.length - wanted));
  });
  return greatest * Math.sqrt(numbers.length);
}

/** Φ(x), by Abramowitz and Stegun 1964, 26.2.17: within 7.5e-8. */
function normalDistribution(x: number): number {
  const term = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = 0.31938153 + term * (-0.356563782 + term * (1.781477937 + term * (-1.821255978 + term * 1.330274429)));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * term * series;
  return x > 0 ? 1 - tail : tail;
}

/** Pearson's χ² of counts that are equally likely. */
function chiSquare(counts: ArrayLike<number>): number {
  const all = Array.from(counts);
  const wanted = all.reduce((total, count) => total + count, 0) / all.length;
  return all.reduce((total, count) => total + (count - wanted) ** 2 / wanted, 0);
}
/** The 99.9 % point for many degrees of freedom. @see Wilson and Hilferty 1931 */
const chiSquareLimit = (freedom: number) =>
  freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3;

describe.each(implementations.map(({ kernels }) => kernels))("random numbers of $name", (kernels) => {
  const drawn = (draw: (stream: Random) => Float32Array, seed: number) =>
    withKernels(kernels, () => draw(random(seed)));

  it("are uniform by Kolmogorov and Smirnov's test, and normal", () => {
    const uniform = drawn((stream) => stream.uniform(COUNT), 31);
    expect(kolmogorov(uniform, (x) => x)).toBeLessThan(1.95);
    const normal = drawn((stream) => stream.normal(COUNT), 32);
    expect(kolmogorov(normal, normalDistribution)).toBeLessThan(1.95);
  });

  it("do not depend on the one before: pairs fall everywhere alike", () => {
    const uniform = drawn((stream) => stream.uniform(COUNT), 33);
    const normal = drawn((stream) => stream.normal(COUNT), 34).map(normalDistribution);
    for (const numbers of [uniform, normal])
      for (const apart of [1, 2, 4, 8]) {
        const counts = new Float64Array(256);
        for (let i = apart; i < numbers.length; i++)
          counts[Math.floor(numbers[i]! * 16) * 16 + Math.floor(numbers[i - apart]! * 16)]!++;
        expect(chiSquare(counts), `${apart} apart`).toBeLessThan(chiSquareLimit(255));
      }
  });

  it("are the same however they are asked for: one by one, in arrays of any length, by any kernels", () => {
    const whole = withKernels(referenceKernels, () => random(35).uniform(5000));
    withKernels(kernels, () => {
      const stream = random(35);
      const parts: number[] = [];
      for (let length = 0; parts.length < 5000; length = (length * 7 + 1) % 613) {
        parts.push(...stream.uniform(Math.min(length, 5000 - parts.length)));
        if (parts.length < 5000) parts.push(stream.next());
      }
      expect(parts).toEqual([...whole]);
    });
    const normal = withKernels(referenceKernels, () => random(36).normal(5000));
    withKernels(kernels, () => {
      const stream = random(36);
      const parts = [2, 64, 1000, 3934].flatMap((length) => [...stream.normal(length)]);
      expect(parts).toEqual([...normal]);
    });
  });

  it("dropout zeroes each place as often as its rate says, whatever its neighbours do", () => {
    const [rate, columns, rows] = [0.3, 200, 500];
    const stream = random(37);
    const kept = withKernels(kernels, () =>
      Array.from({ length: rows }, () => dropout(ones([columns]), { rate, random: stream }).data),
    );
    // Of each place over the rows, and of each place and the one after it.
    const deviation = Math.sqrt(rate * (1 - rate) * rows);
    for (let i = 0; i < columns; i++) {
      const zeros = kept.filter((row) => row[i] === 0).length;
      expect(Math.abs(zeros - rate * rows), `place ${i}`).toBeLessThan(4.5 * deviation);
    }
    for (const apart of [1, 2, 4, 8]) {
      let both = 0;
      for (const row of kept) for (let i = apart; i < columns; i++) if (row[i] === 0 && row[i - apart] === 0) both++;
      const pairs = rows * (columns - apart);
      expect(Math.abs(both / pairs - rate ** 2), `${apart} apart`).toBeLessThan(5 * Math.sqrt(rate ** 2 / pairs));
    }
  });

  it("dropout's gradient is what it multiplied by: 0 or 1 / (1 − rate)", () => {
    for (const [rate, scale] of [
      [0.25, Math.fround(4 / 3)],
      [0.5, 2],
    ] as const) {
      const x = tensor(
        random(38)
          .uniform(1001)
          .map((value) => value + 1),
      );
      const drop = () => dropout(x, { rate, random: random(39) });
      const [y, gradient] = withKernels(kernels, () => [drop(), grad([x], () => sum(drop())).get(x)]);
      expect(new Set(gradient.data)).toEqual(new Set([0, scale]));
      expect(y.data).toEqual(x.data.map((value, i) => value * gradient.data[i]!));
    }
  });
});

describe("next of a stream", () => {
  it("gives every multiple of 2^-24 below 1: the upper 24 bits of a word, the lower ones unused", () => {
    const [numbers, words] = [random(41), random(41)];
    const ones = new Float64Array(24);
    for (let i = 0; i < 20_000; i++) {
      const scaled = numbers.next() * 2 ** 24;
      if (scaled !== Math.floor(words.bits() / 2 ** 8)) throw new Error(`number ${i} is ${scaled} · 2^-24`);
      for (let bit = 0; bit < 24; bit++) ones[bit]! += Math.floor(scaled / 2 ** bit) % 2;
    }
    // Each of the 24 bits is 1 half of the time: with fewer bits the last would never be.
    for (const [bit, count] of ones.entries())
      expect(Math.abs(count - 10_000), `bit ${bit}`).toBeLessThan(4.5 * Math.sqrt(20_000 / 4));
  });
});

describe("first values", () => {
  it.each([1, 6, 64, 300])(
    "of a linear layer of %s inputs are uniform between −1/√in and 1/√in, as PyTorch's",
    (size) => {
      const outFeatures = Math.ceil(20_000 / size);
      const { weight } = new Linear({ inFeatures: size, outFeatures });
      const bound = 1 / Math.sqrt(size);
      const values = weight.initial(random(42), weight.shape);
      expect(values.length).toBe(size * outFeatures);
      expect(kolmogorov(values, (x) => (x + bound) / (2 * bound))).toBeLessThan(1.95);
    },
  );

  it("of normal initials have the deviation that was asked for", () => {
    const values = initials.normal(0.02)(random(43), [COUNT]);
    expect(kolmogorov(values, (x) => normalDistribution(x / 0.02))).toBeLessThan(1.95);
  });

  it("refuse deviations and bounds that are no finite numbers of 0 or more", () => {
    for (const wrong of [-1, Number.NaN, Infinity]) {
      expect(() => initials.normal(wrong)).toThrow(/initials\.normal: deviation must be/);
      expect(() => initials.uniform(wrong)).toThrow(/initials\.uniform: bound must be/);
    }
    expect(() => initials.normal(JSON.parse('"0.02"'))).toThrow(TypeError);
  });
});
