import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extreme, flatten, order, put, take } from "../../src/kernels/internal";
import { random } from "../../src/tensor";
import { expectWithin, forAll, normal, seeds, size } from "./compare";
import { named } from "./implementations";

const axes = fc.record({ outer: size(3), size: size(5, 1), inner: fc.constantFrom(0, 1, 2, 17) });

/** Numbers with many ties, zeros of both signs, infinities and NaN. */
const crowded = (seed: number, count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => {
    const drawn = random(seed).stream(String(i)).integer(12);
    return [0, -0, 1, -1, 2.5, -2.5, 1e-40, Number.NaN, -Number.NaN, Infinity, -Infinity, 1e30][drawn]!;
  });

/** Whether a comes before b: the definition that sorting follows. */
const isBefore = (a: number, b: number) => (Number.isNaN(b) ? !Number.isNaN(a) : a < b);

/** The places of a line in order, by comparing: equal numbers stay in theirs. */
const sortedPlaces = (line: Float32Array, descending: boolean): number[] => {
  const places = Array.from(line, (_, i) => i);
  const sign = descending ? -1 : 1;
  const compare = (a: number, b: number) => (isBefore(a, b) ? -sign : isBefore(b, a) ? sign : 0);
  return places.sort((i, j) => compare(line[i]!, line[j]!));
};

describe.each(named)("choosing by place: %s", (_, { kernels, sumBound }) => {
  it("take and put go each way between elements and their places, and put adds up", () => {
    forAll([seeds, axes, size(7)], (seed, axis, count) => {
      const { outer, size, inner } = axis;
      const places = Int32Array.from({ length: count }, (_, i) => random(seed).stream(`${i}`).integer(size));
      const x = normal(seed, "x", outer * size * inner);
      const source = normal(seed, "source", outer * count * inner);
      const taken: number[] = [];
      const added = new Array<number>(x.length).fill(0);
      for (let o = 0; o < outer; o++)
        for (let p = 0; p < count; p++)
          for (let i = 0; i < inner; i++) {
            const [one, other] = [(o * size + places[p]!) * inner + i, (o * count + p) * inner + i];
            taken.push(x[one]!);
            added[one]! += source[other]!;
          }
      expectWithin(kernels.run(take, x, axis, places), taken, 0);
      expectWithin(kernels.run(put, source, axis, places), added, sumBound(count));
    });
  });

  it("flatten counts places along an axis among all elements", () => {
    // Along axis 1 of [2, 3, 4], two places for each of the others.
    const places = Int32Array.from({ length: 2 * 2 * 4 }, (_, i) => i % 3);
    const found = kernels.run(flatten, places, [2, 2, 4], [12, 0, 1], 4);
    const wanted = [...places].map((place, i) => 12 * Math.floor(i / 8) + 4 * place + (i % 4));
    expect([...found]).toEqual(wanted);
  });

  it("put sums in the same way where few of many places occur", () => {
    const found = kernels.run(
      put,
      Float32Array.of(1, 2, 4),
      { outer: 1, size: 100, inner: 1 },
      Int32Array.of(7, 99, 7),
    );
    expect([found[7], found[99], found.reduce((total, x) => total + x, 0)]).toEqual([5, 2, 7]);
  });

  // Lines of every way of sorting: by insertion, by digits of 8 bits and of 11.
  it.each([1, 5, 90, 300, 5000])("order of lines of %i numbers equals sorting by comparing them", (length) => {
    for (const inner of [1, 2])
      for (const x of [crowded(length, 2 * inner * length), normal(length, "x", 2 * inner * length)])
        for (const descending of [false, true])
          for (const count of new Set([1, Math.ceil(length / 100), Math.ceil(length / 60), length])) {
            const found = kernels.run(order, x, { outer: 2, size: length, inner }, count, descending);
            for (let line = 0; line < 2 * inner; line++) {
              const [o, i] = [Math.floor(line / inner), line % inner];
              const numbers = Float32Array.from({ length }, (_, j) => x[(o * length + j) * inner + i]!);
              const places = Array.from({ length: count }, (_, j) => found[(o * count + j) * inner + i]!);
              expect(places).toEqual(sortedPlaces(numbers, descending).slice(0, count));
            }
          }
  });

  it("order finds the few among numbers that agree in their first bits", () => {
    const x = Float32Array.from({ length: 20000 }, (_, i) => 1 + ((i * 7919) % 20000) * 2 ** -23);
    const found = kernels.run(order, x, { outer: 1, size: x.length, inner: 1 }, 400, true);
    expect([...found].map((place) => x[place])).toEqual(
      Array.from({ length: 400 }, (_, i) => 1 + (19999 - i) * 2 ** -23),
    );
  });

  // Every number of a falling line is smaller than the best so far.
  it.each([
    ["falling", (i: number) => -i],
    ["rising", (i: number) => i],
    ["equal", () => 1],
    ["falling and rising", (i: number) => Math.abs(i - 3000)],
    ["not-a-number", () => Number.NaN],
  ])("order finds the few of a line of %s numbers", (_, value) => {
    const x = Float32Array.from({ length: 6000 }, (_, i) => value(i));
    for (const descending of [false, true])
      for (const count of [0, 1, 3, 90]) {
        const found = kernels.run(order, x, { outer: 1, size: x.length, inner: 1 }, count, descending);
        expect([...found]).toEqual(sortedPlaces(x, descending).slice(0, count));
      }
  });

  it("extreme is the first of the greatest and the first of the smallest, and NaN is both", () => {
    forAll([seeds, axes], (seed, axis) => {
      const x = crowded(seed, axis.outer * axis.size * axis.inner);
      for (const which of ["greatest", "smallest"] as const) {
        const places = kernels.run(extreme, x, axis, which);
        places.forEach((place, line) => {
          const [o, i] = [Math.floor(line / axis.inner), line % axis.inner];
          const numbers = Array.from({ length: axis.size }, (_, j) => x[(o * axis.size + j) * axis.inner + i]!);
          const best = Math[which === "greatest" ? "max" : "min"](...numbers.map((value) => value + 0));
          expect(place).toBe(numbers.findIndex((value) => Object.is(value + 0, best)));
        });
      }
    });
  });
});
