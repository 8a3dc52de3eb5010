import { dequantizeRows, type QuantizedCells, type QuantizedFactor } from "../quantized";
import { matmul } from "./matmul";

/** x [rows, columns] · Wᵀ + bias, with the dequantized W. */
export function multiplyQuantized(
  x: Float32Array,
  weight: QuantizedCells,
  rows: number,
  bias?: Float32Array,
): Float32Array {
  const { rows: n, columns: k } = weight;
  const spec = { m: rows, k, n, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
  return matmul(x, dequantizeRows(weight), spec, bias);
}

/** x · Wᵀ + bias for each W. */
export const multiplyQuantizedByEach = (
  x: Float32Array,
  factors: readonly QuantizedFactor<Float32Array, QuantizedCells>[],
  rows = 1,
): Float32Array[] => factors.map(({ weight, bias }) => multiplyQuantized(x, weight, rows, bias));
