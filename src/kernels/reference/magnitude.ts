import type { Buffer, Primitive } from "../kernels";

/**
 * ‖x‖₂ as three numbers, (high + low) · 2^exponent: float32 alone would round it to 24 bits, and overflow where no
 * number of x does.
 */
export const magnitude: Primitive<[x: Buffer], Buffer> = {
  name: "magnitude",
  reference: (x: Float32Array) => {
    let squares = 0;
    for (let i = 0; i < x.length; i++) squares += x[i]! * x[i]!;
    const length = Math.sqrt(squares);
    if (length === 0 || !Number.isFinite(length)) return Float32Array.of(length, 0, 0);
    const exponent = Math.floor(Math.log2(length));
    const scaled = length / 2 ** exponent;
    return Float32Array.of(scaled, scaled - Math.fround(scaled), exponent);
  },
};
