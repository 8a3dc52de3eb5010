import type { Kernels } from "./kernels";
import { fastestKernels } from "./wasm";

/** Chosen at first use: importing the library does nothing. */
let current: Kernels | undefined;

/** The kernels that operations run on. */
export function kernels(): Kernels {
  current ??= fastestKernels();
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
  return { name: kernels().name, simd: kernels().simd, threads: 1 };
}
