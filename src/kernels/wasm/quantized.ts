import type { Buffer } from "../kernels";
import { type Quantized, BLOCK as SHARED } from "../quantized";
import type { Arenas } from "./arenas";
import { emptyProduct, isOneBlock, multiplyBlocks, planOf, roomFor, TILE_COLUMNS } from "./blocks";
import { align, type Region } from "./region";
import { dispatch } from "./threads";
import type { Workspace } from "./workspace";

/** From so many rows on, a block of weights that is expanded to float32 once serves enough of them. */
const MANY = 4;

/** Columns that are expanded together have so many numbers, which the second cache holds until they are packed. */
const EXPANDED = 2 ** 18;

/** Where the parts of a matrix lie in a region. */
interface Place {
  values: number;
  scales: number;
}

/** Products with matrices of few bits a number, which are read where they lie. */
export class QuantizedProducts {
  readonly #arenas: Arenas;
  readonly #workspace: Workspace;

  constructor(arenas: Arenas, workspace: Workspace) {
    this.#arenas = arenas;
    this.#workspace = workspace;
  }

  /** A copy of the matrix in an arena. */
  keep(matrix: Quantized): Quantized {
    const bytes = align(matrix.values.byteLength) + align(matrix.scales.byteLength);
    const region = this.#arenas.withRoom(bytes);
    const { values, scales } = put(region, matrix);
    return {
      ...matrix,
      values: new Uint8Array(region.memory.buffer, values, matrix.values.length),
      scales: new Float32Array(region.memory.buffer, scales, matrix.scales.length),
    };
  }

  /** x [rows, columns] · matrixᵀ + bias */
  multiply(x: Buffer, matrix: Quantized, rows: number, bias?: Buffer): Buffer {
    const { rows: n, columns: k, values, scales } = matrix;
    if (rows * n * k === 0) return emptyProduct(rows * n, n, bias);
    const multiply = rows < MANY ? multiplyRows : multiplyExpanded;
    const bytes = (rows < MANY ? roomForRows : roomForExpanded)(matrix, rows) + align(4 * n);
    const compute = (region: Region, place: Place) =>
      multiply(region, x, matrix, place, bias ? region.put(bias) : 0, rows);
    const home = this.#arenas.of(values);
    if (home && home.room >= bytes)
      return home.scratch(bytes, () => compute(home, { values: values.byteOffset, scales: scales.byteOffset }));
    const copies = align(values.byteLength) + align(scales.byteLength);
    return this.#workspace.use(bytes + copies, (region) => compute(region, put(region, matrix)));
  }
}

function put(region: Region, matrix: Quantized): Place {
  const values = region.take(matrix.values.byteLength);
  new Uint8Array(region.memory.buffer).set(matrix.values, values);
  return { values, scales: region.put(matrix.scales) };
}

const roomForRows = ({ rows: n, columns: k }: Quantized, rows: number): number => 7 * k + align(4 * rows * n);

/** Row by row, each quantized as well. */
function multiplyRows(region: Region, x: Buffer, matrix: Quantized, place: Place, bias: number, rows: number): Buffer {
  const { format, rows: n, columns: k } = matrix;
  const eight = format === "q8";
  const wide = eight || region.assembly.isFourWide!();
  const row = region.take(4 * k);
  const values = region.take(2 * k);
  const scales = region.take((8 * k) / SHARED);
  const result = region.take(4 * rows * n);
  for (let i = 0; i < rows; i++) {
    region.numbers.set(x.subarray(i * k, (i + 1) * k), row >>> 2);
    region.assembly.quantizeVector!(row, k, +wide, values, scales);
    const args = [place.values, place.scales, values, scales, result + 4 * i * n, bias, k];
    // 8-bit products are several to an instruction: a row of them counts as less work.
    dispatch(region, eight ? "multiplyEight" : "multiplyFour", args, { count: n, work: k / 4, multiple: 4 });
  }
  return region.get(result, rows * n);
}

/** How many columns of the matrix are expanded together, and the blocks of their product. */
function expansionOf({ rows: n, columns: k }: Quantized, m: number) {
  const width = Math.min(n, Math.max(1, Math.floor(EXPANDED / k / TILE_COLUMNS)) * TILE_COLUMNS);
  return planOf({ m, k, n, transposeA: false, transposeB: true, batchA: [0], batchB: [0] }, width);
}

const roomForExpanded = (matrix: Quantized, rows: number): number => {
  const plan = expansionOf(matrix, rows);
  return roomFor(plan) + align(4 * plan.k * plan.columns);
};

/** By blocks of columns, each of which becomes float32 first. */
function multiplyExpanded(region: Region, x: Buffer, matrix: Quantized, place: Place, bias: number, rows: number) {
  const plan = expansionOf(matrix, rows);
  const expanded = region.take(4 * plan.k * plan.columns);
  const expand = region.assembly[matrix.format === "q8" ? "expandEight" : "expandFour"]!;
  const right = (column: number, count: number) => {
    expand(place.values, place.scales, expanded, plan.k, column, column + count);
    return expanded;
  };
  const result = isOneBlock(plan) ? undefined : new Float32Array(rows * plan.n);
  return multiplyBlocks(region, x, right, plan, bias, result);
}
