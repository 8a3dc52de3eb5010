/** Products of many rows with quantized weights, which are computed in whole numbers. */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { type Activations, type Kernels, referenceKernels, useThreads } from "../../src/kernels";
import { keepQuantized, multiplyQuantized } from "../../src/kernels/internal";
import {
  BLOCK,
  dequantizeRows,
  type QuantizedCells,
  type QuantizedFormat,
  quantizeRows,
} from "../../src/kernels/quantized";
import { expectWithin, forAll, normal, seeds, size } from "./compare";
import { implementations, named } from "./implementations";

const formats = fc.constantFrom<QuantizedFormat>("q8", "q4");
const activations = fc.constantFrom<Activations>(8, 12, "float32");
/** Half a step, relative to the largest of a block: of the fewest bits that any processor multiplies. */
const halfStep = { 8: 1 / 126, 12: 1 / 65_532, float32: 0 };
const strict = implementations.find(({ kernels }) => kernels.name === "wasm, strict")!.kernels;

interface Product {
  x: Float32Array;
  matrix: QuantizedCells;
  rows: number;
  bias?: Float32Array | undefined;
}

function product(seed: number, rows: number, n: number, k: number, format: QuantizedFormat, way: Activations): Product {
  const matrix = { ...quantizeRows(normal(seed, "w", n * k), n, k, format), activations: way };
  return { x: normal(seed, "x", rows * k), matrix, rows, bias: normal(seed, "bias", n) };
}

const multiply = (kernels: Kernels<Float32Array>, { x, matrix, rows, bias }: Product): Float32Array =>
  kernels.run(multiplyQuantized, x, matrix, rows, bias);

const largestOf = (x: Float32Array): number => x.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

/** How far each result may be off: half a step of every number's block, times its weight, and what sums round. */
function boundsOf({ x, matrix, rows }: Product): number[] {
  const { rows: n, columns: k, activations = 8 } = matrix;
  const weights = dequantizeRows(matrix).map(Math.abs);
  const errors = x.map((value, i) => {
    const start = i - (i % BLOCK);
    const step = halfStep[activations] * 1.001 * largestOf(x.subarray(start, start + BLOCK));
    return step + 1e-6 * Math.sqrt(k) * Math.abs(value);
  });
  const spec = { m: rows, k, n, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
  return Array.from(referenceKernels.matmul(errors, weights, spec), (bound) => bound + 1e-6);
}

function expectWithinBounds(found: Float32Array, wanted: Float32Array, bounds: readonly number[]): void {
  found.forEach((value, i) => {
    if (!(Math.abs(value - wanted[i]!) <= bounds[i]!))
      throw new Error(`element ${i} is ${value}, the formula gives ${wanted[i]}, the bound is ${bounds[i]}`);
  });
}

/** The nearest whole number, ties to even. */
function nearest(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** What strict kernels compute, step by step, in plain JavaScript: whole numbers, and float32 for the sums of blocks. */
function stepByStep({ x, matrix, rows, bias }: Product): Float32Array {
  const { format, rows: n, columns: k, cells, activations } = matrix;
  const levels = activations === 8 ? 127 : 258 * 127;
  const numbers = new Float32Array(cells.buffer);
  const weights = dequantizeRows(matrix);
  const cellSize = format === "q8" ? 36 : 20;
  return Float32Array.from({ length: rows * n }, (_, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    let total = bias?.[column] ?? 0;
    for (let block = 0; block < k; block += BLOCK) {
      const left = x.subarray(row * k + block, row * k + block + BLOCK);
      const most = largestOf(left);
      const inverse = most > 1e-34 ? Math.fround(levels / most) : 0;
      const scale = numbers[cellSize * ((Math.floor(column / 4) * k + block) / BLOCK) + (column % 4)]!;
      let sum = 0;
      left.forEach((value, term) => {
        const weight = scale === 0 ? 0 : Math.round(weights[column * k + block + term]! / scale);
        sum += nearest(Math.fround(value * inverse)) * weight;
      });
      const scales = Math.fround(Math.fround(most / levels) * scale);
      total = Math.fround(total + Math.fround(Math.fround(sum) * scales));
    }
    return total;
  });
}

const fast = named.filter(([, { kernels }]) => kernels !== referenceKernels);

describe.each(named)("multiplyQuantized of many rows: %s", (_, { kernels }) => {
  it("is within half a step of each block of the formula, for any shape, format and rounding", () => {
    const sizes = [
      seeds,
      size(40, 1),
      size(40, 1),
      size(4, 1),
      formats,
      activations,
      fc.boolean(),
      fc.boolean(),
    ] as const;
    forAll([...sizes], (seed, rows, n, blocks, format, way, biased, kept) => {
      const given = product(seed, rows, n, blocks * BLOCK, format, way);
      if (!biased) given.bias = undefined;
      const wanted = multiply(referenceKernels, given);
      const matrix = kept ? (kernels.run(keepQuantized, given.matrix) as QuantizedCells) : given.matrix;
      expectWithinBounds(multiply(kernels, { ...given, matrix }), wanted, boundsOf(given));
    });
  });

  it("does not round where activations are float32, however few the rows are", () => {
    for (const rows of [1, 3, 5]) {
      const given = product(1, rows, 12, 64, "q8", "float32");
      expectWithin(multiply(kernels, given), [...multiply(referenceKernels, given)], 1e-5);
    }
  });

  it("keeps outliers to their own block and row, zeros as zeros, and tiny numbers near zero", () => {
    const [rows, n, k] = [6, 9, 96];
    for (const format of ["q8", "q4"] as const)
      for (const way of [8, 12] as const) {
        const given = product(1, rows, n, k, format, way);
        given.x = given.x.map((value) => value * 1e-3);
        given.x[BLOCK + 3] = 1e30;
        given.x.fill(0, k, 2 * k);
        given.x.fill(1e-38, 2 * k, 3 * k);
        const found = multiply(kernels, given);
        expectWithinBounds(found, multiply(referenceKernels, given), boundsOf(given));
        expect(found.subarray(n, 2 * n)).toEqual(given.bias);
        expect(found.subarray(2 * n, 3 * n)).toEqual(given.bias);
      }
  });

  it("gives rows with NaN or infinity what float32 gives, and leaves the others alone", () => {
    const [rows, n, k] = [7, 10, 64];
    for (const format of ["q8", "q4"] as const)
      for (const way of [8, 12, undefined] as const)
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
          const given = product(2, rows, n, k, format, 8);
          given.matrix.activations = way;
          const before = multiply(kernels, given);
          given.x[2 * k + 40] = bad;
          given.x[6 * k] = bad;
          const found = multiply(kernels, given);
          const wanted = multiply(kernels, { ...given, matrix: { ...given.matrix, activations: "float32" } });
          for (let row = 0; row < rows; row++) {
            const right = row === 2 || row === 6 ? wanted : before;
            expect(found.subarray(row * n, (row + 1) * n)).toEqual(right.subarray(row * n, (row + 1) * n));
          }
        }
  });

  it("sums more terms than whole numbers of 32 bits would hold", () => {
    const [rows, n, k] = [4, 4, 2 ** 17];
    for (const way of [8, 12] as const) {
      const matrix = { ...quantizeRows(new Float32Array(n * k).fill(1), n, k, "q8"), activations: way };
      const found = multiply(kernels, { x: new Float32Array(rows * k).fill(1), matrix, rows });
      expectWithin(
        found,
        Array(rows * n).fill(multiply(referenceKernels, { x: new Float32Array(k).fill(1), matrix, rows: 1 })[0]),
        1e-4,
      );
    }
  });

  it("holds the sums of a block of the greatest numbers of any sign", () => {
    const [rows, n, k] = [5, 8, 64];
    const signs = [() => 1, () => -1, (i: number) => (i % 2 ? 1 : -1), (i: number) => (i % 4 < 2 ? 1 : -1)];
    for (const format of ["q8", "q4"] as const)
      for (const way of [8, 12, undefined] as const)
        for (const ofX of signs)
          for (const ofWeight of signs) {
            // Of 4 bits, the number of largest magnitude is −8.
            const weights = Float32Array.from({ length: n * k }, (_, i) => (ofWeight(i) < 0 ? -8 : 7));
            const matrix = { ...quantizeRows(weights, n, k, format), activations: way };
            const x = Float32Array.from({ length: rows * k }, (_, i) => ofX(i));
            const wanted = multiply(referenceKernels, { x, matrix, rows });
            expectWithin(multiply(kernels, { x, matrix, rows }), [...wanted], 1e-3);
          }
  });

  it("gives a row the same bits in any company", () => {
    forAll([seeds, size(30, 5), size(30, 1), formats, activations], (seed, rows, n, format, way) => {
      const given = product(seed, rows, n, 64, format, way);
      const all = multiply(kernels, given);
      const first = seed % (rows - 4);
      const part = multiply(kernels, { ...given, x: given.x.subarray(first * 64, (first + 4) * 64), rows: 4 });
      // A product of a few rows with float32 weights may add in another order.
      if (way === "float32") expectWithin(part, [...all.subarray(first * n, (first + 4) * n)], 1e-4);
      else expect(part).toEqual(all.subarray(first * n, (first + 4) * n));
    });
  });
});

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);

describe.each(fast)("multiplyQuantized of many rows: %s", (_, { kernels }) => {
  afterEach(() => useThreads(1));

  it("gives the same bits for any number of threads, and cut to blocks of rows and columns", async () => {
    const shapes = [
      [9, 1003, 96],
      [300, 12_000, 32],
      [1100, 24, 4096],
    ] as const;
    const cases = shapes.flatMap(([rows, n, k]) => [
      product(3, rows, n, k, "q8", 8),
      product(3, rows, n, k, "q4", 8),
      product(3, rows, n, k, "q4", 12),
    ]);
    const alone = cases.map((given) => multiply(kernels, given));
    for (const threads of [2, 3, 4, 8]) {
      await useThreads(threads);
      cases.forEach((given, i) => {
        expect(Buffer.compare(bytesOf(multiply(kernels, given)), bytesOf(alone[i]!))).toBe(0);
      });
    }
  });
});

describe("multiplyQuantized of many rows: strict kernels", () => {
  it("give the bits of the same steps in plain JavaScript, so the same on every processor", () => {
    forAll(
      [seeds, size(20, 4), size(30, 1), size(4, 1), formats, fc.constantFrom(8 as const, 12 as const)],
      (seed, rows, n, blocks, format, way) => {
        const given = product(seed, rows, n, blocks * BLOCK, format, way);
        expect(multiply(strict, given)).toEqual(stepByStep(given));
      },
    );
  });

  it("round as with 12 bits unless told otherwise", () => {
    const given = product(1, 8, 8, 64, "q8", 12);
    const { activations: _, ...matrix } = given.matrix;
    expect(multiply(strict, { ...given, matrix })).toEqual(multiply(strict, given));
  });
});
