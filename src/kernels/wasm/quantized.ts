import { FOLD, type QuantizedCells } from "../quantized";
import type { Arenas } from "./arenas";
import { emptyProduct, isOneBlock, multiplyBlocks, planOf, type Right, roomFor } from "./blocks";
import { multiplyPlaced, roomForRow } from "./placed-row";
import { align, type Region } from "./region";
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
    const bytes = (rows < MANY ? roomForRow(k, [{ rows: n }]) : roomFor(expansionOf(matrix, rows))) + align(4 * n);
    const compute = (region: Region, weight: number) =>
      rows < MANY
        ? multiplyRows(region, x, matrix, weight, bias, rows)
        : multiplyExpanded(region, x, matrix, weight, bias ? region.put(bias) : 0, rows);
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

/** Row by row, with each row of x also quantized. */
function multiplyRows(
  region: Region,
  x: Float32Array,
  { format, rows: n, columns: k }: QuantizedCells,
  weight: number,
  bias: Float32Array | undefined,
  rows: number,
) {
  const factor = { at: weight, rows: n, bias };
  const each = (row: number) => multiplyPlaced(region, format, x.subarray(row * k, (row + 1) * k), [factor])[0]!;
  if (rows === 1) return each(0);
  const result = new Float32Array(rows * n);
  for (let i = 0; i < rows; i++) region.scratch(region.room, () => result.set(each(i), i * n));
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
