import type { QuantizedCells } from "./quantized";
import type { RotarySpec, Unary } from "./specs";

/** Numbers of a row: their place among the inputs and, behind them, the results of the steps in their order. */
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
  | { kind: "rotary"; x: RowValue; spec: RotarySpec };

/** Steps that are run again and again. */
export interface RowProgram {
  /** The number of elements of each input. */
  sizes: readonly number[];
  /** How many cosines, and how many sines, follow the inputs for all rotations; 0 if there are none. */
  angles: number;
  steps: readonly RowStep[];
  results: readonly RowValue[];
}
