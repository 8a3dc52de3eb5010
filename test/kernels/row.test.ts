import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keepQuantized, multiplyQuantized, multiplyQuantizedByEach } from "../../src/kernels/internal";
import { BLOCK, quantizeRows } from "../../src/kernels/quantized";
import { forAll, normal, seeds, size } from "./compare";
import { named } from "./implementations";

const format = fc.constantFrom("q8" as const, "q4" as const);
const activations = fc.constantFrom(undefined, 8 as const, 12 as const, "float32" as const);
/** Weights of one row: how each is stored and rounded, its rows and whether it has a bias. */
const weights = fc.array(fc.record({ format, activations, rows: size(70, 1), biased: fc.boolean() }), {
  minLength: 1,
  maxLength: 4,
});

type Kinds = ReturnType<typeof weights.generate>["value"];

/** Some, and some that are large enough to be kept together. */
const together = [130, 47, 501];

describe.each(named)("one row by several weights: %s", (_, { kernels }) => {
  const row = (seed: number, k: number, isWhole: boolean) => {
    const x = normal(seed, "x", k);
    if (!isWhole) x[seed % k] = Number.POSITIVE_INFINITY;
    return x;
  };
  const biasOf = (seed: number, { rows, biased }: { rows: number; biased: boolean }) =>
    biased ? normal(seed, "bias", rows) : undefined;

  const run = (seed: number, k: number, kinds: Omit<Kinds[number], "format">[], isKept: boolean, isWhole = true) => {
    const x = row(seed, k, isWhole);
    const factors = kinds.map((kind, i) => {
      const numbers = normal(seed + i, "w", kind.rows * k);
      return { weight: isKept ? kernels.keep(numbers) : numbers, rows: kind.rows, bias: biasOf(seed + i, kind) };
    });
    const alone = factors.map(({ weight, rows: n, bias }) =>
      kernels.matmul(x, weight, { m: 1, k, n, transposeA: false, transposeB: true, batchA: [0], batchB: [0] }, bias),
    );
    expect(kernels.multiplyRow(x, factors)).toEqual(alone);
  };

  const runQuantized = (seed: number, k: number, kinds: Kinds, isKept: boolean, isWhole = true, rows = 1) => {
    const x = row(seed, rows * k, isWhole);
    const factors = kinds.map(({ format, activations, rows: n, biased }, i) => {
      const matrix = { ...quantizeRows(normal(seed + i, "w", n * k), n, k, format), activations };
      const bias = biasOf(seed + i, { rows: n, biased });
      return { weight: isKept ? kernels.run(keepQuantized, matrix) : matrix, bias };
    });
    const alone = factors.map(({ weight, bias }) => kernels.run(multiplyQuantized, x, weight, rows, bias));
    expect(kernels.run(multiplyQuantizedByEach, x, factors, rows)).toEqual(alone);
  };

  it("gives to the bit what each product alone gives, for weights of the same kind and of others", () => {
    forAll([seeds, size(3, 1), weights, fc.boolean(), fc.boolean()], (seed, blocks, kinds, isKept, isWhole) => {
      run(seed, blocks * BLOCK, kinds, isKept, isWhole);
      runQuantized(seed, blocks * BLOCK, kinds, isKept, isWhole);
    });
  });

  it("gives to the bit what each product of many rows gives, which are rounded once", () => {
    forAll([seeds, size(3, 1), weights, fc.boolean(), fc.boolean()], (seed, blocks, kinds, isKept, isWhole) => {
      // Those of one kind share the rows.
      const alike = kinds.map(({ rows, biased }) => ({ ...kinds[0]!, rows, biased }));
      for (const rows of [2, 5, 33, 70])
        for (const some of [kinds, alike]) runQuantized(seed, blocks * BLOCK, some, isKept, isWhole, rows);
    });
  });

  it("takes weights that are large enough to be kept together", () => {
    const kinds = together.map((rows, i) => ({ activations: undefined, rows, biased: i > 0 }));
    run(1, 128, kinds, true);
    for (const format of ["q8", "q4"] as const)
      runQuantized(
        1,
        128,
        kinds.map((kind) => ({ ...kind, format })),
        true,
      );
  });
});
