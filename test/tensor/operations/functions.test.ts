import { describe, expect, it } from "vitest";
import * as tensorFloor from "../../../src/tensor";
import {
  add,
  clamp,
  divide,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  max,
  maximum,
  minimum,
  multiply,
  norm,
  notEqual,
  power,
  reciprocal,
  subtract,
  sum,
  tensor,
  where,
} from "../../../src/tensor";
import { functionGradients } from "../../../src/tensor/gradients/functions";
import { recordOnto, Tape } from "../../../src/tensor/record";
import { everyCase, readCases, testCases } from "./cases";

const cases = readCases("functions");

describe("elementwise operations and reductions equal PyTorch's, gradients and edges too", () => testCases(cases));

describe("the catalogue of functions", () => {
  it("has a case of PyTorch's for every export whose gradient is made of a function's derivatives", () => {
    const isMade = (run: unknown): boolean => {
      const x = tensor([[1, 2]]);
      const tape = new Tape([x]);
      // Operations of other arguments refuse these.
      for (const args of [[x], [x, x]])
        try {
          recordOnto(tape, () => (run as (...args: unknown[]) => unknown)(...args));
        } catch {}
      return tape.steps.some(({ name }) => name in functionGradients);
    };
    const made = Object.entries(tensorFloor).flatMap(([name, run]) =>
      typeof run === "function" && /^[a-z]/.test(name) && isMade(run) ? [name] : [],
    );
    expect(made.length).toBeGreaterThan(20);
    const covered = new Set(everyCase().map(({ operation }) => operation));
    expect(made.filter((name) => !covered.has(name))).toEqual([]);
  });

  it("of less, equal and greater one holds, the others are their opposites, and NaN is only not equal", () => {
    const [a, b] = [tensor([[-1], [0], [Number.POSITIVE_INFINITY]]), tensor([-1, 0, Number.POSITIVE_INFINITY])];
    const three = [less(a, b), equal(a, b), greater(a, b)];
    const opposites = [greaterEqual(a, b), notEqual(a, b), lessEqual(a, b)];
    three.forEach((relation, k) => {
      relation.data.forEach((holds, i) => {
        expect(holds + opposites[k]!.data[i]!).toBe(1);
        expect(three.reduce((total, each) => total + each.data[i]!, 0)).toBe(1);
      });
    });
    const all = [less, equal, greater, greaterEqual, lessEqual].map((f) => f(Number.NaN, Number.NaN).item());
    expect([...all, notEqual(Number.NaN, Number.NaN).item()]).toEqual([0, 0, 0, 0, 0, 1]);
  });

  it("1 / x is the reciprocal", () => {
    expect(reciprocal(tensor(4)).item()).toBe(0.25);
  });
});

describe("a number may stand for any operand, as a tensor of rank 0", () => {
  const x = tensor([-1, 0, 2]);
  const two = { add, subtract, multiply, divide, power, maximum, minimum };
  const relations = { equal, notEqual, less, lessEqual, greater, greaterEqual };

  it.each(Object.entries({ ...two, ...relations }))("%s", (_, f) => {
    expect(f(2, x)).toEqual(f(tensor(2), x));
    expect(f(x, 2)).toEqual(f(x, tensor(2)));
    expect(f(3, 2)).toEqual(f(tensor(3), tensor(2)));
  });

  it("where", () => {
    const places = [
      [0, tensor(0)],
      [2, tensor(2)],
      [3, tensor(3)],
    ] as const;
    for (let kinds = 0; kinds < 8; kinds++) {
      const [condition, a, b] = places.map((pair, i) => pair[(kinds >> i) & 1]!);
      expect(where(condition!, a!, b!)).toEqual(tensor(3));
    }
    expect(where(1, x, 3)).toEqual(x);
  });

  it("clamp", () => {
    expect(clamp(5, { maximum: x })).toEqual(x);
    expect(clamp(5, { maximum: 2 })).toEqual(tensor(2));
    expect(clamp(x, { minimum: tensor(0), maximum: 1 })).toEqual(tensor([0, 0, 1]));
  });
});

describe("axes of a reduction", () => {
  const x = tensor([[[3, 4]], [[0, 12]]]);

  it("none is reduced for an empty list, and an axis that comes twice is refused", () => {
    expect(sum(x, { axis: [] })).toEqual(x);
    expect(() => sum(x, { axis: [0, -3] })).toThrow("sum: axis 0 comes twice in [0, -3]");
    expect(() => max(x, { axis: [0, 3] })).toThrow(/^max: axis 3 is not an axis/);
  });

  it("several that do not touch are reduced as one", () => {
    expect(norm(x, { axis: [0, 2] }).toArray()).toEqual([13]);
    expect(norm(x, { axis: [0, 2], keepAxis: true }).shape).toEqual([1, 1, 1]);
  });

  it("without elements there is no greatest, and no largest size", () => {
    const none = tensor([], [0, 3]);
    expect(() => max(none)).toThrow(/^max: \[0, 3\] has no elements/);
    expect(() => norm(none, { axis: 0, p: Number.POSITIVE_INFINITY })).toThrow(/^norm: \[0, 3\] has no elements/);
  });
});
