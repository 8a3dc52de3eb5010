/**
 * Number crunching on typed arrays: one interface, one method a primitive.
 *
 * @module kernels
 */
export { holdKernels, kernelInfo, kernels, useKernels, withKernels } from "./current";
export type * from "./kernels";
export { BLOCK, dequantizeRows, type Quantized, type QuantizedFormat, quantizeRows } from "./quantized";
export { referenceKernels } from "./reference";
export { Words } from "./reference/threefry";
export { strictKernels } from "./wasm";
export { useThreads } from "./wasm/use-threads";
