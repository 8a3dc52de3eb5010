import type { Primitive } from "./primitive";
import type { RowProgram } from "./row-program";
import { runSteps as wasm } from "./wasm/row-steps";

/**
 * The results of a program in one call, to the bit what each step alone gives; functions of one number may round
 * differently with relaxed SIMD. They are written into `outputs` if these are given. Undefined if these kernels, or
 * numbers such as infinity, need the steps one by one.
 */
export const runSteps: Primitive<
  [program: RowProgram, inputs: readonly Float32Array[], outputs?: readonly Float32Array[] | undefined],
  readonly Float32Array[] | undefined
> = { name: "runSteps", reference: () => undefined, wasm };
