import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { referenceKernels } from "../../src/kernels";
import { expectWithin, forAll, normal, seeds, size } from "./compare";
import { named } from "./implementations";

describe.each(named)("matmul kernel: %s", (_, { kernels, sumBound }) => {
  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])("multiplies matrices of a batch, transposed: %s, %s", (transposeA, transposeB) => {
    const batches = fc.array(fc.tuple(size(2), size(2)), { maxLength: 3 });
    forAll([seeds, size(9), size(9), size(9), batches], (seed, m, k, n, pairs) => {
      const [a, b] = [normal(seed, "a", 3 * m * k), normal(seed, "b", 3 * k * n)];
      const [batchA, batchB] = [pairs.map(([first]) => first), pairs.map(([, second]) => second)];
      const wanted: number[] = [];
      for (const [first, second] of pairs)
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let term = 0; term < k; term++) {
              const left = a[first * m * k + (transposeA ? term * m + i : i * k + term)]!;
              sum += left * b[second * k * n + (transposeB ? j * k + term : term * n + j)]!;
            }
            wanted.push(sum);
          }
      const found = kernels.matmul(a, b, { m, k, n, transposeA, transposeB, batchA, batchB });
      expectWithin(found, wanted, sumBound(k));
    });
  });

  it("keeps its bound on sums of a thousand terms that cancel", () => {
    const k = 1000;
    const a = normal(1, "a", k).map((x) => x * 100);
    const b = Float32Array.from(a, (_, i) => (i % 2 === 0 ? 1 : -1));
    const wanted = a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    const spec = { m: 1, k, n: 1, transposeA: false, transposeB: false, batchA: [0], batchB: [0] };
    const [found] = kernels.matmul(a, b, spec);
    expect(Math.abs(found! - wanted)).toBeLessThan(100 * sumBound(k) * Math.max(1, Math.abs(wanted)));
  });

  const near = (...edges: number[]) =>
    fc.oneof(...edges.map((edge) => fc.integer({ min: Math.max(0, edge - 2), max: edge + 2 })));

  it("agrees with the reference around every edge of its tiles, wherever the right side lies", () => {
    const sizes = [seeds, near(1, 4, 12, 64), near(0, 4, 33), near(1, 8, 12, 24, 100)] as const;
    const flags = [fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()] as const;
    forAll([...sizes, ...flags], (seed, m, k, n, transposeA, transposeB, kept, biased) => {
      const [a, b] = [normal(seed, "a", m * k), normal(seed, "b", k * n)];
      const bias = biased ? normal(seed, "bias", n) : undefined;
      const spec = { m, k, n, transposeA, transposeB, batchA: [0], batchB: [0] };
      const found = kernels.matmul(a, kept ? kernels.keep(b) : b, spec, bias);
      expectWithin(found, [...referenceKernels.matmul(a, b, spec, bias)], sumBound(k));
    });
  });

  it("multiplies a few rows by a weight that it keeps, for each number of rows and any rest of columns", () => {
    const k = 132;
    for (let m = 2; m <= 34; m++) {
      const n = 64 + m;
      const [a, b, bias] = [normal(m, "a", m * k), normal(m, "b", k * n), normal(m, "bias", n)];
      const spec = { m, k, n, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
      const kept = kernels.keep(b);
      for (const shift of [undefined, bias])
        expectWithin(
          kernels.matmul(a, kept, spec, shift),
          [...referenceKernels.matmul(a, b, spec, shift)],
          sumBound(k),
        );
    }
  });

  it("multiplies a few rows by one of several weights that it keeps", () => {
    const [m, k, n] = [6, 64, 70];
    const [a, b] = [normal(1, "a", 3 * m * k), normal(2, "b", 4 * k * n)];
    const spec = { m, k, n, transposeA: false, transposeB: true, batchA: [2], batchB: [3] };
    const wanted = [...referenceKernels.matmul(a, b, spec)];
    expectWithin(kernels.matmul(a, kernels.keep(b), spec), wanted, sumBound(k));
  });

  it.each([
    ["many rows by blocks", { m: 220, k: 7000, n: 9 }],
    ["many rows by blocks, transposed", { m: 220, k: 7000, n: 9, transposeA: true }],
    ["more columns than a block has", { m: 5, k: 3, n: 70_000 }],
    ["more columns than a block has, as a vector", { m: 1, k: 3, n: 70_001, transposeB: true }],
  ])("cuts large products to blocks: %s", (_, sizes) => {
    const spec = { transposeA: false, transposeB: false, batchA: [0], batchB: [0], ...sizes };
    const [a, b, bias] = [normal(1, "a", spec.m * spec.k), normal(1, "b", spec.k * spec.n), normal(1, "c", spec.n)];
    const wanted = [...referenceKernels.matmul(a, b, spec, bias)];
    expectWithin(kernels.matmul(a, b, spec, bias), wanted, sumBound(spec.k));
    expectWithin(kernels.matmul(a, kernels.keep(b), spec, bias), wanted, sumBound(spec.k));
  });
});
