import { FormatError } from "../../errors";
import { quote } from "../quote";
import type { Dtype } from "./dtype";

/** A tensor as stored in a file; nothing is converted until `toFloat32` is called. */
export interface StoredTensor<D extends string = Dtype> {
  readonly dtype: D;
  readonly shape: readonly number[];
  /** A view of the file's bytes, row-major and little-endian. */
  readonly bytes: Uint8Array;
  /**
   * The values as float32: a view of `bytes` if they are aligned F32, otherwise a copy.
   *
   * @throws FormatError if the dtype cannot be converted, naming the tensor and the supported dtypes
   */
  toFloat32(): Float32Array;
}

/** Converts a format's dtypes to float32. */
export interface Decoding<D extends string> {
  /** The dtypes that can be converted. */
  readonly dtypes: readonly string[];
  /** Undefined for a dtype that cannot be converted. */
  toFloat32(dtype: D, bytes: Uint8Array): Float32Array | undefined;
}

export function storedTensor<D extends string>(
  file: string,
  name: string,
  tensor: Pick<StoredTensor<D>, "dtype" | "shape" | "bytes">,
  decoding: Decoding<D>,
): StoredTensor<D> {
  const { dtype, bytes } = tensor;
  return {
    ...tensor,
    toFloat32() {
      const values = decoding.toFloat32(dtype, bytes);
      if (values !== undefined) return values;
      const expected = `a dtype that converts to float32: ${decoding.dtypes.join(", ")}`;
      throw new FormatError({ file, at: `tensor ${quote(name)}`, found: `dtype ${dtype}`, expected });
    },
  };
}
