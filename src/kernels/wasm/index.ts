import type { Kernels } from "../kernels";
import { referenceKernels } from "../reference";
import { Arenas } from "./arenas";
import { Products } from "./matmul";
import { bestFlavor, type Flavor } from "./module";
import { Workspace } from "./workspace";

/** The kernels of one binary. Memory is taken at first use. */
export function wasmKernels(flavor: Flavor): Kernels {
  const workspace = new Workspace(flavor);
  const arenas = new Arenas(flavor);
  const products = new Products(arenas, workspace);
  return {
    ...referenceKernels,
    name: `wasm, ${flavor}`,
    simd: true,
    keep: (values) => arenas.keep(values),
    matmul: (a, b, spec, bias) => products.matmul(a, b, spec, bias),
  };
}

/** The fastest kernels that run here. */
export function fastestKernels(): Kernels {
  const flavor = bestFlavor();
  return flavor ? wasmKernels(flavor) : referenceKernels;
}
