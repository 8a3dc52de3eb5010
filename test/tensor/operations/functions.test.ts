import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as tensorFloor from "../../../src/tensor";
import {
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  max,
  multiply,
  norm,
  notEqual,
  reciprocal,
  sum,
  Tensor,
  tensor,
  valueAndGradients,
} from "../../../src/tensor";
import { functionGradients } from "../../../src/tensor/gradients/functions";
import { recordOnto, Tape } from "../../../src/tensor/record";

type Stored = number | "NaN" | "Infinity" | "-Infinity";
interface StoredTensor {
  shape: number[];
  values: Stored[];
}
type Argument = Stored | boolean | readonly number[] | StoredTensor;
interface Case {
  name: string;
  operation: string;
  inputs: (Stored | StoredTensor)[];
  options: Record<string, Argument>;
  output: StoredTensor;
  cotangent: StoredTensor;
  gradients: (StoredTensor | null)[];
}

const cases: Case[] = JSON.parse(
  readFileSync(new URL("../../fixtures/tensor/functions.json", import.meta.url), "utf8"),
);

function load(value: Argument): unknown {
  if (typeof value === "string") return Number(value);
  if (typeof value !== "object" || !("shape" in value)) return value;
  return tensor(value.values.map(Number), value.shape);
}

const read = (x: StoredTensor) => load(x) as Tensor;

/** Within float32's rounding of the inputs and the result; NaN and infinities exactly where PyTorch has them. */
function expectSame(found: Tensor, stored: StoredTensor, what: string): void {
  expect(found.shape, what).toEqual(stored.shape);
  stored.values.map(Number).forEach((value, i) => {
    const wanted = Math.fround(value);
    const near = Math.abs(found.data[i]! - wanted) <= 2e-6 * (1 + Math.abs(wanted));
    if (!near) expect(found.data[i], `${what}, element ${i}`).toBe(wanted);
  });
}

const named = new Map(cases.map((each, i) => [`${each.operation} ${i}: ${each.name}`, each]));

describe("elementwise operations and reductions equal PyTorch's, gradients and edges too", () => {
  it.each([...named.keys()])("%s", (title) => {
    const { operation, inputs, options, output, cotangent, gradients } = named.get(title)!;
    const run = Reflect.get(tensorFloor, operation) as (...args: unknown[]) => Tensor;
    const args: unknown[] = inputs.map(load);
    const chosen = Object.fromEntries(Object.entries(options).map(([key, value]) => [key, load(value)]));
    if (Object.keys(chosen).length > 0) args.push(chosen);
    const all = [...args, ...Object.values(chosen)].filter((value) => value instanceof Tensor);
    expectSame(run(...args), output, "output");
    const found = valueAndGradients(all, () => sum(multiply(run(...args), read(cotangent))), { allowUnused: true });
    gradients.forEach((wanted, i) => {
      const gradient = found.gradients.get(all[i]!);
      if (wanted !== null) expectSame(gradient, wanted, `gradient of ${i}`);
      else expect(gradient.data.every((x) => x === 0)).toBe(true);
    });
  });
});

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
    const covered = new Set(cases.map(({ operation }) => operation));
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

  it("numbers may stand in any place", () => {
    expect(less(1, tensor([0, 2])).toArray()).toEqual([0, 1]);
    expect(reciprocal(tensor(4)).item()).toBe(0.25);
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
