import { BLOCK, type QuantizedCells, type QuantizedFormat } from "../quantized";
import { copyOut } from "./blocks";
import type { Multiplier } from "./packed-rows";
import { align, type Place, type Region } from "./region";
import { dispatch, threadCount } from "./threads";

/** Bytes of the left side that are copied in at a time, of the packed rows, and of a block of the result. */
const COPIED = 2 ** 20;
const PACKED = 2 ** 22;
const RESULT = 13 * 2 ** 20;
/** Rows of a tile, and columns of two. */
const ROWS = 4;
const COLUMNS = 16;

/** How the left side is rounded. */
export interface Rounding {
  /** The greatest whole number. */
  levels: number;
  /** What is multiplied, see assembly/products/eight.ts: 16 bits in the strict kernels, else bytes, or nibbles of 4-bit weights. */
  numbers: "words" | "bytes" | "nibbles";
  /** The kernels that compute, if not the region's own. */
  module?: WebAssembly.Module | undefined;
}

/** How a product is split. */
export interface IntegerPlan extends Rounding {
  /** Rows that are copied in at a time, and rows and columns of a block of the result. */
  copied: number;
  rows: number;
  columns: number;
}

const upTo = (multiple: number, count: number): number => Math.max(1, Math.ceil(count / multiple)) * multiple;
const downTo = (multiple: number, count: number): number => Math.max(1, Math.floor(count / multiple)) * multiple;

/** Bytes of four packed rows and of two packed panels. */
const packedBytes = (k: number, { numbers }: Rounding): number =>
  (k / BLOCK) * { words: 272, bytes: 144, nibbles: 160 }[numbers];
const panelBytes = (k: number): number => align(34 * k + 192);

/** Blocks of rows of equal size, so that few pack the weight again. */
export function integerPlan({ rows: n, columns: k }: QuantizedCells, m: number, rounding: Rounding): IntegerPlan {
  const fitting = downTo(ROWS, (ROWS * PACKED) / packedBytes(k, rounding));
  const rows = upTo(ROWS, m / Math.ceil(m / fitting));
  const columns = Math.min(upTo(COLUMNS, n), downTo(COLUMNS, RESULT / 4 / rows));
  return { ...rounding, rows, columns, copied: Math.min(rows, downTo(ROWS, COPIED / 4 / k)) };
}

/** The bytes that a product takes, without its bias. */
export function roomForIntegers({ columns: k }: QuantizedCells, plan: IntegerPlan): number {
  const left = align(4 * k * plan.copied) + align((plan.rows / ROWS) * packedBytes(k, plan));
  return left + align(4 * plan.rows * plan.columns) + threadCount() * panelBytes(k);
}

/**
 * x [m, columns] · matrixᵀ + bias, with x rounded to whole numbers in blocks of 32. A row with NaN or infinity becomes NaN.
 * @param cells the address of the matrix's cells
 * @param bias the address of the bias, or 0
 */
export function multiplyIntegers(
  region: Region,
  x: Float32Array,
  matrix: QuantizedCells,
  cells: number,
  bias: number,
  m: number,
  plan: IntegerPlan,
): Float32Array {
  const { format, rows: n, columns: k } = matrix;
  const { rows, columns, module } = plan;
  const place = module ? region.with(module) : region;
  const copied = region.take(4 * k * plan.copied);
  const packed = region.take((rows / ROWS) * packedBytes(k, plan));
  const block = region.take(4 * rows * columns);
  const panel = region.take(threadCount() * panelBytes(k));
  const step = (k / BLOCK) * (format === "q8" ? 144 : 80);
  const one = rows >= m && columns >= n;
  const result = new Float32Array(one ? 0 : m * n);
  for (let row = 0; row < m; row += rows) {
    const height = Math.min(rows, m - row);
    packRows(region, place, x.subarray(row * k, (row + height) * k), k, copied, packed, plan);
    for (let column = 0; column < n; column += columns) {
      const width = Math.min(columns, n - column);
      const args = [packed, cells + (column / 4) * step, block, bias && bias + 4 * column, height, k];
      const work = workOf(width, height, k, plan);
      const scratch = { scratch: panel, scratchBytes: panelBytes(k) };
      dispatch(place, "multiplyMany", [...args, ...kindOf(format, plan), 4 * width], { ...work, ...scratch });
      if (one) return region.get(block, m * n);
      copyOut(region, block, height, width, result.subarray(row * n + column), n);
    }
  }
  return result;
}

/** Copies rows in, some at a time, while they are in the cache, and packs them. */
function packRows(
  region: Region,
  place: Place,
  x: Float32Array,
  k: number,
  at: number,
  packed: number,
  plan: IntegerPlan,
): void {
  const { copied, levels } = plan;
  for (let from = 0; from < x.length; from += copied * k) {
    const part = x.subarray(from, from + copied * k);
    region.numbers.set(part, at >>> 2);
    const to = packed + (from / k / ROWS) * packedBytes(k, plan);
    packEight(place, at, part.length / k, k, levels, to);
  }
}

const packEight = (place: Place, x: number, rows: number, k: number, levels: number, to: number): void =>
  dispatch(place, "packEight", [x, k, levels, to], { count: rows, work: k / 2, multiple: ROWS });

/** One instruction computes several products. */
const workOf = (count: number, rows: number, k: number, { numbers }: Rounding) => ({
  ...{ count, work: (rows * k) / (numbers === "words" ? 2 : 4), multiple: COLUMNS, fine: true },
});

/** What tells `multiplyMany` how both sides are packed. */
const kindOf = (format: QuantizedFormat, { numbers }: Rounding) => [+(format === "q8"), +(numbers === "nibbles")];

/** Products for a layer whose values lie in the region. */
export function integerProducts(region: Region, rounding: Rounding): Multiplier<QuantizedCells> {
  const { levels, module } = rounding;
  const place = module ? region.with(module) : region;
  return {
    kind: `${rounding.numbers} up to ${levels}`,
    packedBytes: (rows, k) => Math.ceil(rows / ROWS) * packedBytes(k, rounding),
    panelBytes,
    pack: (x, rows, k, packed) => packEight(place, x, rows, k, levels, packed),
    multiply(packed, rows, k, { weight, at, rows: n, bias, to }, scratch, scratchBytes) {
      const args = [packed, at, to, bias, rows, k, ...kindOf(weight.format, rounding), 4 * n];
      dispatch(place, "multiplyMany", args, { ...workOf(n, rows, k, rounding), scratch, scratchBytes });
    },
    rounds: true,
    bytesOf: ({ cells }) => cells,
  };
}
