import type { Arenas } from "./arenas";
import { multiplyPlaced, roomForRow, type Stored } from "./placed-row";

/** A weight by which one row is multiplied together with others. */
export interface RowWeight {
  /** The numbers, or the cells. */
  numbers: Float32Array | Uint8Array;
  /** How they are stored; undefined for a quantized weight whose row is not to be rounded so far. */
  stored: Stored | undefined;
  rows: number;
  bias: Float32Array | undefined;
}

/** Products of one row and several weights; undefined unless one arena holds all of them and they are of the same kind. */
export function multiplyTogether(
  arenas: Arenas,
  x: Float32Array,
  weights: readonly RowWeight[],
): Float32Array[] | undefined {
  const { stored } = weights[0]!;
  const homes = weights.map((weight) =>
    weight.rows > 0 && stored && weight.stored === stored ? arenas.of(weight.numbers) : undefined,
  );
  const home = homes.every((one) => one === homes[0]) ? homes[0] : undefined;
  const bytes = roomForRow(x.length, weights);
  if (x.length === 0 || !stored || !home || home.room < bytes) return undefined;
  const placed = weights.map(({ numbers, rows, bias }) => ({ at: numbers.byteOffset, rows, bias }));
  return home.scratch(bytes, () => multiplyPlaced(home, stored, x, placed));
}
