import { describe, expect, it } from "vitest";
import { BLOCK, dequantizeRows, type QuantizedFormat, quantizeRows } from "../../../src/kernels/quantized";
import type { Flavor } from "../../../src/kernels/wasm/module";
import { normal } from "../compare";
import "../implementations"; // before ./guarded-memory: Node 20 is told to have relaxed SIMD
import { flavors, guardedMemory, halves } from "./guarded-memory";

/** The largest value of a block of the vector. The higher, the smaller its rounding. */
const steps: Record<QuantizedFormat, Record<Flavor, number>> = {
  q8: { strict: 32766, relaxed: 32766 },
  q4: { strict: 1905, relaxed: 127 },
};

/** W x + bias in float64, and what it may be off: the share of the largest |x| of each block, times |w|. */
function wantedOf(weight: Float32Array, x: Float32Array, bias: Float32Array | undefined, share: number) {
  const k = x.length;
  const largest = x.map((_, i) =>
    Math.max(...x.subarray(Math.floor(i / BLOCK) * BLOCK, (Math.floor(i / BLOCK) + 1) * BLOCK).map(Math.abs)),
  );
  return Array.from({ length: weight.length / k }, (_, row) => {
    let [sum, bound] = [bias?.[row] ?? 0, 2e-5];
    for (let p = 0; p < k; p++) {
      sum += x[p]! * weight[row * k + p]!;
      bound += largest[p]! * Math.abs(weight[row * k + p]!) * share;
    }
    return { sum, bound };
  });
}

function expectNear(found: Float32Array, wanted: readonly { sum: number; bound: number }[]) {
  for (const [i, { sum, bound }] of wanted.entries()) expect(Math.abs(found[i]! - sum)).toBeLessThan(bound);
}

describe.each(flavors)("products of one row: %s", (flavor) => {
  const { kernels, reset, put, room, take } = guardedMemory(flavor);
  const most = 37;
  const bias = normal(3, "b", most + 3);

  /** What the kernel reads about a weight. */
  const factor = (weight: number, y: number, shift: number, rows: number) => put(Int32Array.of(weight, y, shift, rows));

  /** By a float32 weight, of the rows from..to in each part. */
  const multiply = (
    weight: Float32Array,
    x: Float32Array,
    parts: readonly (readonly [number, number])[],
    biased: boolean,
  ) => {
    reset();
    const n = weight.length / x.length;
    const [at, row, y] = [put(weight), put(x), room(n)];
    const list = factor(at, y, put(biased ? bias.subarray(0, n) : undefined), n);
    for (const [from, to] of parts) kernels.multiplyRow!(list, 1, row, x.length, from, to);
    return take(y, n);
  };

  it("writes each number of a float32 product and nothing beside it, for any depth", () => {
    for (const k of [1, 3, 4, 7, 20])
      for (let n = 1; n <= most; n++)
        for (const biased of [false, true]) {
          const [x, weight] = [normal(k, "x", k), normal(n, "w", n * k)];
          const wanted = wantedOf(weight, x, biased ? bias : undefined, 0);
          expectNear(multiply(weight, x, [[0, n]], biased), wanted);
        }
  });

  it("gives a row of a float32 weight the same bits in any part, and the vector the same as beside other vectors", () => {
    const k = 20;
    const [x, weight] = [normal(1, "x", 3 * k), normal(2, "w", most * k)];
    const alone = multiply(weight, x.subarray(0, k), [[0, most]], true);
    for (let n = 1; n <= most; n++)
      expect(multiply(weight.subarray(0, n * k), x.subarray(0, k), halves(n), true)).toEqual(alone.subarray(0, n));
    reset();
    const places = [put(weight), put(x)];
    const y = room(3 * most);
    kernels.multiplyFew!(...places, y, put(bias.subarray(0, most)), k, 3, most, 0, most);
    expect(take(y, 3 * most).subarray(0, most)).toEqual(alone);
  });

  /** By a quantized weight; the kernels write whole groups of four. */
  const multiplyQuantized = (
    weight: Float32Array,
    x: Float32Array,
    format: QuantizedFormat,
    parts: readonly (readonly [number, number])[],
    biased: boolean,
  ) => {
    reset();
    const n = weight.length / x.length;
    const { cells } = quantizeRows(weight, n, x.length, format);
    const at = put(new Int32Array(cells.buffer));
    const [row, values, scales] = [put(x), room(x.length), room(x.length / 16)];
    const padded = Math.ceil(n / 4) * 4;
    const [y, shift] = [room(padded), put(biased ? bias.subarray(0, padded) : undefined)];
    kernels[format === "q8" ? "quantizeForEight" : "quantizeForFour"]!(row, x.length, values, scales);
    const list = factor(at, y, shift, n);
    for (const [from, to] of parts)
      kernels.multiplyQuantizedRow!(format === "q8" ? 8 : 4, list, 1, values, scales, x.length, from, to);
    for (const [place, length] of [
      [values, x.length],
      [scales, x.length / 16],
    ] as const)
      take(place, length);
    return take(y, padded).subarray(0, n);
  };

  it.each(["q8", "q4"] as const)("rounds the vector of a %s product by half a step of each block", (format) => {
    for (const k of [32, 96])
      for (let n = 1; n <= most; n++)
        for (const biased of [false, true]) {
          const [x, weight] = [normal(k, "x", k), normal(n, "w", n * k)];
          const rounded = dequantizeRows(quantizeRows(weight, n, k, format));
          const wanted = wantedOf(rounded, x, biased ? bias : undefined, 0.5001 / steps[format][flavor]);
          expectNear(multiplyQuantized(weight, x, format, [[0, n]], biased), wanted);
        }
  });

  it.each(["q8", "q4"] as const)("gives a row of a %s weight the same bits in any part", (format) => {
    const k = 64;
    const [x, weight] = [normal(1, "x", k), normal(2, "w", most * k)];
    const alone = multiplyQuantized(weight, x, format, [[0, most]], true);
    for (let n = 1; n <= most; n++) {
      const found = multiplyQuantized(weight.subarray(0, n * k), x, format, halves(n, 4), true);
      expect(found).toEqual(alone.subarray(0, n));
    }
  });

  it.each(["q8", "q4"] as const)("a number that is not finite makes the %s products of its block NaN", (format) => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const [x, weight] = [normal(1, "x", 64).fill(bad, 40, 41), normal(2, "w", 5 * 64)];
      expect([...multiplyQuantized(weight, x, format, [[0, 5]], false)]).toEqual(Array(5).fill(Number.NaN));
    }
  });

  it.each(["q8", "q4"] as const)(
    "an outlier or a block of zeros costs the other blocks of a %s product nothing",
    (format) => {
      const k = 96;
      const [x, weight] = [normal(1, "x", k).map((value) => value * 1e-3), normal(2, "w", 4 * k)];
      x.fill(0, 32, 64).fill(1e30, 5, 6);
      weight.subarray(0, k).fill(0, 0, 32);
      const rounded = dequantizeRows(quantizeRows(weight, 4, k, format));
      const wanted = wantedOf(rounded, x, undefined, 0.5001 / steps[format][flavor]);
      expect(wanted[0]!.bound).toBeLessThan(1e-2);
      expectNear(multiplyQuantized(weight, x, format, [[0, 4]], false), wanted);
    },
  );
});
