import type { Buffer, MatmulSpec } from "../kernels";
import type { Arenas } from "./arenas";
import { align, type Region } from "./region";
import { dispatch, threadCount } from "./threads";
import type { Workspace } from "./workspace";

/** Rows of the left side are packed by blocks that the second cache holds, and results leave by blocks as large. */
const BLOCK = 2 ** 20;
/** Columns of a block of the result, at most. */
const COLUMNS = 2 ** 16;
/** What a tile at the edge of the result is computed in. */
const TILE = 128;

/** How a product is cut to blocks. */
interface Plan extends MatmulSpec {
  rows: number;
  columns: number;
}

/** Products with a right side that lies in an arena read it there; everything else is copied in, by blocks of rows. */
export class Products {
  readonly #arenas: Arenas;
  readonly #workspace: Workspace;

  constructor(arenas: Arenas, workspace: Workspace) {
    this.#arenas = arenas;
    this.#workspace = workspace;
  }

  matmul(a: Buffer, b: Buffer, spec: MatmulSpec, bias?: Buffer): Buffer {
    const { m, k, n, batchA } = spec;
    const output = new Float32Array(batchA.length * m * n);
    if (output.length === 0) return output;
    if (k === 0) return bias ? output.map((_, i) => bias[i % n]!) : output;
    const plan = planOf(spec);
    const bytes = roomFor(plan);
    const home = this.#arenas.of(b);
    if (home && home.room >= bytes) home.scratch(() => multiply(home, a, b, plan, bias, output, true));
    else this.#workspace.use(bytes + align(4 * k * n), (region) => multiply(region, a, b, plan, bias, output, false));
    return output;
  }
}

function planOf(spec: MatmulSpec): Plan {
  const columns = Math.min(spec.n, COLUMNS);
  const fitting = Math.floor(BLOCK / 4 / Math.max(spec.k, columns / 4));
  // Blocks of equal size: a last one of a few rows would pack the right side for little.
  const blocks = Math.ceil(spec.m / Math.max(4, fitting));
  return { ...spec, columns, rows: Math.min(spec.m, align(Math.ceil(spec.m / blocks))) };
}

function roomFor({ rows, columns, k, n }: Plan): number {
  const left = 2 * align(4 * k * (rows + 4));
  return left + align(4 * rows * columns) + align(4 * n) + threadCount() * panelBytes(k) + 64;
}

const panelBytes = (k: number): number => align(32 * k + TILE);

function multiply(
  region: Region,
  a: Buffer,
  b: Buffer,
  plan: Plan,
  bias: Buffer | undefined,
  output: Buffer,
  resident: boolean,
): void {
  const { m, k, n, batchA, batchB } = plan;
  const biasAt = bias ? region.put(bias) : 0;
  const rightAt = resident ? b.byteOffset : region.take(4 * k * n);
  let lying = -1;
  for (let batch = 0; batch < batchA.length; batch++) {
    const matrix = batchB[batch]!;
    if (!resident && matrix !== lying)
      region.numbers.set(b.subarray(matrix * k * n, (matrix + 1) * k * n), rightAt >>> 2);
    lying = matrix;
    const right = resident ? rightAt + 4 * matrix * k * n : rightAt;
    const left = a.subarray(batchA[batch]! * m * k, (batchA[batch]! + 1) * m * k);
    const result = output.subarray(batch * m * n, (batch + 1) * m * n);
    region.scratch(() => blocks(region, left, right, plan, biasAt, result));
  }
}

/** One product, block by block of its rows and columns. */
function blocks(region: Region, left: Buffer, right: number, plan: Plan, bias: number, result: Buffer): void {
  const { m, k, n, rows, columns, transposeB } = plan;
  const vector = m === 1 && transposeB;
  const raw = region.take(4 * k * rows);
  const packed = vector ? raw : region.take(4 * k * (rows + 4));
  const block = region.take(4 * rows * columns);
  const panel = region.take(threadCount() * panelBytes(k));
  for (let row = 0; row < m; row += rows) {
    const height = Math.min(rows, m - row);
    copyRows(region, left, plan, row, height, raw);
    if (!vector)
      region.assembly.packLeft!(raw, height, 4 * (plan.transposeA ? height : k), k, +plan.transposeA, packed);
    for (let column = 0; column < n; column += columns) {
      const width = Math.min(columns, n - column);
      const start = right + 4 * column * (transposeB ? k : 1);
      const shift = bias && bias + 4 * column;
      if (vector)
        dispatch(region, "multiplyVector", [start, raw, block, shift, k], { count: width, work: k, multiple: 4 });
      else
        dispatch(
          region,
          "multiply",
          [packed, start, block, shift, height, k, 4 * (transposeB ? k : n), +transposeB, 4 * width],
          { count: width, work: height * k, multiple: 8, scratch: panel, scratchBytes: panelBytes(k) },
        );
      copyOut(region, block, height, width, result.subarray(row * n + column), n);
    }
  }
}

/** Rows of the left side into the region: as [height, k], or [k, height] where it lies transposed. */
function copyRows(region: Region, left: Buffer, { m, k, transposeA }: Plan, row: number, height: number, at: number) {
  if (!transposeA) region.numbers.set(left.subarray(row * k, (row + height) * k), at >>> 2);
  else if (height === m) region.numbers.set(left, at >>> 2);
  else
    for (let p = 0; p < k; p++)
      region.numbers.set(left.subarray(p * m + row, p * m + row + height), (at >>> 2) + p * height);
}

function copyOut(region: Region, at: number, height: number, width: number, to: Buffer, step: number): void {
  const from = at >>> 2;
  if (width === step) to.set(region.numbers.subarray(from, from + height * width));
  else
    for (let i = 0; i < height; i++)
      to.set(region.numbers.subarray(from + i * width, from + (i + 1) * width), i * step);
}
