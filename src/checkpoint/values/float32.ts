import type { Dtype } from "./dtype";
import type { Decoding } from "./stored-tensor";

type Decode = (buffer: ArrayBufferLike, offset: number, length: number) => Float32Array;

/** Writes numbers of 16 bits as float32, from the first to the last: they may stand in the last half of `values`. */
type Widen = (halves: Uint16Array, values: Float32Array) => void;

const wordsOf = ({ buffer, byteOffset, length }: Float32Array) => new Uint32Array(buffer, byteOffset, length);

/** IEEE 754 binary16: sign, 5 exponent bits of bias 15, 10 fraction bits. */
const widenHalf: Widen = (halves, values) => {
  const words = wordsOf(values);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const size = half & 0x7fff;
    // The exponents 1 to 30: float32 has a bias of 127 and 23 fraction bits.
    if (size >= 0x400 && size < 0x7c00) words[i] = ((half & 0x8000) << 16) | ((size << 13) + (112 << 23));
    else {
      const value = size < 0x400 ? size * 2 ** -24 : size === 0x7c00 ? Number.POSITIVE_INFINITY : Number.NaN;
      values[i] = half & 0x8000 ? -value : value;
    }
  }
};

/** bfloat16 is the upper half of a float32. */
const widenBrain: Widen = (halves, values) => {
  const words = wordsOf(values);
  for (let i = 0; i < halves.length; i++) words[i] = halves[i]! << 16;
};

const widened = (widen: Widen) => (buffer: ArrayBufferLike, offset: number, length: number) => {
  const values = new Float32Array(length);
  widen(new Uint16Array(buffer, offset, length), values);
  return values;
};

const widenings: Partial<Record<Dtype, Widen>> = { F16: widenHalf, BF16: widenBrain };

/** Whether numbers of this dtype can be read to where their float32 values are used. */
export const isReadInPlace = (dtype: Dtype): boolean => dtype === "F32" || dtype in widenings;

/** The part of the values' memory that the file's bytes are read to, and what makes them float32 there. */
export function inPlace(dtype: Dtype, values: Float32Array): { bytes: Uint8Array; finish: () => void } {
  const widen = widenings[dtype];
  const { buffer, byteOffset, byteLength, length } = values;
  if (widen === undefined) return { bytes: new Uint8Array(buffer, byteOffset, byteLength), finish: () => {} };
  const half = byteLength / 2;
  const finish = () => widen(new Uint16Array(buffer, byteOffset + half, length), values);
  return { bytes: new Uint8Array(buffer, byteOffset + half, half), finish };
}

/** Uses the machine's byte order, which is the file's: JavaScript runs on little-endian machines. */
const decoders: Partial<Record<Dtype, { size: number; decode: Decode }>> = {
  F32: { size: 4, decode: (buffer, offset, length) => new Float32Array(buffer, offset, length) },
  F64: { size: 8, decode: (buffer, offset, length) => new Float32Array(new Float64Array(buffer, offset, length)) },
  F16: { size: 2, decode: /* @__PURE__ */ widened(widenHalf) },
  BF16: { size: 2, decode: /* @__PURE__ */ widened(widenBrain) },
  I64: { size: 8, decode: (buffer, offset, length) => fromBig(new BigInt64Array(buffer, offset, length)) },
  U64: { size: 8, decode: (buffer, offset, length) => fromBig(new BigUint64Array(buffer, offset, length)) },
  I32: { size: 4, decode: (buffer, offset, length) => new Float32Array(new Int32Array(buffer, offset, length)) },
  U32: { size: 4, decode: (buffer, offset, length) => new Float32Array(new Uint32Array(buffer, offset, length)) },
  I16: { size: 2, decode: (buffer, offset, length) => new Float32Array(new Int16Array(buffer, offset, length)) },
  U16: { size: 2, decode: (buffer, offset, length) => new Float32Array(new Uint16Array(buffer, offset, length)) },
  I8: { size: 1, decode: (buffer, offset, length) => new Float32Array(new Int8Array(buffer, offset, length)) },
  U8: { size: 1, decode: (buffer, offset, length) => new Float32Array(new Uint8Array(buffer, offset, length)) },
  BOOL: { size: 1, decode: (buffer, offset, length) => fromBool(new Uint8Array(buffer, offset, length)) },
};

/**
 * The elements as float32, rounded to nearest. Aligned F32 bytes are viewed, not copied. Undefined for a dtype that has
 * no decoder.
 */
export function toFloat32(dtype: string, bytes: Uint8Array): Float32Array | undefined {
  const decoder = Object.hasOwn(decoders, dtype) ? decoders[dtype as Dtype] : undefined;
  if (decoder === undefined) return undefined;
  const aligned = bytes.byteOffset % decoder.size === 0 ? bytes : new Uint8Array(bytes);
  return decoder.decode(aligned.buffer, aligned.byteOffset, aligned.byteLength / decoder.size);
}

/** Converts safetensors' dtypes to float32. */
export const decoding: Decoding<Dtype> = { dtypes: /* @__PURE__ */ Object.keys(decoders), toFloat32 };

/** One byte per element, zero or not. */
function fromBool(bytes: Uint8Array): Float32Array {
  return Float32Array.from(bytes, (byte) => (byte === 0 ? 0 : 1));
}

/** Goes through float64, because numbers cannot hold all 64-bit integers: off by at most one unit in the last place. */
function fromBig(integers: BigInt64Array | BigUint64Array): Float32Array {
  const values = new Float32Array(integers.length);
  integers.forEach((integer: bigint, index: number) => {
    values[index] = Number(integer);
  });
  return values;
}
