import fc from "fast-check";
import { describe, expect, it } from "vitest";
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
            for (let p = 0; p < k; p++) {
              const left = a[first * m * k + (transposeA ? p * m + i : i * k + p)]!;
              sum += left * b[second * k * n + (transposeB ? j * k + p : p * n + j)]!;
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
});
