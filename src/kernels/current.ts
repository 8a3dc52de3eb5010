import type { Kernels } from "./kernels";
import { fastestKernels } from "./wasm";
import { threadCount } from "./wasm/threads";

/** Chosen at first use: importing the library does nothing. */
let current: Kernels | undefined;
let held = false;

/** Keeps `useKernels` from changing them while f runs: what was recorded on some must be differentiated on the same. */
export function holdKernels<Result>(f: () => Result): Result {
  const before = held;
  held = true;
  try {
    return f();
  } finally {
    held = before;
  }
}

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
  if (held) throw new Error("useKernels: gradients are being recorded; change kernels before or after");
  current = implementation;
}

/** Runs f on other kernels, and goes back to those there were. */
export function withKernels<Result>(implementation: Kernels, f: () => Result): Result {
  const before = current;
  useKernels(implementation);
  try {
    return f();
  } finally {
    current = before;
  }
}

/** What operations run on at the moment. */
export function kernelInfo(): { name: string; simd: boolean; threads: number } {
  return { name: kernels().name, simd: kernels().simd, threads: threadCount() };
}
