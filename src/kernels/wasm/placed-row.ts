import { FOLD, type QuantizedCells, type QuantizedFormat, BLOCK as SHARED } from "../quantized";
import { align, type Region } from "./region";
import { dispatch } from "./threads";

/** How the numbers of a weight are stored. */
export type Stored = "float32" | QuantizedFormat;

/** The bits of each number, as kernels are told. */
export const bits: Readonly<Record<Stored, number>> = { float32: 32, q8: 8, q4: 4 };

/** Whether a few rows are multiplied one by one: what they are rounded to is as fine as asked for. */
export const takesRows = ({ activations, format }: QuantizedCells): boolean =>
  activations !== "float32" && (activations !== 12 || format === "q8");

/** A weight [rows, k] at an address. */
export interface PlacedFactor {
  at: number;
  rows: number;
  bias: Float32Array | undefined;
}

/** Bytes of what the kernel reads about a factor: its address, those of its result and its bias, and its rows. */
const FACTOR = 16;

/** The work of a product of k numbers: one instruction computes several 8-bit products, so that it counts as less. */
export const workOf = (stored: Stored, k: number): number => (stored === "float32" ? k : k / 4);

/** The bytes that `multiplyPlaced` takes. */
export function roomForRow(k: number, factors: readonly { readonly rows: number }[]): number {
  let bytes = 7 * k + 48;
  for (const { rows } of factors) bytes += FACTOR + 2 * align(4 * rows);
  return bytes;
}

/** One row by weights in a region, of the same kind. A row for quantized weights is quantized too, once for all. */
export function multiplyPlaced(
  region: Region,
  stored: Stored,
  x: Float32Array,
  factors: readonly PlacedFactor[],
): Float32Array[] {
  const k = x.length;
  const row = region.put(x);
  const vector = stored === "float32" ? row : region.take(2 * k);
  const scales = stored === "float32" ? 0 : region.take((8 * k) / SHARED);
  if (stored === "q8") region.assembly.quantizeForEight!(row, k, vector, scales);
  else if (stored === "q4") region.assembly.quantizeForFour!(row, k, vector, scales);
  const list = region.take(FACTOR * factors.length);
  let count = 0;
  for (const [i, { at, rows, bias }] of factors.entries()) {
    const place = list / 4 + 4 * i;
    region.integers[place] = at;
    region.integers[place + 1] = region.take(4 * rows);
    region.integers[place + 2] = bias ? region.put(bias) : 0;
    region.integers[place + 3] = rows;
    count += Math.ceil(rows / FOLD) * FOLD;
  }
  const work = { count, work: workOf(stored, k), multiple: FOLD };
  if (stored === "float32") dispatch(region, "multiplyRow", [list, factors.length, vector, k], work);
  else dispatch(region, "multiplyQuantizedRow", [bits[stored], list, factors.length, vector, scales, k], work);
  return factors.map(({ rows }, i) => region.get(region.integers[list / 4 + 4 * i + 1]!, rows));
}
