/** Products with quantized weights. Pages that do not quantize leave them out. */
import type { Buffer } from "./buffers";
import type { Primitive } from "./primitive";
import type { Quantized, QuantizedFactor } from "./quantized";
import * as reference from "./reference/quantized";
import * as wasm from "./wasm/quantized";

/** A copy of a matrix that is read often, such as a parameter's, where products read it fastest. */
export const keepQuantized: Primitive<[matrix: Quantized], Quantized> = {
  name: "keepQuantized",
  reference: (matrix) => matrix,
  wasm: wasm.keepQuantized,
};

/**
 * x [rows, columns] · matrixᵀ + bias [matrix.rows]. Unless the matrix's `activations` are "float32", x may be rounded to 8
 * or 12 bits in blocks of 32, so that integers are multiplied: the error of each product is then at most 1/126 (8 bits) or
 * 1/4094 (12 bits) of the block's largest |x| times its weight. A row with NaN or infinity is not rounded.
 */
export const multiplyQuantized: Primitive<
  [x: Buffer, matrix: Quantized, rows: number, bias?: Buffer | undefined],
  Buffer
> = { name: "multiplyQuantized", reference: reference.multiplyQuantized, wasm: wasm.multiplyQuantized };

/** x [rows, columns] by several matrices: for each, what `multiplyQuantized` gives. One row, as in decoding, if `rows` is omitted. */
export const multiplyQuantizedByEach: Primitive<
  [x: Buffer, factors: readonly QuantizedFactor[], rows?: number | undefined],
  Buffer[]
> = {
  name: "multiplyQuantizedByEach",
  reference: reference.multiplyQuantizedByEach,
  wasm: wasm.multiplyQuantizedByEach,
};

/** What `encodeLayer` needs for quantized weights. */
export const quantizedLayers = wasm.quantizedLayers;
