/** The dtypes in which float32 values can be written. */
export type FloatDtype = "F32" | "F16" | "BF16";

/** Bytes per number. */
export const floatSize: Readonly<Record<FloatDtype, number>> = { F32: 4, F16: 2, BF16: 2 };

const encoders: Readonly<Record<FloatDtype, (values: Float32Array) => Float32Array | Uint16Array>> = {
  F32: (values) => values,
  F16: (values) => toHalf(values),
  BF16: (values) => toBrain(values),
};

/** The bytes of float32 values in a dtype, rounded to nearest, ties to even. */
export function encodeFloats(values: Float32Array, dtype: FloatDtype): Uint8Array {
  const encoded = encoders[dtype](values);
  return new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength);
}

/** bfloat16 is the upper half of a float32. */
function toBrain(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(words, (word, i) => {
    // Rounding could turn a NaN into infinity.
    if (Number.isNaN(values[i])) return (word >>> 16) | 0x40;
    return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  });
}

/** IEEE 754 binary16: sign, 5 exponent bits of bias 15, 10 fraction bits. */
function toHalf(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
    const size = Math.abs(value);
    if (Number.isNaN(size)) return sign | 0x7e00;
    if (size >= 65_520) return sign | 0x7c00;
    // The distance between neighbours: 2⁻²⁴ below 2⁻¹⁴; above it, 2⁻¹⁰ of the power of two just below.
    const exponent = Math.max(-14, Math.floor(Math.log2(size)));
    const step = 2 ** (exponent - 10);
    const steps = roundToEven(size / step);
    // Subnormal numbers count steps from 0, others from their power of two; 2048 steps carry into the next one.
    return sign | (exponent === -14 ? steps : ((exponent + 14) << 10) + steps);
  });
}

function roundToEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
