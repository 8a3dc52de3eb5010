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
  /** How many cosines, and how many sines, all rotations have; 0 if there are none. */
  angles: number;
  steps: readonly RowStep[];
  results: readonly RowValue[];
}

/** Attention of one row over the positions that are kept. Its own key and value are appended before it. */
export interface RowAttention {
  heads: number;
  keyValueHeads: number;
  headDim: number;
  scale: number;
  window: number | undefined;
  softcap: number | undefined;
}

/**
 * Programs with attention between them. Each but the last gives four results: what goes on, a query, a key and a value.
 * Each but the first has two inputs: what goes on, and the result of attention.
 */
export interface RowChain {
  programs: readonly RowProgram[];
  attention: readonly RowAttention[];
  /** For each program, which of the angles that a run is given turn it. */
  turns: readonly number[];
}

/** Cosines and sines. */
export interface Angles {
  across: Float32Array;
  up: Float32Array;
}

/** Keys and values, [room, keyValueHeads, headDim]: the first `keys` positions are in use, and there is room for one more. */
export interface HeldRows {
  k: Float32Array;
  v: Float32Array;
  keys: number;
}

/** What attention reads, by its place in a chain. */
export interface RowCache {
  /** Undefined if a key and a value cannot be written behind those in use. */
  held(place: number): HeldRows | undefined;
  /** Told when a key and a value are written there. */
  wrote(place: number): void;
}

/** How far a chain was computed. */
export interface RowState {
  /** The next program; the number of programs after the last. */
  at: number;
  /** Its inputs; the results of the last program after that. */
  values: readonly Float32Array[];
}
