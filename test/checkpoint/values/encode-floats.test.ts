import { describe, expect, it } from "vitest";
import { encodeFloats } from "../../../src/checkpoint/values/encode-floats";
import { toFloat32 } from "../../../src/checkpoint/values/float32";

/** The code of infinity: the codes below it are all finite numbers from 0 on, in order. */
const infinities = { F16: 0x7c00, BF16: 0x7f80 } as const;
const SIGN = 0x8000;

const coded = (values: Float32Array, dtype: "F16" | "BF16"): Uint16Array => {
  const bytes = encodeFloats(values, dtype);
  expect(bytes.length).toBe(2 * values.length);
  return new Uint16Array(bytes.buffer, bytes.byteOffset, values.length);
};
const decoded = (codes: Uint16Array, dtype: string) => toFloat32(dtype, new Uint8Array(codes.buffer))!;
const bits = (x: number) => new Uint32Array(Float32Array.of(x).buffer)[0]!;
const float = (word: number) => new Float32Array(Uint32Array.of(word).buffer)[0]!;

describe.each(Object.entries(infinities) as ["F16" | "BF16", number][])("%s", (dtype, infinity) => {
  const codes = Uint16Array.from({ length: infinity + 1 }, (_, code) => code);
  const numbers = decoded(codes, dtype);

  it("keeps every number that it has, of both signs, and both infinities", () => {
    expect(coded(numbers, dtype)).toEqual(codes);
    expect(
      coded(
        numbers.map((x) => -x),
        dtype,
      ),
    ).toEqual(codes.map((code) => code | SIGN));
  });

  it("keeps NaN, whatever its bits are", () => {
    for (const word of [0x7f800001, 0x7fc00000, 0x7fffffff, 0xff800001, 0xffffffff]) {
      const [code] = coded(new Float32Array(Uint32Array.of(word).buffer), dtype);
      expect(decoded(Uint16Array.of(code!), dtype)[0]).toBeNaN();
    }
  });

  it("rounds to the nearest of two neighbours, in the middle to the even one, and beyond the largest to infinity", () => {
    const last = numbers[infinity - 1]!;
    const upper = (code: number) => (code + 1 < infinity ? numbers[code + 1]! : 2 * last - numbers[infinity - 2]!);
    const middles = Float32Array.from({ length: infinity }, (_, code) => numbers[code]! / 2 + upper(code) / 2);
    const even = Uint16Array.from({ length: infinity }, (_, code) => code + (code % 2));
    expect(coded(middles, dtype)).toEqual(even);
    expect(
      coded(
        middles.map((x) => -x),
        dtype,
      ),
    ).toEqual(even.map((code) => code | SIGN));
    expect(
      coded(
        middles.map((x) => float(bits(x) - 1)),
        dtype,
      ),
    ).toEqual(codes.subarray(0, infinity));
    expect(
      coded(
        middles.map((x) => float(bits(x) + 1)),
        dtype,
      ),
    ).toEqual(codes.subarray(1));
  });
});

it("F32 is written as it is", () => {
  const values = Float32Array.of(1.5, -0, Number.NaN, 1e-45);
  expect(encodeFloats(values.subarray(1), "F32")).toEqual(new Uint8Array(values.buffer, 4));
});
