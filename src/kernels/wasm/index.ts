import type { Kernels } from "../kernels";
import { referenceKernels } from "../reference";
import { Arenas } from "./arenas";
import { binary, sumRows } from "./elementwise";
import { Products } from "./matmul";
import { bestFlavor, type Flavor } from "./module";
import { QuantizedProducts } from "./quantized";
import { Workspace } from "./workspace";

/** The kernels of one binary. Memory is taken at first use. */
export function wasmKernels(flavor: Flavor): Kernels {
  const workspace = new Workspace(flavor);
  const arenas = new Arenas(flavor);
  const products = new Products(arenas, workspace);
  const quantized = new QuantizedProducts(arenas, workspace);
  return {
    ...referenceKernels,
    name: `wasm, ${flavor}`,
    simd: true,
    keep: (values) => arenas.keep(values),
    binary,
    sum: (x, axis) =>
      axis.outer === 1 && axis.inner > 1 ? sumRows(x, axis.size, axis.inner) : referenceKernels.sum(x, axis),
    keepQuantized: (matrix) => quantized.keep(matrix),
    multiplyQuantized: (x, matrix, rows, bias) => quantized.multiply(x, matrix, rows, bias),
    matmul: (a, b, spec, bias) => products.matmul(a, b, spec, bias),
  };
}

/** The fastest kernels that run here. */
export function fastestKernels(): Kernels {
  const flavor = bestFlavor();
  return flavor ? wasmKernels(flavor) : referenceKernels;
}
