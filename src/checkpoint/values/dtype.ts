/** The element types of safetensors. */
export type Dtype = keyof typeof dtypeBits;

/** Bits of one element. @see safetensors, `Dtype` in tensor.rs; F4 and F6 are the OCP microscaling formats. */
const dtypeBits = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

export const dtypeNames = Object.keys(dtypeBits);

export function isDtype(name: string): name is Dtype {
  return Object.hasOwn(dtypeBits, name);
}

/**
 * The bytes of `shape` in elements of `dtype`, or undefined if no file can hold it: a product beyond 2⁵³, or elements
 * smaller than a byte that do not fill the last byte.
 */
export function byteLength(dtype: Dtype, shape: readonly number[]): number | undefined {
  let elements = 1;
  for (const length of shape) {
    elements *= length;
    if (!Number.isSafeInteger(elements)) return undefined;
  }
  const bits = elements * dtypeBits[dtype];
  return Number.isSafeInteger(bits) && bits % 8 === 0 ? bits / 8 : undefined;
}
