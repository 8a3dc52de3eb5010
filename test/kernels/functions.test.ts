import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Mapping, Pairing, Reduction } from "../../src/kernels";
import * as internal from "../../src/kernels/internal";
import { cumulativeSum, map, pair, reduce } from "../../src/kernels/internal";
import { expectWithin, forAll, normal, seeds, size } from "./compare";
import { alongLines, at, indicesOf, lines, product } from "./formulas";
import { ELEMENTWISE, named } from "./implementations";

const axes = fc.record({ outer: size(3), size: size(5), inner: size(3) });
const count = ({ outer, size, inner }: { outer: number; size: number; inner: number }) => outer * size * inner;

const mapping: Mapping = { name: "wave", vector: undefined, value: (x, a, b) => a * Math.sin(x) + b };
const pairing: Pairing = {
  name: "lopsided",
  vector: undefined,
  value: (a, b) => a * a * b,
};
const reduction: Reduction = {
  name: "weighted",
  vector: undefined,
  value: (line, setting) => line.reduce((total, x, i) => total + setting * (i + 1) * x * x, 0),
};
const weighted = (line: readonly number[]) => line.reduce((total, x, i) => total + 3 * (i + 1) * x * x, 0);

describe("primitives beside the interface", () => {
  it("are found by names that differ", () => {
    const names = Object.values(internal).flatMap((each) =>
      typeof each === "object" && "reference" in each ? [each.name] : [],
    );
    expect(names.length).toBeGreaterThan(3);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe.each(named)("functions that operations bring: %s", (_, { kernels, sumBound }) => {
  it("map, with settings", () => {
    forAll([seeds, size(20)], (seed, length) => {
      const x = normal(seed, "x", length);
      const f = (values: readonly number[]) => values.map((value) => 2 * Math.sin(value) + 0.5);
      expectWithin(kernels.run(map, mapping, [2, 0.5], x), f([...x]), ELEMENTWISE);
    });
  });

  it("pair broadcasts", () => {
    forAll([seeds, size(3), size(4), fc.boolean()], (seed, rows, columns, aIsRow) => {
      const shape = [rows, columns];
      const [ofA, ofB] = aIsRow ? [[columns], [rows, 1]] : [[rows, columns], [columns]];
      const [a, b] = [normal(seed, "a", product(ofA)), normal(seed, "b", product(ofB))];
      const steps = { row: [0, 1], column: [1, 0], whole: [columns, 1] };
      const plan = {
        shape,
        stepsA: aIsRow ? steps.row : steps.whole,
        stepsB: aIsRow ? steps.column : steps.row,
      };
      const wanted = indicesOf(shape).map((index) => at(a, ofA, index) ** 2 * at(b, ofB, index));
      expectWithin(kernels.run(pair, pairing, a, b, plan), wanted, ELEMENTWISE);
    });
  });

  it("reduce takes each line", () => {
    forAll([seeds, axes], (seed, axis) => {
      const x = normal(seed, "x", count(axis));
      const f = (values: readonly number[]) =>
        lines(axis).map((places) => weighted(places.map((place) => values[place]!)));
      expectWithin(kernels.run(reduce, reduction, 3, x, axis), f([...x]), sumBound(axis.size));
    });
  });

  it.each([false, true])("cumulativeSum adds up each line, backward: %s", (backward) => {
    forAll([seeds, axes], (seed, axis) => {
      const x = normal(seed, "x", count(axis));
      const addUp = (line: number[]) =>
        line.map((_, i) => (backward ? line.slice(i) : line.slice(0, i + 1)).reduce((total, each) => total + each, 0));
      expectWithin(kernels.run(cumulativeSum, x, axis, backward), alongLines(x, axis, addUp), sumBound(axis.size));
    });
  });
});
