import type { Primitive } from "./primitive";
import type { QuantizedCells } from "./quantized";
import type { RotarySpec, Unary } from "./specs";
import { runSteps as wasm } from "./wasm/row-steps";

/** Numbers of a row: its place among the inputs and, behind them, the results of the steps in their order. */
export type RowValue = number;

/** A weight [rows, columns] in float32, 8 or 4 bits, and a bias [rows]. */
export interface StepFactor {
  weight: Float32Array | QuantizedCells;
  rows: number;
  bias: Float32Array | undefined;
}

/** One operation on one row. Each has one result, a product one for each factor. */
export type RowStep =
  | {
      /** `layerNorm`, or `rmsNorm`, which has no bias. */
      kind: "layerNorm" | "rmsNorm";
      x: RowValue;
      weight: Float32Array | undefined;
      bias: Float32Array | undefined;
      epsilon: number;
    }
  | { kind: "products"; x: RowValue; factors: readonly StepFactor[] }
  /** f(x), times a factor if there is one. */
  | { kind: "unary"; name: Unary; x: RowValue; factor: RowValue | undefined }
  | { kind: "add"; x: RowValue; other: RowValue }
  /** Overwrites x, which no later step may read. */
  | {
      kind: "rotary";
      x: RowValue;
      cosines: Float32Array;
      sines: Float32Array;
      spec: RotarySpec;
    };

/**
 * Several steps in one call, to the bit what each alone gives; the functions of one number may round differently with
 * relaxed SIMD. Undefined if these kernels, or numbers such as infinity, need them one by one.
 */
export const runSteps: Primitive<
  [inputs: readonly Float32Array[], steps: readonly RowStep[], results: readonly RowValue[]],
  Float32Array[] | undefined
> = { name: "runSteps", reference: () => undefined, wasm };
