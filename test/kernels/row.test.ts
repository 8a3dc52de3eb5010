import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCK, quantizeRows } from "../../src/kernels/quantized";
import { forAll, normal, seeds, size } from "./compare";
import { named } from "./implementations";

/** Weights of one row: how each is stored, its rows and whether it has a bias. */
const stored = fc.constantFrom("float32" as const, "q8" as const, "q4" as const);
const activations = fc.constantFrom(undefined, 8 as const, 12 as const, "float32" as const);
const weights = fc.array(fc.record({ stored, activations, rows: size(70, 1), biased: fc.boolean() }), {
  minLength: 1,
  maxLength: 4,
});

type Kinds = ReturnType<typeof weights.generate>["value"];

describe.each(named)("multiplyRow kernel: %s", (_, { kernels }) => {
  const run = (seed: number, k: number, kinds: Kinds, isKept: boolean, isWhole = true) => {
    const x = normal(seed, "x", k);
    if (!isWhole) x[seed % k] = Number.POSITIVE_INFINITY;
    const factors = kinds.map(({ stored: kind, activations, rows, biased }, i) => {
      const numbers = normal(seed + i, "w", rows * k);
      const bias = biased ? normal(seed + i, "bias", rows) : undefined;
      if (kind === "float32") return { weight: isKept ? kernels.keep(numbers) : numbers, rows, bias };
      const matrix = { ...quantizeRows(numbers, rows, k, kind), activations };
      return { weight: isKept ? kernels.keepQuantized(matrix) : matrix, rows, bias };
    });
    const alone = factors.map(({ weight, rows: n, bias }) => {
      if (!(weight instanceof Float32Array)) return kernels.multiplyQuantized(x, weight, 1, bias);
      const spec = { m: 1, k, n, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
      return kernels.matmul(x, weight, spec, bias);
    });
    expect(kernels.multiplyRow(x, factors)).toEqual(alone);
  };

  it("gives to the bit what each product alone gives, for weights of the same kind and of others", () => {
    forAll([seeds, size(3, 1), weights, fc.boolean(), fc.boolean()], (seed, blocks, kinds, isKept, isWhole) => {
      run(seed, blocks * BLOCK, kinds, isKept, isWhole);
    });
  });

  it("takes weights that are large enough to be kept together", () => {
    for (const kind of ["float32", "q8", "q4"] as const)
      run(
        1,
        128,
        [130, 47, 501].map((rows, i) => ({ stored: kind, activations: undefined, rows, biased: i > 0 })),
        true,
      );
  });
});
