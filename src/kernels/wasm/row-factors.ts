import type { RowStep, StepFactor } from "../row-program";
import { regionOf } from "./arenas";
import { type Stored, takesRows } from "./placed-row";
import { align, type Region } from "./region";

/** The functions that steps have; see assembly/decoding/steps.ts. */
const functions: readonly string[] = ["relu", "gelu", "geluTanh", "silu", "sigmoid"];

/** Whether these kernels have a step, with all of its weights where they find them. */
export const canRun = (step: RowStep): boolean =>
  step.kind === "unary"
    ? functions.includes(step.name)
    : step.kind !== "products" || step.factors.every((factor) => storedAs(factor) && homeOf(factor));

/** The memory of a weight, if it is the kernels' own. */
export const homeOf = (factor: StepFactor): Region | undefined => regionOf(numbersOf(factor));

/** How a weight is multiplied by one row; undefined for a quantized one whose row is not to be rounded so far. */
export function storedAs({ weight }: StepFactor): Stored | undefined {
  if (weight instanceof Float32Array) return "float32";
  return takesRows(weight) ? weight.format : undefined;
}

/** The numbers of a weight, or its cells. */
export const numbersOf = ({ weight }: StepFactor): Float32Array | Uint8Array =>
  weight instanceof Float32Array ? weight : weight.cells;

/** Rows of a weight at an address, with the addresses of their results and biases. */
export interface PlacedRows {
  readonly weight: number;
  readonly y: number;
  readonly bias: number;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Adds rows to those before them if all of theirs lies behind those: one long product reads memory faster than two.
 * Results do so only behind a multiple of four rows, since their places are aligned.
 */
export function addRows(all: PlacedRows[], next: PlacedRows): void {
  const last = all.at(-1);
  const continues = (at: number, before: number, bytes: number) => at === before + (before && bytes);
  const isNext =
    last !== undefined &&
    continues(next.weight, last.weight, last.bytes) &&
    continues(next.y, last.y, 4 * last.rows) &&
    continues(next.bias, last.bias, 4 * last.rows);
  if (isNext) all[all.length - 1] = { ...last, rows: last.rows + next.rows, bytes: last.bytes + next.bytes };
  else all.push(next);
}

/** More bytes than a product of some factors takes in an area. */
export const roomForProducts = (factors: readonly StepFactor[], size: number): number =>
  factors.reduce((sum, { rows }) => sum + 3 * size + 64 + align(4 * rows), 0);
