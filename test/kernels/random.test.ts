import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { type Kernels, type RandomStream, referenceKernels, useThreads } from "../../src/kernels";
import { Words } from "../../src/kernels/reference/threefry";
import { implementations, named } from "./implementations";

/** Table 2 of the paper, for words of 32 bits. */
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];
const rotate = (word: number, left: number) => (word << left) | (word >>> (32 - left));

/** Threefry-2x32 as the paper has it: a counter under a key. */
function threefry([first, second]: RandomStream["key"], counter: number): [number, number] {
  const keys = [first, second, 0x1bd11bda ^ first ^ second];
  let [x, y] = [((counter % 2 ** 32) + first) | 0, (Math.floor(counter / 2 ** 32) + second) | 0];
  for (let round = 0; round < 20; round++) {
    x = (x + y) | 0;
    y = rotate(y, ROTATIONS[round % 8]!) ^ x;
    if (round % 4 !== 3) continue;
    const injection = (round + 1) / 4;
    x = (x + keys[injection % 3]!) | 0;
    y = (y + keys[(injection + 1) % 3]! + injection) | 0;
  }
  return [x >>> 0, y >>> 0];
}

const word = ({ key, start }: RandomStream, i: number) =>
  threefry(key, Math.floor((start + i) / 2))[(start + i) % 2 === 0 ? 0 : 1];
const wordsOf = (stream: RandomStream, count: number) => Array.from({ length: count }, (_, i) => word(stream, i));
const fraction = (bits: number) => Math.floor(bits / 2 ** 8) / 2 ** 24;

const halves = fc.integer({ min: 0, max: 2 ** 32 - 1 });
/** Anywhere, at the beginning, and where the counter's lower half overflows. */
const starts = fc.oneof(
  fc.nat({ max: 20 }),
  fc.integer({ min: 2 ** 33 - 300, max: 2 ** 33 + 3 }),
  fc.integer({ min: 2 ** 32 - 300, max: 2 ** 32 + 3 }),
  fc.integer({ min: 0, max: 2 ** 52 }),
);
const streams: fc.Arbitrary<RandomStream> = fc.record({ key: fc.tuple(halves, halves), start: starts });
const counts = fc.oneof(fc.nat({ max: 20 }), fc.integer({ min: 60, max: 300 }));
const runs = { numRuns: 100 };

describe.each(named)("random numbers: %s", (_, { kernels }) => {
  it("words are those of the cipher, from any place and in any number", () => {
    fc.assert(
      fc.property(streams, counts, (stream, count) => {
        expect([...kernels.words(stream, count)]).toEqual(wordsOf(stream, count));
      }),
      runs,
    );
  });

  it("normal numbers are those of the polar method, and leave the stream where it took its last word", () => {
    fc.assert(
      fc.property(streams, counts, (stream, count) => {
        const { numbers, end } = kernels.normal(stream, count);
        const wanted: number[] = [];
        let drawn = 0;
        const symmetric = () => 2 * fraction(word(stream, drawn++)) - 1;
        while (wanted.length < count) {
          const [u, v] = [symmetric(), symmetric()];
          const square = u * u + v * v;
          if (square >= 1 || square === 0) continue;
          const factor = Math.sqrt((-2 * Math.log(square)) / square);
          wanted.push(u * factor, v * factor);
        }
        expect(end).toBe(stream.start + drawn);
        expect(numbers.length).toBe(count);
        for (const [i, x] of numbers.entries())
          expect(Math.abs(x - wanted[i]!)).toBeLessThanOrEqual(1.2e-7 * Math.abs(wanted[i]!));
      }),
      runs,
    );
  });

  it("normal numbers have the reference's bits, thousands of them", () => {
    for (const start of [0, 7, 2 ** 33 - 5000])
      expect(kernels.normal({ key: [start + 1, 2], start }, 30_001)).toEqual(
        referenceKernels.normal({ key: [start + 1, 2], start }, 30_001),
      );
  });

  const rates = fc.constantFrom(0.1, 0.5, 0.9, 1 / 3, 2 ** -24, 2 ** -25, 1 - 2 ** -24, 1 - 2 ** -53, 1e-300);

  it("dropout multiplies by 0 or 1 / (1 − rate), as the place's word alone says", () => {
    fc.assert(
      fc.property(streams, counts, rates, (stream, count, rate) => {
        const x = Float32Array.from({ length: count }, (_, i) => [-1.5, 0, 3e38, 1e-40, -7][i % 5]!);
        const others = x.map((value, i) => value + i);
        const factors = wordsOf(stream, count).map((bits) => (fraction(bits) < rate ? 0 : Math.fround(1 / (1 - rate))));
        const kept = kernels.choosePlaces(stream, count, rate);
        for (const values of [x, others])
          expect(kernels.dropout(values, kept)).toEqual(values.map((value, i) => value * factors[i]!));
      }),
      runs,
    );
  });

  it("dropout leaves what it is given as it is, and NaN and infinities are not zeroed", () => {
    const x = Float32Array.from({ length: 100 }, (_, i) => [Number.NaN, Infinity, 1][i % 3]!);
    const before = x.slice();
    const output = kernels.dropout(x, kernels.choosePlaces({ key: [1, 2], start: 0 }, 100, 0.5));
    expect(x).toEqual(before);
    for (const [i, y] of output.entries()) if (i % 3 === 0) expect(y).toBeNaN();
    for (const [i, y] of output.entries()) if (i % 3 === 1) expect(y === Infinity || Number.isNaN(y)).toBe(true);
  });
});

describe.each(implementations.slice(1).map(({ kernels }) => kernels))(
  "random numbers: $name",
  (kernels: Kernels<Float32Array>) => {
    afterEach(() => useThreads(1));

    it("have the same bits for any number of threads", async () => {
      const stream = { key: [5, 6] as const, start: 12_345 };
      const x = Float32Array.from({ length: 70_001 }, (_, i) => i + 1);
      const all = ({ words, dropout, choosePlaces }: Kernels<Float32Array>) => ({
        words: words(stream, x.length),
        dropped: dropout(x, choosePlaces(stream, x.length, 0.3)),
      });
      const wanted = all(referenceKernels);
      for (const threads of [1, 2, 3]) {
        await useThreads(threads);
        // The first calls only wake the workers.
        for (let round = 0; round < 2; round++) expect(all(kernels)).toEqual(wanted);
      }
    });
  },
);

describe("the words of a stream, read one after another", () => {
  const stream: RandomStream = { key: [1, 2], start: 5 };

  it("are those of the kernels, and those that are skipped are not read", () => {
    const whole = referenceKernels.words(stream, 60);
    const words = new Words(stream, (from, count) => referenceKernels.words(from, count));
    expect(Array.from({ length: 40 }, () => words.next())).toEqual([...whole.subarray(0, 40)]);
    expect(words.position).toBe(45);
    words.skip(10);
    expect(words.next()).toBe(whole[50]);
    expect(words.position).toBe(56);
  });
});
