import { describe, expect, it } from "vitest";
import { threefry } from "../../../src/kernels/reference/threefry";
import { random } from "../../../src/tensor";

const ALL_ONES = 0xffffffff;

function enciphered(key: readonly [number, number], [low, high]: readonly [number, number]): number[] {
  const words = new Uint32Array(2);
  threefry(words, key, low, high);
  return [...words];
}

describe("Threefry-2x32, 20 rounds: the known answers of its authors' Random123", () => {
  it.each([
    { key: [0, 0], counter: [0, 0], wanted: [0x6b200159, 0x99ba4efe] },
    { key: [ALL_ONES, ALL_ONES], counter: [ALL_ONES, ALL_ONES], wanted: [0x1cb996fc, 0xbb002be7] },
    { key: [0x13198a2e, 0x03707344], counter: [0x243f6a88, 0x85a308d3], wanted: [0xc4923a9c, 0x483df7a0] },
  ] as const)("key $key, counter $counter", ({ key, counter, wanted }) => {
    expect(enciphered(key, counter)).toEqual(wanted);
  });
});

describe("random", () => {
  const COUNT = 40_000;
  const moment = (numbers: Float32Array, power: number) =>
    numbers.reduce((total, x) => total + x ** power, 0) / numbers.length;

  it("starts a stream of seed 0 with the cipher of counter 0, then 1", () => {
    const stream = random(0);
    expect([stream.bits(), stream.bits()]).toEqual([0x6b200159, 0x99ba4efe]);
    expect([stream.bits(), stream.bits()]).toEqual(enciphered([0, 0], [1, 0]));
  });

  it("is uniform: moments of n numbers within four deviations", () => {
    const numbers = random(11).uniform(COUNT);
    expect(numbers.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(Math.abs(moment(numbers, 1) - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / COUNT));
    expect(Math.abs(moment(numbers, 2) - 1 / 3)).toBeLessThan(4 * Math.sqrt(4 / 45 / COUNT));
  });

  it("is normal: the first four moments within four deviations", () => {
    const numbers = random(12).normal(COUNT);
    // The variances of x, x², x³, x⁴ are 1, 2, 15, 96.
    [
      [0, 1],
      [1, 2],
      [0, 15],
      [3, 96],
    ].forEach(([wanted, variance], i) => {
      expect(Math.abs(moment(numbers, i + 1) - wanted!), `moment ${i + 1}`).toBeLessThan(
        4 * Math.sqrt(variance! / COUNT),
      );
    });
  });

  it("draws normal numbers by the polar method, as exact as float32", () => {
    const uniform = random(21);
    const draw = () => 2 * uniform.next() - 1;
    const wanted: number[] = [];
    while (wanted.length < 2000) {
      const [u, v] = [draw(), draw()];
      const square = u * u + v * v;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      wanted.push(u * factor, v * factor);
    }
    random(21)
      .normal(2000)
      .forEach((x, i) => {
        expect(Math.abs(x - wanted[i]!)).toBeLessThanOrEqual(1.2e-7 * Math.abs(wanted[i]!));
      });
  });

  it("draws whole numbers below the limit, each as often", () => {
    const stream = random(13);
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 6000; i++) counts[stream.integer(6)]!++;
    const chiSquare = counts.reduce((total, count) => total + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(20.5); // 99.9 % at 5 degrees of freedom
    expect(stream.integer(1)).toBe(0);
    expect(stream.integer(2 ** 32)).toBeLessThan(2 ** 32);
  });

  it("gives the same numbers for a seed, others for another, low and high bits alike", () => {
    const first = (seed: number) => [...random(seed).normal(5)];
    expect(first(3)).toEqual(first(3));
    const seeds = [0, 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
    expect(new Set(seeds.map((seed) => String(first(seed)))).size).toBe(seeds.length);
  });

  it("gives the first numbers of a longer draw for a shorter one", () => {
    expect([...random(4).normal(7)]).toEqual([...random(4).normal(8).slice(0, 7)]);
    expect([...random(4).uniform(3)]).toEqual([...random(4).uniform(9).slice(0, 3)]);
  });

  it("names streams that depend on seed and name alone", () => {
    const parent = random(5);
    const before = parent.stream("weight").bits();
    parent.normal(100);
    expect(parent.stream("weight").bits()).toBe(before);
    const names = ["", "a", "b", "ab", "ba", "a\0", "weight", "weight.", "blocks.0.weight", "blocks.1.weight"];
    expect(new Set(names.map((name) => random(5).stream(name).bits())).size).toBe(names.length);
    expect(random(6).stream("weight").bits()).not.toBe(before);
  });

  it("makes streams that do not correlate", () => {
    const [a, b] = [random(7).stream("a").normal(COUNT), random(7).stream("b").normal(COUNT)];
    const correlation = a.reduce((total, x, i) => total + x * b[i]!, 0) / COUNT;
    expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(COUNT));
  });

  it("refuses seeds and limits that are not whole numbers in range", () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
      expect(() => random(seed)).toThrow(RangeError);
      expect(() => random(seed)).toThrow(String(seed));
    }
    for (const limit of [0, -1, 1.5, 2 ** 32 + 1]) expect(() => random(1).integer(limit)).toThrow(RangeError);
  });
});
