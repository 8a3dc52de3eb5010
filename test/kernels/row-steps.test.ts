import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { kernels as current, type Kernels, useThreads } from "../../src/kernels";
import {
  keepQuantized,
  multiplyQuantized,
  type RowChain,
  type RowProgram,
  type RowState,
  type RowStep,
  runRow,
} from "../../src/kernels/internal";
import { type QuantizedCells, quantizeRows } from "../../src/kernels/quantized";
import { expectWithin, forAll, normal, seeds } from "./compare";
import { ELEMENTWISE, implementations } from "./implementations";

const [, strict, relaxed] = implementations.map(({ kernels }) => kernels) as [Own, Own, Own];
type Own = Kernels<Float32Array>;

type Stored = "float32" | "q8" | "q4";

/** What a step is drawn from; sizes of values decide the rest. */
interface Drawn {
  kind: "norm" | "products" | "unary" | "add" | "rotary";
  x: number;
  other: number;
  name: number;
  rows: readonly number[];
  stored: Stored;
  biased: boolean;
  /** Of each of several factors: whether it has a bias, and whether other numbers lie before its weight. */
  biases?: readonly boolean[];
  apart?: readonly boolean[];
}

// 4,096 numbers and more are kept where steps find them.
const rows = fc.constantFrom(64, 96, 130, 161);
const combinations = Array.from({ length: 8 }, (_, bits) => [0, 1, 2].map((bit) => ((bits >> bit) & 1) === 1));
const three = <T>(each: fc.Arbitrary<T>) => fc.array(each, { minLength: 3, maxLength: 3 });
const drawn: fc.Arbitrary<Drawn> = fc.record({
  kind: fc.constantFrom("norm" as const, "products" as const, "unary" as const, "add" as const, "rotary" as const),
  ...{ x: fc.nat(99), other: fc.nat(99), name: fc.nat(4) },
  rows: fc.array(rows, { minLength: 1, maxLength: 3 }),
  stored: fc.constantFrom("float32" as const, "q8" as const, "q4" as const),
  biased: fc.boolean(),
  ...{ biases: three(fc.boolean()), apart: three(fc.boolean()) },
});
const names = ["relu", "gelu", "geluTanh", "silu", "sigmoid"] as const;

/** A program, and its results by the kernels' own operations, one by one. */
function programOf(kernels: Own, seed: number, steps: readonly Drawn[]) {
  const inputs = [normal(seed, "x", 64), normal(seed, "y", 96)];
  const [across, up] = [normal(seed, "cos", 8), normal(seed, "sin", 8)];
  const values = [...inputs];
  const free = new Set(values.keys());
  const program: RowStep[] = [];
  const pick = (from: readonly number[], place: number): number => from[place % from.length]!;
  for (const [i, { kind, name, stored, biased, biases = [], apart = [], ...given }] of steps.entries()) {
    const all = [...free];
    const x = pick(all, given.x);
    const numbers = values[x]!;
    const size = numbers.length;
    const other = pick(
      all.filter((value) => values[value]!.length === size),
      given.other,
    );
    const results: Float32Array[] = [];
    if (kind === "norm") {
      const [weight, bias] = [normal(seed + i, "weight", size), biased ? normal(seed + i, "bias", size) : undefined];
      const spec = { rows: 1, size, epsilon: 1e-5 };
      program.push({ kind: biased ? "layerNorm" : "rmsNorm", x, weight, bias, epsilon: 1e-5 });
      results.push(biased ? kernels.layerNorm(numbers, weight, bias, spec) : kernels.rmsNorm(numbers, weight, spec));
    } else if (kind === "unary") {
      const factor = biased ? other : undefined;
      program.push({ kind, name: names[name]!, x, factor });
      results.push(kernels.unary(names[name]!, numbers, biased ? values[other] : undefined));
    } else if (kind === "add") {
      program.push({ kind, x, other });
      const steps = [1];
      results.push(kernels.binary("add", numbers, values[other]!, { shape: [size], stepsA: steps, stepsB: steps }));
    } else if (kind === "rotary") {
      if (size % 32 !== 0) continue;
      const spec = { rows: 1, heads: size / 32, headDim: 32, dimensions: 16, interleaved: biased };
      program.push({ kind, x, spec });
      results.push(kernels.rotary(numbers, across, up, spec, false));
      free.delete(x);
    } else {
      if (size % 32 !== 0) continue;
      const factors = given.rows.map((count, f) => {
        const weight = normal(seed + i, `w${f}`, count * size);
        const bias = biased && (biases[f] ?? true) ? normal(seed + i, `b${f}`, count) : undefined;
        if (apart[f]) kernels.keep(new Float32Array(4096));
        if (stored === "float32") {
          const spec = { m: 1, k: size, n: count, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
          const own = kernels.keep(weight);
          results.push(kernels.matmul(numbers, own, spec, bias));
          return { weight: own, rows: count, bias };
        }
        if (apart[f]) kernels.run(keepQuantized, quantizeRows(new Float32Array(4096), 64, 64, stored));
        const matrix = kernels.run(keepQuantized, quantizeRows(weight, count, size, stored)) as QuantizedCells;
        results.push(kernels.run(multiplyQuantized, numbers, matrix, 1, bias) as Float32Array);
        return { weight: matrix, rows: count, bias };
      });
      program.push({ kind, x, factors });
    }
    for (const result of results) free.add(values.push(result) - 1);
  }
  const results = [...free];
  const whole: RowProgram = { sizes: [64, 96], angles: 8, steps: program, results };
  const chain: RowChain = { programs: [whole], attention: [], turns: [0] };
  const run = (given = inputs) => {
    const { at, values } = kernels.run(runRow, chain, 0, given, [{ across, up }]) as RowState;
    return at === 1 ? values : undefined;
  };
  return { run, parts: results.map((value) => values[value]!), inputs, program };
}

/** Weights of different kinds lie in different memories, which one call does not reach. */
const ofOneKind = (steps: readonly Drawn[], stored: Stored): Drawn[] => [
  ...steps.map((step) => ({ ...step, stored })),
  { kind: "products", x: 1, other: 0, name: 0, rows: [64], stored, biased: false },
];

const lists = fc.array(drawn, { maxLength: 8 });
const kinds = fc.constantFrom("float32" as const, "q8" as const, "q4" as const);

describe("several steps of one row in one call", () => {
  afterEach(() => useThreads(1));

  it("give to the bit what each step alone gives, on the strict kernels", () => {
    forAll([seeds, lists, kinds], (seed, steps, stored) => {
      const { run, parts } = programOf(strict, seed, ofOneKind(steps, stored));
      for (let round = 0; round < 2; round++) expect(run()).toEqual(parts);
    });
  });

  // Neighbours in memory are multiplied as one.
  it.each(["float32", "q8", "q4"] as const)(
    "multiply %s weights that lie together or apart, with a bias or without",
    (stored) => {
      for (const biases of combinations)
        for (const apart of combinations) {
          const factors = { kind: "products" as const, x: 0, other: 0, name: 0, rows: [64, 96, 130], stored };
          const { run, parts } = programOf(strict, 1, [{ ...factors, biased: true, biases, apart }]);
          expect(run()).toEqual(parts);
        }
    },
  );

  it("give what each step alone gives within its bound, with relaxed SIMD", () => {
    const silent = (steps: readonly Drawn[]) => steps.filter(({ kind }) => kind !== "unary");
    forAll([seeds, lists, kinds], (seed, steps, stored) => {
      const { run, parts } = programOf(relaxed, seed, ofOneKind(silent(steps), stored));
      expect(run()).toEqual(parts);
    });
    for (const name of names.keys()) {
      const one: Drawn = { kind: "unary", x: 0, other: 0, name, rows: [64], stored: "float32", biased: true };
      const { run, parts } = programOf(relaxed, 1, ofOneKind([one], "float32"));
      for (const [i, result] of run()!.entries()) expectWithin(result, [...parts[i]!], ELEMENTWISE);
    }
  });

  it("give the same bits for any number of threads", async () => {
    const cases = fc
      .sample(fc.tuple(seeds, lists, kinds), { numRuns: 5, seed: 1 })
      .map(([seed, steps, stored]) => programOf(current() as Own, seed, ofOneKind([...steps, wide(stored)], stored)));
    const alone = cases.map(({ run }) => run());
    expect(alone).not.toContain(undefined);
    for (const threads of [2, 3, 4, 8]) {
      await useThreads(threads);
      for (let round = 0; round < 2; round++) expect(cases.map(({ run }) => run())).toEqual(alone);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e30])(
    "are left to the operations alone if %s needs more than float32 or whole numbers",
    (wrong) => {
      for (const kernels of [strict, relaxed])
        for (const stored of ["q8", "q4"] as const) {
          const norm: Drawn = { kind: "norm", x: 0, other: 0, name: 0, rows: [64], stored, biased: false };
          const { run, inputs } = programOf(kernels, 1, ofOneKind([norm], stored));
          const spoiled = inputs.map((input) => input.slice());
          spoiled[0]![7] = wrong;
          spoiled[1]![7] = wrong;
          expect(run(spoiled)).toBe(undefined);
          // Nothing of it is left behind.
          expect(run()).not.toBe(undefined);
        }
    },
  );
});

/** A product with enough work for several threads. */
const wide = (stored: Stored): Drawn => ({
  ...{ kind: "products", x: 1, other: 0, name: 0, stored, biased: true },
  rows: [1604, 3001, 802],
});
