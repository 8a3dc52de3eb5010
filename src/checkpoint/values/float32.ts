import type { Dtype } from "./dtype";
import type { Decoding } from "./stored-tensor";

type Decode = (buffer: ArrayBufferLike, offset: number, length: number) => Float32Array;

/** Uses the machine's byte order, which is the file's: JavaScript runs on little-endian machines. */
const decoders: Partial<Record<Dtype, { size: number; decode: Decode }>> = {
  F32: { size: 4, decode: (buffer, offset, length) => new Float32Array(buffer, offset, length) },
  F64: { size: 8, decode: (buffer, offset, length) => new Float32Array(new Float64Array(buffer, offset, length)) },
  F16: { size: 2, decode: (buffer, offset, length) => fromHalf(new Uint16Array(buffer, offset, length)) },
  BF16: { size: 2, decode: (buffer, offset, length) => fromBrain(new Uint16Array(buffer, offset, length)) },
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

/** IEEE 754 binary16: sign, 5 exponent bits of bias 15, 10 fraction bits. */
function fromHalf(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  halves.forEach((half, index) => {
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const magnitude =
      exponent === 31
        ? fraction === 0
          ? Number.POSITIVE_INFINITY
          : Number.NaN
        : exponent === 0
          ? fraction * 2 ** -24
          : (1024 + fraction) * 2 ** (exponent - 25);
    values[index] = half & 0x8000 ? -magnitude : magnitude;
  });
  return values;
}

/** bfloat16 is the upper half of a float32. */
function fromBrain(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  halves.forEach((half, index) => {
    words[index] = half << 16;
  });
  return new Float32Array(words.buffer);
}

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
