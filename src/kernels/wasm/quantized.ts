import { FOLD, type QuantizedCells, BLOCK as SHARED } from "../quantized";
import type { Arenas } from "./arenas";
import { emptyProduct, isOneBlock, multiplyBlocks, planOf, type Right, roomFor } from "./blocks";
import { align, type Region } from "./region";
import { dispatch } from "./threads";
import type { Workspace } from "./workspace";

/** From this number of rows on, packing expands weights to float32, because enough rows share the work. */
const MANY = 4;

/** Products with quantized weights, which are read without a copy. */
export class QuantizedProducts {
  readonly #arenas: Arenas;
  readonly #workspace: Workspace;

  constructor(arenas: Arenas, workspace: Workspace) {
    this.#arenas = arenas;
    this.#workspace = workspace;
  }

  /** A copy of the matrix in an arena. */
  keep(matrix: QuantizedCells): QuantizedCells {
    const { length } = matrix.cells;
    const region = this.#arenas.withRoom(align(length));
    return { ...matrix, cells: new Uint8Array(region.memory.buffer, putCells(region, matrix), length) };
  }

  /** x [rows, columns] · matrixᵀ + bias */
  multiply(x: Float32Array, matrix: QuantizedCells, rows: number, bias?: Float32Array): Float32Array {
    const { rows: n, columns: k, cells } = matrix;
    if (rows * n * k === 0) return emptyProduct(rows * n, n, bias);
    const multiply = rows < MANY ? multiplyRows : multiplyExpanded;
    const bytes = (rows < MANY ? roomForRows(matrix) : roomFor(expansionOf(matrix, rows))) + align(4 * n);
    const compute = (region: Region, weight: number) =>
      multiply(region, x, matrix, weight, bias ? region.put(bias) : 0, rows);
    const home = this.#arenas.of(cells);
    if (home && home.room >= bytes) return home.scratch(bytes, () => compute(home, cells.byteOffset));
    return this.#workspace.use(bytes + align(cells.length), (region) => compute(region, putCells(region, matrix)));
  }
}

function putCells(region: Region, { cells }: QuantizedCells): number {
  const at = region.take(cells.length);
  new Uint8Array(region.memory.buffer).set(cells, at);
  return at;
}

const roomForRows = ({ rows: n, columns: k }: QuantizedCells): number => 7 * k + align(4 * n);

/** Row by row, with each row of x also quantized. */
function multiplyRows(
  region: Region,
  x: Float32Array,
  matrix: QuantizedCells,
  weight: number,
  bias: number,
  rows: number,
) {
  const { format, rows: n, columns: k } = matrix;
  const eight = format === "q8";
  const row = region.take(4 * k);
  const values = region.take(2 * k);
  const scales = region.take((8 * k) / SHARED);
  const y = region.take(4 * n);
  const result = new Float32Array(rows * n);
  for (let i = 0; i < rows; i++) {
    region.numbers.set(x.subarray(i * k, (i + 1) * k), row >>> 2);
    region.assembly[eight ? "quantizeForEight" : "quantizeForFour"]!(row, k, values, scales);
    // One instruction computes several 8-bit products: a row counts as less work.
    const work = { count: n, work: k / 4, multiple: FOLD };
    dispatch(region, eight ? "multiplyEight" : "multiplyFour", [weight, values, scales, y, bias, k], work);
    result.set(region.view(y, n), i * n);
  }
  return result;
}

const expansionOf = ({ rows: n, columns: k }: QuantizedCells, m: number) =>
  planOf({ m, k, n, transposeA: false, transposeB: true, batchA: [0], batchB: [0] });

/** By tiles, like a float32 product. */
function multiplyExpanded(
  region: Region,
  x: Float32Array,
  matrix: QuantizedCells,
  weight: number,
  bias: number,
  rows: number,
) {
  const plan = expansionOf(matrix, rows);
  const step = matrix.cells.length / Math.ceil(plan.n / FOLD);
  const right: Right = {
    kind: matrix.format,
    at: (column) => weight + (column / FOLD) * step,
    step,
  };
  return multiplyBlocks(region, x, right, plan, bias, isOneBlock(plan) ? undefined : new Float32Array(rows * plan.n));
}
