import { align, type Region } from "./region";
import { threadCount } from "./threads";

/** Blocks of rows are a multiple of this: tiles have three or four. */
const TILE_ROWS = 12;
/** Fewer rows are multiplied in other ways. */
export const LEAST_PACKED = 33;

/** Products of rows that are packed once for several weights. */
export interface Multiplier<Weight> {
  /** What the left side is packed for: the same for layers that can run together. */
  kind: string;
  packedBytes(rows: number, k: number): number;
  panelBytes(k: number): number;
  /** Packs x [rows, k]. */
  pack(x: number, rows: number, k: number, packed: number): void;
  multiply(packed: number, rows: number, k: number, factor: PlacedFactor<Weight>, panels: number, bytes: number): void;
  /** Whether x is rounded, so that a row with NaN or infinity has to be multiplied in another way. */
  rounds: boolean;
  /** The numbers or cells of a weight. */
  bytesOf(weight: Weight): Float32Array | Uint8Array;
}

/** A weight with its address and that of its bias, and where the product goes. */
export interface PlacedFactor<Weight> {
  weight: Weight;
  at: number;
  rows: number;
  bias: number;
  to: number;
}

/** Rows of each block where at most `fitting` fit. The blocks are of equal size, because each packs the weights again. */
export function rowsOfBlock(rows: number, fitting: number): number {
  const blocks = Math.ceil(rows / Math.max(TILE_ROWS, fitting));
  return Math.ceil(rows / blocks / TILE_ROWS) * TILE_ROWS;
}

/** The bytes of packed rows, of the panels of each thread, and of all. */
export interface PackedPlan {
  packed: number;
  panels: number;
  bytes: number;
}

/** @param depths the columns of the rows, of each kind of weight that they meet */
export function planPacked(
  multiplier: Pick<Multiplier<never>, "packedBytes" | "panelBytes">,
  rows: number,
  depths: readonly number[],
): PackedPlan {
  const packed = Math.max(...depths.map((k) => multiplier.packedBytes(rows, k)));
  const panels = multiplier.panelBytes(Math.max(...depths));
  return { packed, panels, bytes: align(packed) + align(threadCount() * panels) };
}

/** A place in a region where rows are packed and meet weights. */
export class PackedRows<Weight> {
  readonly #region: Region;
  readonly #multiplier: Multiplier<Weight>;
  readonly #packed: number;
  readonly #panels: number;
  readonly #panelBytes: number;

  constructor(region: Region, multiplier: Multiplier<Weight>, plan: PackedPlan) {
    this.#region = region;
    this.#multiplier = multiplier;
    this.#packed = region.take(plan.packed);
    this.#panels = region.take(threadCount() * plan.panels);
    this.#panelBytes = plan.panels;
  }

  /** Rows x [rows, k] by each weight; after each product, `each` says whether to go on. @returns whether it always did */
  multiplyEach(
    x: number,
    rows: number,
    k: number,
    factors: readonly PlacedFactor<Weight>[],
    each: (factor: PlacedFactor<Weight>) => boolean,
  ): boolean {
    this.#multiplier.pack(x, rows, k, this.#packed);
    return factors.every((factor) => {
      this.#multiplier.multiply(this.#packed, rows, k, factor, this.#panels, this.#panelBytes);
      return each(factor);
    });
  }

  /** Rows x [rows, k] by several weights. @returns false if a row cannot be rounded */
  multiply(x: number, rows: number, k: number, factors: readonly PlacedFactor<Weight>[]): boolean {
    const isRight = ({ to, rows: columns }: PlacedFactor<Weight>) =>
      !this.#multiplier.rounds || areNumbers(this.#region, to, rows, columns);
    return this.multiplyEach(x, rows, k, factors, isRight);
  }
}

/** Whether no row [columns] begins with NaN: one that cannot be rounded is NaN as a whole. */
function areNumbers({ numbers }: Region, at: number, rows: number, columns: number): boolean {
  for (let row = 0; row < rows; row++) if (Number.isNaN(numbers[at / 4 + row * columns]!)) return false;
  return true;
}
