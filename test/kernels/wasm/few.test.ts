import { describe, expect, it } from "vitest";
import { normal } from "../compare";
import "../implementations"; // before ./guarded-memory: Node 20 is told to have relaxed SIMD
import { flavors, guardedMemory, halves } from "./guarded-memory";

const counts = [2, 3, 4, 5, 6, 7, 8, 9, 11, 16, 17, 32];

describe.each(flavors)("products of a few rows: %s", (flavor) => {
  const { kernels, reset, put, room, take } = guardedMemory(flavor);
  const [columns, most] = [37, Math.max(...counts)];
  const bias = normal(3, "b", columns);

  /** A weight and rows of one depth, and their product: of the columns from..to in each part. */
  const matricesOf = (k: number) => {
    const [x, weight] = [normal(1, "x", most * k), normal(2, "w", columns * k)];
    const multiply = (rows: number, n: number, parts: readonly (readonly [number, number])[], biased: boolean) => {
      reset();
      const places = [put(weight.subarray(0, n * k)), put(x.subarray(0, rows * k))];
      const y = room(rows * n);
      const shift = put(biased ? bias.subarray(0, n) : undefined);
      for (const [from, to] of parts) kernels.multiplyFew!(...places, y, shift, k, rows, n, from, to);
      return take(y, rows * n);
    };
    /** A row by itself, as it is multiplied while decoding. */
    const multiplyRow = (row: number, n: number) => {
      reset();
      const [at, vector] = [put(weight.subarray(0, n * k)), put(x.subarray(row * k, (row + 1) * k))];
      const [y, shift] = [room(n), put(bias.subarray(0, n))];
      kernels.multiplyRow!(put(Int32Array.of(at, y, shift, n)), 1, vector, k, 0, Math.ceil(n / 4) * 4);
      return take(y, n);
    };
    return { x, weight, multiply, multiplyRow };
  };

  it("writes each number of the result and nothing beside it", () => {
    const k = 20;
    const { x, weight, multiply } = matricesOf(k);
    for (const rows of counts.slice(0, 9))
      for (let n = 1; n <= columns; n++)
        for (const biased of [false, true]) {
          const found = multiply(rows, n, [[0, n]], biased);
          const wanted = found.map((_, i) => {
            const [row, column] = [Math.floor(i / n), i % n];
            let sum = biased ? bias[column]! : 0;
            for (let p = 0; p < k; p++) sum += x[row * k + p]! * weight[column * k + p]!;
            return sum;
          });
          for (const [i, value] of found.entries()) expect(Math.abs(value - wanted[i]!)).toBeLessThan(2e-5);
        }
  });

  // At the last depth, the weight does not fit the cache: it is read in several panels.
  it.each([4, 20, 768, 8192])(
    "gives a row the same bits beside any others, and for any part of the columns: %i deep",
    (k) => {
      const { multiply } = matricesOf(k);
      for (const n of [columns, columns - 1, columns - 2, 5]) {
        const whole = multiply(most, n, [[0, n]], true);
        for (const rows of counts) expect(multiply(rows, n, halves(n), true)).toEqual(whole.subarray(0, rows * n));
      }
    },
  );

  it("gives a row the same bits as alone", () => {
    for (const k of [20, 768]) {
      const { multiply, multiplyRow } = matricesOf(k);
      const whole = multiply(9, columns, [[0, columns]], true);
      for (let row = 0; row < 9; row++)
        expect(multiplyRow(row, columns)).toEqual(whole.subarray(row * columns, (row + 1) * columns));
    }
  });
});
