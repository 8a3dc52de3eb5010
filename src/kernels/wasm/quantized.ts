import { FOLD, type QuantizedCells, BLOCK as SHARED } from "../quantized";
import type { Arenas } from "./arenas";
import { emptyProduct, isOneBlock, multiplyBlocks, planOf, type Right, roomFor } from "./blocks";
import { integerPlan, multiplyIntegers, type Rounding, roomForIntegers } from "./integers";
import { align, type Region } from "./region";
import { dispatch } from "./threads";
import type { Workspace } from "./workspace";

/** From this number of rows on, weights are packed, because enough rows share the work. */
const MANY = 4;

/** A product in a region: `weight` is the address of the cells, `bias` that of the bias or 0. */
interface Way {
  bytes: number;
  compute: (region: Region, weight: number, bias: number) => Float32Array;
}

/** Products with quantized weights, which are read without a copy. */
export class QuantizedProducts {
  readonly #arenas: Arenas;
  readonly #workspace: Workspace;
  /** Whether this processor multiplies bytes in one instruction. */
  #narrow: boolean | undefined;

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
    const { rows: n, columns: k, cells, activations } = matrix;
    if (rows * n * k === 0) return emptyProduct(rows * n, n, bias);
    const home = this.#arenas.of(cells);
    const rounding = activations === "float32" ? undefined : this.#rounding(activations, home);
    const way =
      rounding === undefined
        ? byExpansion(x, matrix, rows)
        : rows < MANY && (activations !== 12 || matrix.format === "q8")
          ? byRows(x, matrix, rows)
          : byIntegers(x, matrix, rows, rounding);
    const bytes = way.bytes + align(4 * n);
    const compute = (region: Region, weight: number) => way.compute(region, weight, bias ? region.put(bias) : 0);
    const product =
      home && home.room >= bytes
        ? home.scratch(bytes, () => compute(home, cells.byteOffset))
        : this.#workspace.use(bytes + align(cells.length), (region) => compute(region, putCells(region, matrix)));
    return rounding ? this.#mend(product, x, matrix, rows, bias) : product;
  }

  /** What this processor multiplies faster, unless it is said. */
  #rounding(activations: 8 | 12 | undefined, home: Region | undefined): Rounding {
    this.#narrow ??= (home ? home.assembly.isNarrowFast!() : this.#workspace.ask("isNarrowFast")) !== 0;
    const narrow = this.#narrow && activations !== 12;
    // The narrow form has 7 bits; of the 16 of the wide one, a block's sums of 32 products leave room for all.
    return { wide: !narrow, levels: narrow ? 63 : activations === 8 ? 127 : 258 * 127 };
  }

  /** Replaces rows of NaN by products of the numbers as they are: infinity cannot be rounded. */
  #mend(
    product: Float32Array,
    x: Float32Array,
    matrix: QuantizedCells,
    rows: number,
    bias: Float32Array | undefined,
  ): Float32Array {
    const { rows: n, columns: k } = matrix;
    const broken = Array.from({ length: rows }, (_, row) => row).filter((row) => Number.isNaN(product[row * n]));
    if (broken.length === 0) return product;
    const left = new Float32Array(broken.length * k);
    broken.forEach((row, i) => {
      left.set(x.subarray(row * k, (row + 1) * k), i * k);
    });
    const mended = this.multiply(left, { ...matrix, activations: "float32" }, broken.length, bias);
    broken.forEach((row, i) => {
      product.set(mended.subarray(i * n, (i + 1) * n), row * n);
    });
    return product;
  }
}

const byRows = (x: Float32Array, matrix: QuantizedCells, rows: number): Way => ({
  bytes: roomForRows(matrix),
  compute: (region, weight, bias) => multiplyRows(region, x, matrix, weight, bias, rows),
});

const byExpansion = (x: Float32Array, matrix: QuantizedCells, rows: number): Way => ({
  bytes: roomFor(expansionOf(matrix, rows)),
  compute: (region, weight, bias) => multiplyExpanded(region, x, matrix, weight, bias, rows),
});

function byIntegers(x: Float32Array, matrix: QuantizedCells, rows: number, rounding: Rounding): Way {
  const plan = integerPlan(matrix, rows, rounding);
  return {
    bytes: roomForIntegers(matrix, plan),
    compute: (region, weight, bias) => multiplyIntegers(region, x, matrix, weight, bias, rows, plan),
  };
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
