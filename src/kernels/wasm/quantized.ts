import type { Buffer } from "../kernels";
import { type Quantized, BLOCK as SHARED } from "../quantized";
import type { Arenas } from "./arenas";
import { multiplyBlocks, planOf, roomFor, TILE_COLUMNS } from "./blocks";
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
    const output = new Float32Array(rows * n);
    if (output.length === 0) return output;
    const width = Math.min(n, Math.max(1, Math.floor(EXPANDED / k / TILE_COLUMNS)) * TILE_COLUMNS);
    const single = { m: rows, k, n, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
    const plan = planOf(single, width);
    const bytes = roomFor(plan) + 4 * k * width + 4 * n;
    const compute = (region: Region, place: Place) => {
      const biasAt = bias ? region.put(bias) : 0;
      if (rows < MANY) return multiplyRows(region, x, matrix, place, biasAt, output);
      const expanded = region.take(4 * k * width);
      const expand = region.assembly[matrix.format === "q8" ? "expandEight" : "expandFour"]!;
      const right = (column: number, count: number) => {
        expand(place.values, place.scales, expanded, k, column, column + count);
        return expanded;
      };
      multiplyBlocks(region, x, right, plan, biasAt, output);
    };
    const home = this.#arenas.of(values);
    if (home && home.room >= bytes)
      home.scratch(() => compute(home, { values: values.byteOffset, scales: scales.byteOffset }));
    else
      this.#workspace.use(bytes + align(values.byteLength) + align(scales.byteLength), (region) =>
        compute(region, put(region, matrix)),
      );
    return output;
  }
}

function put(region: Region, matrix: Quantized): Place {
  const values = region.take(matrix.values.byteLength);
  new Uint8Array(region.memory.buffer).set(matrix.values, values);
  return { values, scales: region.put(matrix.scales) };
}

/** Row by row, each quantized as well. */
function multiplyRows(region: Region, x: Buffer, matrix: Quantized, place: Place, bias: number, output: Buffer): void {
  const { format, rows: n, columns: k } = matrix;
  const values = region.take(k);
  const scales = region.take((4 * k) / SHARED);
  const sums = region.take((4 * k) / SHARED);
  const result = region.take(4 * n);
  for (let row = 0; row * k < x.length; row++) {
    const at = region.put(x.subarray(row * k, (row + 1) * k));
    region.assembly.quantizeVector!(at, k, values, scales, sums);
    const name = format === "q8" ? "multiplyEight" : "multiplyFour";
    const vector = format === "q8" ? [values, scales] : [values, scales, sums];
    // 8-bit products are several to an instruction: a row of them counts as less work.
    const work = { count: n, work: k / 4, multiple: 4 };
    dispatch(region, name, [place.values, place.scales, ...vector, result, bias, k], work);
    output.set(region.view(result, n), row * n);
  }
}
