import { describe, expect, it } from "vitest";
import { crests, dequantize, magnitude, quantize, shown } from "../../src/kernels/internal";
import { dequantizeRows, quantizeRows } from "../../src/kernels/quantized";
import { opaqueKernels } from "../seam/opaque-kernels";
import { normal } from "./compare";
import { named } from "./implementations";

describe.each(named)("numbers enter and leave: %s", (_, { kernels }) => {
  it("an array from the CPU is the buffer itself, and a buffer of a device is not held", () => {
    const numbers = Float32Array.of(1, 2);
    expect(kernels.upload(numbers)).toBe(numbers);
    expect(kernels.holds(numbers)).toBe(true);
    expect(kernels.holds(opaqueKernels.upload(numbers))).toBe(false);
    expect(opaqueKernels.holds(numbers)).toBe(false);
  });

  it.each([0, -0, 1.5, Number.NaN])("fills with %s", (value) => {
    const found = kernels.fill(3, value);
    expect([...found].map((x) => Object.is(x, value))).toEqual([true, true, true]);
  });
});

describe.each(named)("primitives of a bias: %s", (_, { kernels }) => {
  const bias = Float32Array.of(-Infinity, -1e30, Number.NaN, Infinity, 2, -3, -Infinity, -Infinity);

  it("−Infinity hides, everything else does not", () => {
    expect([...kernels.run(shown, bias)]).toEqual([0, 1, 1, 1, 1, 1, 0, 0]);
  });

  it("the greatest of each row is 0 where it is too far from 0, or NaN", () => {
    expect([...kernels.run(crests, bias, 2, 1e14)]).toEqual([0, 0, 2, 0]);
    expect([...kernels.run(crests, Float32Array.of(1, 5, -2, 4, 5e14, 0), 3, 1e14)]).toEqual([5, 0]);
  });
});

describe.each(named)("the length of a vector: %s", (_, { kernels }) => {
  const lengthOf = (x: Float32Array) => {
    const [high, low, exponent] = kernels.run(magnitude, x);
    return (high! + low!) * 2 ** exponent!;
  };

  it("has more digits than float32 and neither overflows nor underflows", () => {
    expect(lengthOf(Float32Array.of(3, 4))).toBe(5);
    expect(lengthOf(new Float32Array(4))).toBe(0);
    for (const [x, count] of [
      [Math.fround(3e38), 4],
      [2 ** -149, 9],
      [Math.fround(0.1), 7],
    ] as const)
      expect(lengthOf(new Float32Array(count).fill(x)) / (x * Math.sqrt(count))).toBeCloseTo(1, 13);
    for (const x of [Number.NaN, Infinity, -Infinity]) expect(lengthOf(Float32Array.of(1, x))).toBe(Math.abs(x));
  });
});

describe.each(named)("quantized matrices: %s", (_, { kernels }) => {
  it.each(["q8", "q4"] as const)("come from numbers and go back to them: %s", (format) => {
    const x = normal(1, "x", 3 * 64);
    const matrix = kernels.run(quantize, x, 3, 64, format);
    expect(matrix).toEqual(quantizeRows(x, 3, 64, format));
    const all = dequantizeRows(quantizeRows(x, 3, 64, format));
    expect(kernels.run(dequantize, matrix)).toEqual(all);
    expect(kernels.run(dequantize, matrix, Int32Array.of(2))).toEqual(all.subarray(128));
  });
});
