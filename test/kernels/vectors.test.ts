import { describe, expect, it } from "vitest";
import type { Axis, Mapping, MapVector, PairVector, ReduceVector } from "../../src/kernels";
import { cumulativeSum, map, pair, reduce } from "../../src/kernels/internal";
import { expectWithin, normal } from "./compare";
import { alongLines, lines, product } from "./formulas";
import { named } from "./implementations";

/** The float64 formula of every function that has vector instructions, with settings for those that take some. */
const mappings: Record<MapVector, [formula: Mapping["value"], settings?: readonly number[]]> = {
  abs: [(x) => Math.abs(x)],
  sign: [(x) => (x > 0 ? 1 : x < 0 ? -1 : 0)],
  round: [(x) => (Math.abs(x) < 2 ** 23 ? x - signed(x - 2 * Math.round(x / 2)) : x)],
  rsqrt: [(x) => 1 / Math.sqrt(x)],
  hardSwish: [(x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6],
  leakyRelu: [(x, slope) => (x > 0 ? x : slope * x), [0.3]],
  clamp: [(x, least, most) => Math.min(Math.max(x, least), most), [-0.3, 1.7]],
  sin: [(x) => Math.sin(x)],
  cos: [(x) => Math.cos(x)],
  log1p: [(x) => Math.log1p(x)],
  expm1: [(x) => Math.expm1(x)],
  mish: [(x) => x * Math.tanh(softplus(x))],
  geluSigmoid: [(x) => x / (1 + Math.exp(-1.702 * x))],
  softplus: [(x, beta, threshold) => (beta * x > threshold ? x : softplus(beta * x) / beta), [0.7, 15]],
  elu: [(x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)), [1.3]],
};
const softplus = (x: number) => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));
/** What x in [−1, 1] has more than the even number nearest to it: nothing of ±½, or it is ±1. */
const signed = (x: number) => (Math.abs(x) <= 0.5 ? x : x - Math.sign(x));

const pairings: Record<PairVector, (a: number, b: number) => number> = {
  maximum: Math.max,
  minimum: Math.min,
  // In C, 1 to any power is 1.
  power: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
  equal: (a, b) => Number(a === b),
  notEqual: (a, b) => Number(a !== b),
  less: (a, b) => Number(a < b),
  lessEqual: (a, b) => Number(a <= b),
  greater: (a, b) => Number(a > b),
  greaterEqual: (a, b) => Number(a >= b),
};

const total = (line: readonly number[], f: (x: number) => number) => line.reduce((sum, x) => sum + f(x), 0);
const varianceOf = (line: readonly number[]) => {
  const mean = total(line, (x) => x) / line.length;
  return total(line, (x) => (x - mean) ** 2) / (line.length - 1);
};
type LineFormula = (line: readonly number[]) => number;
const reductions: Record<ReduceVector, readonly [formula: LineFormula, setting: number][]> = {
  max: [[(line) => line.reduce((a, b) => Math.max(a, b)), 0]],
  min: [[(line) => line.reduce((a, b) => Math.min(a, b)), 0]],
  product: [[(line) => line.reduce((a, b) => a * b), 0]],
  logSumExp: [[(line) => Math.log(total(line, Math.exp)), 0]],
  variance: [[varianceOf, 1]],
  norm: [
    [(line) => Math.sqrt(total(line, (x) => x * x)), 2],
    [(line) => total(line, Math.abs), 1],
  ],
};

const edges = [0, -0, 1e-45, -1e-45, 0.5, 1, 1.5, 2, 2.5, 3, 87, 88.8, 104, 700, 16_777_217, 3.1e7, 1e30, Infinity];
/** Numbers of every exponent and sign, subnormal ones and the edges too, in no order. */
const everySize = (count: number): Float32Array => {
  const bits = Uint32Array.from({ length: count }, (_, i) => Math.imul(i, 0x9e3779b1));
  return Float32Array.from([NaN, ...edges, ...edges.map((x) => -x), ...new Float32Array(bits.buffer)]);
};

/** To 1e-6 of the value itself, however small; of numbers below float32's normal ones, to the last two bits. */
function expectClose(found: Float32Array, wanted: (i: number) => number, describeCase: (i: number) => string): void {
  for (let i = 0; i < found.length; i++) {
    const value = Math.fround(wanted(i));
    const isSame = Object.is(found[i]! + 0, value + 0);
    if (isSame || Math.abs(found[i]! - value) <= 1e-6 * Math.abs(value) + 3e-45) continue;
    throw new Error(`${describeCase(i)} is ${found[i]}, the formula gives ${value}`);
  }
}

/** The step of each axis, 0 where the operand has size 1. */
const stepsOf = (own: readonly number[]) => own.map((size, axis) => (size === 1 ? 0 : product(own.slice(axis + 1))));

describe.each(named)("vector instructions of functions: %s", (_, { kernels }) => {
  it.each(Object.entries(mappings))("%s is as precise as float32 over its whole range", (name, [value, settings]) => {
    const x = everySize(40_000);
    const [first = 0, second = 0] = settings ?? [];
    const y = kernels.run(map, { name, vector: name as MapVector, value }, settings ?? [], x);
    expectClose(
      y,
      (i) => value(x[i]!, first, second),
      (i) => `${name}(${x[i]})`,
    );
  });

  it.each(["sin", "expm1", "round", "elu"] as const)("%s keeps the sign of −0", (vector) => {
    const [value, settings] = mappings[vector];
    const [found] = kernels.run(map, { name: vector, vector, value }, settings ?? [], Float32Array.of(-0));
    expect(found).toBe(-0);
  });

  it.each(Object.entries(pairings))("%s is as precise as float32 for numbers of every size", (name, value) => {
    const some = [...everySize(300)];
    const a = Float32Array.from(some.flatMap(() => some));
    const b = Float32Array.from(some.flatMap((x) => some.map(() => x)));
    const steps = { shape: [a.length], stepsA: [1], stepsB: [1] };
    expectClose(
      kernels.run(pair, { name, vector: name as PairVector, value }, a, b, steps),
      (i) => value(a[i]!, b[i]!),
      (i) => `${name}(${a[i]}, ${b[i]})`,
    );
  });

  // More than the numbers that are copied at a time, in one row and in many, and numbers that fill no vector.
  it.each([
    [
      [3, 40_001],
      [3, 40_001],
      [3, 40_001],
    ],
    [
      [3, 40_001],
      [3, 40_001],
      [1, 40_001],
    ],
    [
      [3, 40_001],
      [3, 1],
      [3, 40_001],
    ],
    [
      [5003, 7],
      [5003, 1],
      [1, 7],
    ],
    [
      [5003, 7],
      [1, 7],
      [5003, 7],
    ],
    [
      [5003, 7],
      [5003, 7],
      [1, 1],
    ],
    [
      [40_001, 1],
      [1, 1],
      [40_001, 1],
    ],
    [
      [9, 33, 5],
      [9, 1, 5],
      [1, 33, 1],
    ],
    [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
    [
      [0, 4],
      [0, 4],
      [1, 4],
    ],
  ])("operands broadcast to %j from %j and %j", (shape, ofA, ofB) => {
    const [a, b] = [normal(1, "a", product(ofA)), normal(2, "b", product(ofB))];
    const [stepsA, stepsB] = [stepsOf(ofA), stepsOf(ofB)];
    const place = (steps: readonly number[], i: number) =>
      shape.reduceRight(
        ([rest, at], size, axis) => [Math.floor(rest / size), at + (rest % size) * steps[axis]!] as const,
        [i, 0] as readonly [number, number],
      )[1];
    for (const name of ["maximum", "less", "power"] as const)
      expectClose(
        kernels.run(pair, { name, vector: name, value: pairings[name] }, a, b, { shape, stepsA, stepsB }),
        (i) => pairings[name](a[place(stepsA, i)]!, b[place(stepsB, i)]!),
        (i) => `${name} at ${i}`,
      );
  });

  const axes: readonly Axis[] = [
    { outer: 1, size: 40_001, inner: 1 },
    { outer: 3, size: 17_003, inner: 1 },
    { outer: 2001, size: 21, inner: 1 },
    { outer: 4, size: 3, inner: 1 },
    { outer: 2, size: 301, inner: 67 },
    { outer: 1, size: 20_001, inner: 2 },
    { outer: 40, size: 9, inner: 3 },
    { outer: 2, size: 3, inner: 16_391 },
    { outer: 5, size: 1, inner: 4 },
  ];

  describe.each(axes.map((axis) => [Object.values(axis).join(" × "), axis] as const))("lines of %s", (_, axis) => {
    const x = normal(3, "x", axis.outer * axis.size * axis.inner).map((each) => 1 + 0.01 * each);

    it.each(Object.entries(reductions).flatMap(([name, forms]) => forms.map((form) => [name, ...form] as const)))(
      "%s",
      (name, formula, setting) => {
        const wanted = lines(axis).map((places) => formula(places.map((place) => x[place]!)));
        const f = { name, vector: name as ReduceVector, value: (line: Float64Array) => formula([...line]) };
        expectClose(
          kernels.run(reduce, f, setting, x, axis),
          (i) => wanted[i]!,
          (i) => `${name} ${i}`,
        );
      },
    );

    it.each([false, true])("cumulativeSum, backward: %s", (backward) => {
      const addUp = (line: number[]) => {
        let sum = 0;
        const sums = (backward ? line.toReversed() : line).map((each) => {
          sum += each;
          return sum;
        });
        return backward ? sums.reverse() : sums;
      };
      expectWithin(kernels.run(cumulativeSum, x, axis, backward), alongLines(x, axis, addUp), 1e-6);
    });
  });

  it.each(["max", "min", "logSumExp", "product", "variance", "norm"] as const)(
    "%s of a line with NaN is NaN, wherever it is, and does not touch other lines",
    (vector) => {
      const [formula, setting] = reductions[vector][0]!;
      for (const axis of [
        { outer: 3, size: 21, inner: 1 },
        { outer: 1, size: 21, inner: 3 },
      ])
        for (let at = 0; at < 21; at++) {
          const x = normal(at, "x", 63);
          x[axis.inner === 1 ? 21 + at : 3 * at + 1] = Number.NaN;
          const f = { name: vector, vector, value: (line: Float64Array) => formula([...line]) };
          const found = kernels.run(reduce, f, setting, x, axis);
          expect(Array.from(found, Number.isNaN)).toEqual([false, true, false]);
        }
    },
  );

  it.each([
    ["all −Infinity", [-Infinity, -Infinity], -Infinity],
    ["one Infinity", [1, Infinity, -Infinity], Infinity],
    ["numbers whose powers overflow", [1000, 1000], 1000 + Math.LN2],
  ])("logSumExp of %s", (_, line, wanted) => {
    const formula = reductions.logSumExp[0]![0];
    const f = {
      name: "logSumExp",
      vector: "logSumExp" as const,
      value: (numbers: Float64Array) => {
        const most = Math.max(...numbers);
        return Math.abs(most) === Infinity ? most : most + formula([...numbers].map((x) => x - most));
      },
    };
    const x = Float32Array.from(line);
    expectWithin(kernels.run(reduce, f, 0, x, { outer: 1, size: line.length, inner: 1 }), [wanted], 1e-6);
  });

  it("an unknown function is an error, not another function", () => {
    if (!kernels.simd) return;
    const x = new Float32Array(40).fill(4);
    const unknown = "unknown" as never;
    const f = { name: "unknown", vector: unknown, value: () => 0 };
    expect(() => kernels.run(map, f, [], x)).toThrow();
    expect(() => kernels.run(pair, f, x, x, { shape: [40], stepsA: [1], stepsB: [1] })).toThrow();
    expect(() => kernels.run(reduce, f, 0, x, { outer: 1, size: 40, inner: 1 })).toThrow();
  });
});
