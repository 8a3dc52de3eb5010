import { FormatError } from "../errors";
import type { Dtype } from "./dtype";
import { decodableDtypes, toFloat32 } from "./float32";
import { quote } from "./quote";

/** A tensor as it lies in a file: nothing is converted until `toFloat32` is called. */
export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** A view of the file's bytes, row-major and little-endian. */
  readonly bytes: Uint8Array;
  /**
   * The values as float32: a view of `bytes` where the dtype is F32 and they are aligned, else a copy.
   *
   * @throws FormatError for a dtype that has no conversion (F4, F6, F8, C64).
   */
  toFloat32(): Float32Array;
}

export function storedTensor(
  file: string,
  name: string,
  dtype: Dtype,
  shape: readonly number[],
  bytes: Uint8Array,
): StoredTensor {
  return {
    dtype,
    shape,
    bytes,
    toFloat32() {
      const values = toFloat32(dtype, bytes);
      if (values !== undefined) return values;
      const expected = `one that can be read as float32: ${decodableDtypes.join(", ")}`;
      throw new FormatError({ file, at: `tensor ${quote(name)}`, found: `dtype ${dtype}`, expected });
    },
  };
}
