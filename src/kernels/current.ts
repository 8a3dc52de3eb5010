import type { Kernels } from "./kernels";
import { referenceKernels } from "./reference";

let current: Kernels = referenceKernels;

/** The kernels that operations run on. */
export function kernels(): Kernels {
  return current;
}

/**
 * Makes every later operation run on these kernels.
 *
 * @example
 * ```ts
 * import { referenceKernels, useKernels } from "transformer-blocks/kernels";
 * useKernels(referenceKernels); // the definition of what is right: float64 sums, no SIMD
 * ```
 */
export function useKernels(implementation: Kernels): void {
  if (typeof implementation?.matmul !== "function")
    throw new TypeError("useKernels: the argument is not a set of Kernels");
  current = implementation;
}

/** What operations run on at the moment. */
export function kernelInfo(): { name: string; simd: boolean; threads: number } {
  return { name: current.name, simd: false, threads: 1 };
}
