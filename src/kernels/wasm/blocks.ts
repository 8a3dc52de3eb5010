import type { MatmulSpec } from "../kernels";
import { align, type Region } from "./region";
import { dispatch, threadCount } from "./threads";

/**
 * Bytes of a packed block of left rows: large, because the right side is repacked for each, and read sequentially, so
 * that it need not fit the L2 cache. Blocks of results are twice as large.
 */
const BLOCK = 2 ** 22;
/** The largest number of columns of a block of the result. */
const COLUMNS = 2 ** 16;
/** Tiles are 4 × 8 or 3 × 12: blocks start at a multiple of both. */
export const TILE_COLUMNS = 24;
const TILE_ROWS = 12;
/** With threads, results of more numbers are split into groups of columns: see `multiplyBlocks`. */
const WORTH_SPLITTING = 2 ** 18;
const GROUPS = 4;

/** A right side stored in the region. */
export interface Right {
  /** Whether lines are columns: of a weight [n, k]. */
  transposed: boolean;
  /** The address of a column. */
  at: (column: number) => number;
  /** Bytes from line to line: a row, or a column of a weight. */
  step: number;
}

/** How a product is split into blocks. */
export interface Plan extends MatmulSpec {
  rows: number;
  columns: number;
}

/** Blocks of rows and columns. */
export function planOf(spec: MatmulSpec): Plan {
  const whole = Math.min(spec.n, COLUMNS);
  const splits = threadCount() > 1 && spec.m * whole > WORTH_SPLITTING;
  const columns = splits ? Math.ceil(whole / GROUPS / TILE_COLUMNS) * TILE_COLUMNS : whole;
  const fitting = Math.floor(BLOCK / 4 / Math.max(spec.k, columns / 2));
  // Blocks of equal size: a last one of a few rows would repack the right side for little work.
  const blocks = Math.ceil(spec.m / Math.max(4, fitting));
  return { ...spec, columns, rows: Math.min(spec.m, Math.ceil(spec.m / blocks / TILE_ROWS) * TILE_ROWS) };
}

/** A product of empty matrices or of inner size 0: the bias in each row, if any. */
export const emptyProduct = (count: number, n: number, bias: Float32Array | undefined): Float32Array =>
  new Float32Array(count).map((_, i) => bias?.[i % n] ?? 0);

/** The bytes that the blocks take. */
export function roomFor(plan: Plan): number {
  const { rows, columns, k, n } = plan;
  const left = 2 * align(4 * k * (rows + 4));
  return left + blocksOf(plan) * align(4 * rows * columns) + align(4 * n) + threadCount() * panelBytes(k) + 64;
}

/** A block is copied out while threads compute the next one. */
const blocksOf = (plan: Plan): number => (threadCount() > 1 && !isOneBlock(plan) ? 2 : 1);

const panelBytes = (k: number): number => align(48 * k + 192);

/** Whether the result is one block, which is copied out as a whole. */
export const isOneBlock = ({ m, n, rows, columns }: Plan): boolean => rows >= m && columns >= n;

/**
 * One product, block by block of its rows and columns. The calling thread copies a block out, to memory that the system
 * may first have to clear, while others begin with the next one.
 * @param bias the address of the bias, or 0
 * @param result the destination; not needed for one block, which is copied out as a whole
 */
export function multiplyBlocks(
  region: Region,
  left: Float32Array,
  right: Right,
  plan: Plan,
  bias: number,
  result?: Float32Array,
): Float32Array {
  const { m, k, n, rows, columns, transposeA } = plan;
  const transposed = +right.transposed;
  const raw = region.take(4 * k * rows);
  const packed = region.take(4 * k * (rows + 4));
  const blocks = Array.from({ length: blocksOf(plan) }, () => region.take(4 * rows * columns));
  const scratchBytes = panelBytes(k);
  const scratch = region.take(threadCount() * scratchBytes);
  let copyLast: (() => void) | undefined;
  for (let row = 0, next = 0; row < m; row += rows) {
    const height = Math.min(rows, m - row);
    copyRows(region, left, plan, row, height, raw);
    packRows(region, raw, height, k, transposeA, packed);
    for (let column = 0; column < n; column += columns, next++) {
      const width = Math.min(columns, n - column);
      const shift = bias && bias + 4 * column;
      const block = blocks[next % blocks.length]!;
      const args = [packed, right.at(column), block, shift, height, k, right.step, transposed, 4 * width];
      const work = { count: width, work: height * k, multiple: TILE_COLUMNS, fine: true };
      dispatch(region, "multiply", args, { ...work, scratch, scratchBytes, meanwhile: copyLast });
      if (!result) return region.get(block, m * n);
      copyLast = () => copyOut(region, block, height, width, result.subarray(row * n + column), n);
      if (blocks.length === 1) {
        copyLast();
        copyLast = undefined;
      }
    }
  }
  copyLast?.();
  return result!;
}

/** Packs the left side: [height, k], or [k, height] if transposed, when threads would write over each other's numbers. */
export function packRows(region: Region, x: number, height: number, k: number, transposed: boolean, packed: number) {
  const args = [x, 4 * (transposed ? height : k), k, +transposed, packed, height];
  if (transposed) region.assembly.packLeft!(...args, 0, height);
  else dispatch(region, "packLeft", args, { count: height, work: k, multiple: TILE_ROWS });
}

/** Copies rows of the left side into the region: as [height, k], or [k, height] if transposed. */
function copyRows(
  region: Region,
  left: Float32Array,
  { m, k, transposeA }: Plan,
  row: number,
  height: number,
  at: number,
) {
  if (!transposeA) region.numbers.set(left.subarray(row * k, (row + height) * k), at >>> 2);
  else if (height === m) region.numbers.set(left, at >>> 2);
  else
    for (let p = 0; p < k; p++)
      region.numbers.set(left.subarray(p * m + row, p * m + row + height), (at >>> 2) + p * height);
}

export function copyOut(
  region: Region,
  at: number,
  height: number,
  width: number,
  to: Float32Array,
  step: number,
): void {
  if (width === step) to.set(region.view(at, height * width));
  else for (let i = 0; i < height; i++) to.set(region.view(at + 4 * i * width, width), i * step);
}
