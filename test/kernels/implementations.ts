import { setFlagsFromString } from "node:v8";
import { type Kernels, referenceKernels } from "../../src/kernels";
import { wasmKernels } from "../../src/kernels/wasm";

// Node 20 has relaxed SIMD behind a flag; later ones have it and do not know the flag.
setFlagsFromString("--experimental-wasm-relaxed-simd");

export interface Implementation {
  kernels: Kernels<Float32Array>;
  /** How far a sum of so many terms may be off, relative to max(1, |sum|), for terms about 1 large. */
  sumBound: (terms: number) => number;
}

/** The reference accumulates in float64 and rounds once; any other may be 1e-5 · √K off. */
export const implementations: readonly Implementation[] = [
  { kernels: referenceKernels, sumBound: () => 1e-6 },
  ...(["strict", "relaxed"] as const).map((flavor) => ({
    kernels: wasmKernels(flavor),
    sumBound: (terms: number) => 1e-5 * Math.sqrt(Math.max(1, terms)),
  })),
];

export const named = implementations.map((each) => [each.kernels.name, each] as const);

/** Elementwise operations: relative to max(1, |value|), so that a cancelled 1e-20 is not held to its own size. */
export const ELEMENTWISE = 1e-6;
