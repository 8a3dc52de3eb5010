import { expectFunction, wrongKind } from "../checks";
import { isPromise } from "../describe";
import type { Buffer, Kernels } from "./kernels";
import { referenceKernels } from "./reference";
import { fastestKernels } from "./wasm";
import { threadCount } from "./wasm/threads";

/** Chosen at first use: importing the library does nothing. */
let current: Kernels | undefined;
let held = false;

/** The current kernels, if they work on buffers of their own and not on Float32Arrays. */
export let device: Kernels | undefined;

function setKernels(implementation: Kernels | undefined): void {
  current = implementation;
  device = implementation?.holds(new Float32Array(0)) === false ? implementation : undefined;
}

/** Refuses `useKernels` while f runs: what was recorded must be differentiated on the same kernels. */
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

/** @throws TypeError unless it is a complete set of kernels */
function expectKernels(where: string, value: unknown): asserts value is Kernels {
  if (typeof value !== "object" || value === null)
    throw wrongKind(where, "implementation", "a set of Kernels, such as strictKernels() or referenceKernels", value);
  for (const [name, part] of Object.entries(referenceKernels))
    if (typeof Reflect.get(value, name) !== typeof part)
      throw new TypeError(`${where}: implementation is not a set of Kernels: it has no ${name}`);
}

/**
 * Makes every later operation run on these kernels.
 *
 * @example
 * ```ts
 * import { referenceKernels, useKernels } from "transformer-blocks/kernels";
 * useKernels(referenceKernels); // the reference: float64 sums, no SIMD
 * ```
 */
export function useKernels<Numbers extends Buffer>(implementation: Kernels<Numbers>): void {
  expectKernels("useKernels", implementation);
  if (held) throw new Error("useKernels: gradients are being recorded; change kernels before or after that");
  setKernels(implementation);
}

/**
 * Runs f on other kernels, then restores the previous ones.
 *
 * @throws TypeError if f is async: it would go on with the previous kernels after its first `await`
 */
export function withKernels<Result, Numbers extends Buffer = Buffer>(
  implementation: Kernels<Numbers>,
  f: () => Result,
): Result {
  expectKernels("withKernels", implementation);
  expectFunction("withKernels", "f", f);
  const before = current;
  useKernels(implementation);
  try {
    const result = f();
    if (isPromise(result))
      throw new TypeError(
        "withKernels: f must not be async: after its first await it would run on the previous kernels; await what it needs before, or use useKernels",
      );
    return result;
  } finally {
    setKernels(before);
  }
}

/** The current kernels. */
export function kernelInfo(): { name: string; simd: boolean; threads: number } {
  return { name: kernels().name, simd: kernels().simd, threads: threadCount() };
}
