import type { Primitive } from "./primitive";
import type { Angles, RowCache, RowChain, RowState } from "./row-program";
import { runRow as wasm } from "./wasm/run-row";

/**
 * Runs programs and the attention between them from program `from` on, to the bit what each step alone gives; functions
 * of one number may round differently with relaxed SIMD. Ends before a program that these kernels cannot run, or that
 * numbers such as infinity need step by step, and before one whose attention is to be computed in another way.
 */
export const runRow: Primitive<
  [
    chain: RowChain,
    from: number,
    inputs: readonly Float32Array[],
    angles: readonly (Angles | undefined)[],
    cache?: RowCache | undefined,
  ],
  RowState
> = { name: "runRow", reference: (_, from, values) => ({ at: from, values }), wasm };
