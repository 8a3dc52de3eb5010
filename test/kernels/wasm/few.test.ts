import { describe, expect, it } from "vitest";
import { normal } from "../compare";
import { flavors, guardedMemory, halves } from "./guarded-memory";

describe.each(flavors)("products of a few rows: %s", (flavor) => {
  const { kernels, reset, put, room, take } = guardedMemory(flavor);
  const [k, columns] = [20, 37];
  const [x, weight, bias] = [normal(1, "x", 9 * k), normal(2, "w", columns * k), normal(3, "b", columns)];

  /** The result of `rows` rows and `n` columns, of the columns from..to in each part. */
  const multiply = (rows: number, n: number, parts: readonly (readonly [number, number])[], biased: boolean) => {
    reset();
    const places = [put(weight.subarray(0, n * k)), put(x.subarray(0, rows * k))];
    const y = room(rows * n);
    const shift = put(biased ? bias.subarray(0, n) : undefined);
    for (const [from, to] of parts) kernels.multiplyFew!(...places, y, shift, k, rows, n, from, to);
    return take(y, rows * n);
  };

  it("writes each number of the result and nothing beside it", () => {
    for (let rows = 2; rows <= 9; rows++)
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

  it("gives a row the same bits beside any others, and for any part of the columns", () => {
    const whole = multiply(9, columns, [[0, columns]], true);
    for (let rows = 2; rows <= 9; rows++)
      expect(multiply(rows, columns, halves(columns), true)).toEqual(whole.subarray(0, rows * columns));
  });
});
