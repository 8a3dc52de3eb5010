/**
 * Number crunching on typed arrays: one interface, one method per primitive.
 *
 * @module kernels
 */
export { kernelInfo, kernels, useKernels, withKernels } from "./current";
export type * from "./kernels";
export type { Activations, DeviceQuantized, Quantized, QuantizedCells, QuantizedFormat } from "./quantized";
export { referenceKernels } from "./reference";
export { strictKernels } from "./wasm";
export { useThreads } from "./wasm/use-threads";
