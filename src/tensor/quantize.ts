import { ShapeError } from "../errors";
import { type Activations, kernels, type QuantizedFormat } from "../kernels";
import {
  BLOCK,
  dequantize,
  keepQuantized,
  multiplyQuantized,
  multiplyQuantizedByEach,
  quantize,
  quantizedLayers,
} from "../kernels/internal";
import { expectValues, type Parameter, withPath } from "./parameter";
import { bringQuantized, type QuantizedOperations } from "./storage";

/** How a parameter is quantized. */
export interface Quantization {
  weights: QuantizedFormat;
  /** How what is multiplied by them is rounded; chosen by the kernels if omitted. */
  activations?: Activations | undefined;
}

const operations: QuantizedOperations = {
  multiply: (...args) => kernels().run(multiplyQuantized, ...args),
  multiplyByEach: (...args) => kernels().run(multiplyQuantizedByEach, ...args),
  rows: (...args) => kernels().run(dequantize, ...args),
  layers: quantizedLayers,
};

/**
 * Stores these numbers, or a parameter's current values, in 8 or 4 bits each. The function that it returns makes them the
 * parameter's values.
 *
 * @throws ShapeError unless it is a matrix whose rows are whole blocks of 32
 */
export function prepareQuantized(
  parameter: Parameter,
  { weights, activations }: Quantization,
  values?: Float32Array,
): () => void {
  const [rows, columns] = parameter.shape;
  if (parameter.rank !== 2 || columns! % BLOCK !== 0)
    throw new ShapeError(
      `quantize: parameter ${parameter.describe()}: only a matrix whose rows are blocks of ${BLOCK} can be quantized`,
    );
  if (values !== undefined) expectValues("quantize", parameter, values);
  bringQuantized(operations);
  const kept = withPath(parameter, () => {
    const given = values === undefined ? parameter.buffer : kernels().upload(values);
    return kernels().run(keepQuantized, kernels().run(quantize, given, rows!, columns!, weights, activations));
  });
  return () => parameter.holdQuantized(kept);
}
