import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { referenceKernels } from "../../src/kernels";
import { keepQuantized, multiplyQuantized } from "../../src/kernels/internal";
import { BLOCK, dequantizeRows, quantizeRows } from "../../src/kernels/quantized";
import { expectWithin, forAll, normal, seeds, size } from "./compare";
import { named } from "./implementations";

const fixture = JSON.parse(readFileSync(new URL("../fixtures/kernels/quantized.json", import.meta.url), "utf8"));
const format = fc.constantFrom("q8" as const, "q4" as const);

describe("quantizeRows", () => {
  it.each(["q8", "q4"] as const)("gives the numbers of GGUF: %s", (name) => {
    const matrix = quantizeRows(Float32Array.from(fixture.x), fixture.rows, fixture.columns, name);
    expect([...dequantizeRows(matrix)]).toEqual(fixture[name].map((value: number) => Math.fround(value)));
  });

  it.each(["q8", "q4"] as const)("makes NaN of the block that holds NaN, and of no other: %s", (name) => {
    const x = normal(1, "w", 2 * BLOCK);
    x[3] = Number.NaN;
    const rounded = dequantizeRows(quantizeRows(x, 1, 2 * BLOCK, name));
    expect(rounded.subarray(0, BLOCK).every(Number.isNaN)).toBe(true);
    expect(rounded.subarray(BLOCK).some(Number.isNaN)).toBe(false);
  });

  it("gives single rows as it gives all", () => {
    forAll([seeds, size(5, 1), size(3, 1), format], (seed, rows, blocks, name) => {
      const columns = blocks * BLOCK;
      const matrix = quantizeRows(normal(seed, "w", rows * columns), rows, columns, name);
      const row = seed % rows;
      const all = dequantizeRows(matrix);
      expect(dequantizeRows(matrix, Int32Array.of(row))).toEqual(all.subarray(row * columns, (row + 1) * columns));
    });
  });
});

describe.each(named)("multiplyQuantized kernel: %s", (_, { kernels }) => {
  it("multiplies by the numbers that the bits stand for, x rounded to 7 bits at least", () => {
    const sizes = [seeds, size(7, 1), size(40, 1), size(4, 1), format, fc.boolean(), fc.boolean()] as const;
    forAll([...sizes], (seed, rows, n, blocks, name, biased, kept) => {
      const k = blocks * BLOCK;
      const x = normal(seed, "x", rows * k);
      const bias = biased ? normal(seed, "bias", n) : undefined;
      const matrix = quantizeRows(normal(seed, "w", n * k), n, k, name);
      const wanted = referenceKernels.run(multiplyQuantized, x, matrix, rows, bias);
      const found = kernels.run(multiplyQuantized, x, kept ? kernels.run(keepQuantized, matrix) : matrix, rows, bias);
      const weights = dequantizeRows(matrix);
      found.forEach((value, i) => {
        // Half a step of each block's scale, for every number of it: of the fewest bits that any processor multiplies.
        let bound = 1e-4;
        for (let term = 0; term < k; term++) {
          const block = Math.floor(term / BLOCK) * BLOCK + Math.floor(i / n) * k;
          const largest = x.subarray(block, block + BLOCK).reduce((most, each) => Math.max(most, Math.abs(each)), 0);
          bound += (largest / 126) * Math.abs(weights[(i % n) * k + term]!);
        }
        if (!(Math.abs(value - wanted[i]!) <= bound)) throw new Error(`${value} for ${wanted[i]}, bound ${bound}`);
      });
    });
  });

  it("is exact where x is whole numbers that 8 bits hold", () => {
    forAll([seeds, size(20, 1), size(3, 1), format], (seed, n, blocks, name) => {
      const k = blocks * BLOCK;
      // 127 in each block makes its scale 1.
      const x = normal(seed, "x", k).map((value, i) => (i % BLOCK === 0 ? 127 : Math.round(value * 30)));
      const matrix = quantizeRows(normal(seed, "w", n * k), n, k, name);
      const wanted = referenceKernels.run(multiplyQuantized, x, matrix, 1);
      expectWithin(kernels.run(multiplyQuantized, x, matrix, 1), [...wanted], 1e-4);
    });
  });

  it("keeps tiny numbers near zero", () => {
    const x = new Float32Array(32).fill(1e-38).fill(3e-37, 0, 1);
    for (const name of ["q8", "q4"] as const) {
      const matrix = quantizeRows(new Float32Array(32).fill(1), 1, 32, name);
      expect(Math.abs(kernels.run(multiplyQuantized, x, matrix, 1)[0]!)).toBeLessThan(1e-36);
    }
  });

  it("cuts many columns to blocks", () => {
    const [rows, n, k] = [5, 9000, 32];
    const [x, weight] = [normal(1, "x", rows * k), normal(2, "w", n * k)];
    for (const name of ["q8", "q4"] as const) {
      const matrix = { ...quantizeRows(weight, n, k, name), activations: "float32" as const };
      const wanted = [...referenceKernels.run(multiplyQuantized, x, matrix, rows)];
      expectWithin(kernels.run(multiplyQuantized, x, kernels.run(keepQuantized, matrix), rows), wanted, 1e-4);
    }
  });
});
