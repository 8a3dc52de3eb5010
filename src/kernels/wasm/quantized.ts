import type { LayerFactor } from "../layers";
import { dequantizeRows, type QuantizedCells, type QuantizedFactor } from "../quantized";
import { Arenas, MEBIBYTE } from "./arenas";
import { relaxedQuantized, strictQuantized } from "./binaries";
import { emptyProduct } from "./blocks";
import { homeOf, type QuantizedLayers } from "./encoder-layer";
import { integerPlan, integerProducts, multiplyIntegers, type Rounding, roomForIntegers } from "./integers";
import { Products } from "./matmul";
import { compiled, compiler, type Flavor } from "./module";
import { LEAST_PACKED, PackedRows, planPacked } from "./packed-rows";
import { multiplyPlaced, roomForRow, takesRows } from "./placed-row";
import { align, type Region } from "./region";
import { multiplyTogether } from "./row-products";
import { Workspace } from "./workspace";

/** From this number of rows on, weights are packed, because enough rows share the work. */
const MANY = 4;

/** Numbers of a weight that are expanded to float32 at a time. */
const EXPANDED = 2 ** 20;

/** A product in a region. */
interface Way {
  bytes: number;
  /** @param weight the address of the cells */
  compute: (region: Region, weight: number) => Float32Array;
}

/** A binary of its own, which pages without quantized weights leave out. */
const compilers: Readonly<Record<Flavor, () => WebAssembly.Module>> = {
  strict: /* @__PURE__ */ compiler(strictQuantized),
  relaxed: /* @__PURE__ */ compiler(strictQuantized, relaxedQuantized),
};

/** The compiled kernels of quantized weights. */
export const compiledQuantized = (flavor: Flavor): WebAssembly.Module => compilers[flavor]();

/** Products with quantized weights, which are read without a copy. */
class QuantizedProducts {
  readonly #flavor: Flavor;
  readonly #arenas: Arenas;
  readonly #workspace: Workspace;
  readonly #products: Products;
  /** Whether these kernels multiply bytes, in one instruction. */
  #bytes: boolean | undefined;

  constructor(flavor: Flavor) {
    this.#flavor = flavor;
    this.#arenas = new Arenas(compilers[flavor], 512 * MEBIBYTE);
    this.#workspace = new Workspace(compilers[flavor]);
    const compile = () => compiled(flavor);
    this.#products = new Products(new Arenas(compile, MEBIBYTE), new Workspace(compile));
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
    if (activations === "float32") return this.#expanded(x, matrix, rows, bias);
    const home = this.#arenas.of(cells);
    const { bytes, compute } =
      rows < MANY && takesRows(matrix)
        ? byRows(x, matrix, rows, bias)
        : byIntegers(x, matrix, rows, bias, this.#rounding(matrix, home));
    const product =
      home && home.room >= bytes
        ? home.scratch(bytes, () => compute(home, cells.byteOffset))
        : this.#workspace.use(bytes + align(cells.length), (region) => compute(region, putCells(region, matrix)));
    return this.#mend(product, x, matrix, rows, bias);
  }

  /** x [rows, columns] by several matrices. */
  multiplyByEach(x: Float32Array, factors: readonly Factor[], rows: number): Float32Array[] {
    const products = rows === 1 ? this.#rowByEach(x, factors) : this.#packedByEach(x, factors, rows);
    return factors.map(({ weight, bias }, i) =>
      products ? this.#mend(products[i]!, x, weight, rows, bias) : this.multiply(x, weight, rows, bias),
    );
  }

  #rowByEach(x: Float32Array, factors: readonly Factor[]): Float32Array[] | undefined {
    const weights = factors.map(({ weight, bias }) => {
      const stored = takesRows(weight) ? weight.format : undefined;
      return { numbers: weight.cells, stored, rows: weight.rows, bias };
    });
    return multiplyTogether(this.#arenas, x, weights);
  }

  /** Rounds and packs x once. Undefined if the weights are elsewhere or of several kinds, or if there is no room. */
  #packedByEach(x: Float32Array, factors: readonly Factor[], rows: number): Float32Array[] | undefined {
    const layers = factors.map(({ weight, bias }) => ({ weight, rows: weight.rows, bias }));
    const { region, multiplier } = this.ofLayer(layers) ?? {};
    const isHere = region && factors.every(({ weight }) => weight.cells.buffer === region.memory.buffer);
    if (!multiplier || !isHere || rows < LEAST_PACKED || x.length === 0) return undefined;
    const k = x.length / rows;
    const plan = planPacked(multiplier, rows, [k]);
    const widest = factors.reduce((most, { weight }) => Math.max(most, weight.rows), 0);
    const biases = factors.reduce((sum, { bias }) => sum + align(bias?.byteLength ?? 0), 0);
    const bytes = align(4 * x.length) + plan.bytes + align(4 * rows * widest) + biases;
    if (region.room < bytes) return undefined;
    return region.scratch(bytes, () => {
      const at = region.put(x);
      const packed = new PackedRows(region, multiplier, plan);
      const to = region.take(4 * rows * widest);
      const placed = layers.map(({ weight, rows: n, bias }) => {
        return { weight, at: weight.cells.byteOffset, rows: n, bias: bias ? region.put(bias) : 0, to };
      });
      const products: Float32Array[] = [];
      packed.multiplyEach(at, rows, k, placed, ({ rows: n }) => {
        products.push(region.get(to, rows * n));
        return true;
      });
      return products;
    });
  }

  /** The products of a layer whose weights are all rounded alike. */
  ofLayer(factors: readonly LayerFactor<QuantizedCells>[]): ReturnType<QuantizedLayers> {
    const [{ weight: first }] = factors as readonly [LayerFactor<QuantizedCells>];
    const { activations, format } = first;
    const alike = factors.every(({ weight }) => weight.activations === activations && weight.format === format);
    const region = homeOf(factors, ({ weight }) => this.#arenas.of(weight.cells));
    if (!region || !alike || activations === "float32") return undefined;
    return { region, multiplier: integerProducts(region, this.#rounding(first, region)) };
  }

  /** What this processor multiplies faster, unless it is said. The strict kernels have words everywhere. */
  #rounding({ activations, format }: QuantizedCells, home: Region | undefined): Rounding {
    this.#bytes ??= (home ? home.assembly.multipliesBytes!() : this.#workspace.ask("multipliesBytes")) !== 0;
    if (this.#bytes && activations !== 12) return { levels: 63, numbers: "bytes" };
    if (this.#flavor === "relaxed" && format === "q4" && activations !== 12) return { levels: 127, numbers: "nibbles" };
    // A block's sums of 32 products leave room for all 16 bits.
    const levels = activations === 8 ? 127 : 258 * 127;
    return { levels, numbers: "words", module: this.#flavor === "strict" ? undefined : compilers.strict() };
  }

  /** Some columns at a time, by weights in float32. */
  #expanded(x: Float32Array, matrix: QuantizedCells, m: number, bias: Bias): Float32Array {
    const { rows: n, columns: k } = matrix;
    const result = new Float32Array(m * n);
    const width = Math.ceil(EXPANDED / k);
    for (let column = 0; column < n; column += width) {
      const ids = Int32Array.from({ length: Math.min(width, n - column) }, (_, i) => column + i);
      const spec = { m, k, n: ids.length, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
      const shift = bias?.subarray(column, column + ids.length);
      const part = this.#products.matmul(x, dequantizeRows(matrix, ids), spec, shift);
      for (let row = 0; row < m; row++)
        result.set(part.subarray(row * ids.length, (row + 1) * ids.length), row * n + column);
    }
    return result;
  }

  /** Replaces rows of NaN by products of the numbers as they are: infinity cannot be rounded. */
  #mend(product: Float32Array, x: Float32Array, matrix: QuantizedCells, rows: number, bias: Bias): Float32Array {
    const { rows: n, columns: k } = matrix;
    const broken = Array.from({ length: rows }, (_, row) => row).filter((row) => Number.isNaN(product[row * n]));
    if (broken.length === 0) return product;
    const left = new Float32Array(broken.length * k);
    broken.forEach((row, i) => {
      left.set(x.subarray(row * k, (row + 1) * k), i * k);
    });
    const mended = this.#expanded(left, matrix, broken.length, bias);
    broken.forEach((row, i) => {
      product.set(mended.subarray(i * n, (i + 1) * n), row * n);
    });
    return product;
  }
}

type Bias = Float32Array | undefined;
type Factor = QuantizedFactor<Float32Array, QuantizedCells>;

const byRows = (x: Float32Array, matrix: QuantizedCells, rows: number, bias: Bias): Way => ({
  bytes: roomForRow(matrix.columns, [matrix]),
  compute: (region, weight) => multiplyRows(region, x, matrix, weight, bias, rows),
});

function byIntegers(x: Float32Array, matrix: QuantizedCells, rows: number, bias: Bias, rounding: Rounding): Way {
  const plan = integerPlan(matrix, rows, rounding);
  return {
    bytes: roomForIntegers(matrix, plan) + align(4 * matrix.rows),
    compute: (region, weight) => multiplyIntegers(region, x, matrix, weight, bias ? region.put(bias) : 0, rows, plan),
  };
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
  bias: Bias,
  rows: number,
) {
  const factor = { at: weight, rows: n, bias };
  const each = (row: number) => multiplyPlaced(region, format, x.subarray(row * k, (row + 1) * k), [factor])[0]!;
  if (rows === 1) return each(0);
  const result = new Float32Array(rows * n);
  for (let i = 0; i < rows; i++) region.scratch(region.room, () => result.set(each(i), i * n));
  return result;
}

const all: Readonly<Record<Flavor, QuantizedProducts>> = {
  strict: /* @__PURE__ */ new QuantizedProducts("strict"),
  relaxed: /* @__PURE__ */ new QuantizedProducts("relaxed"),
};

export const keepQuantized = (flavor: Flavor, matrix: QuantizedCells): QuantizedCells => all[flavor].keep(matrix);

export const multiplyQuantized = (
  flavor: Flavor,
  x: Float32Array,
  matrix: QuantizedCells,
  rows: number,
  bias?: Float32Array,
): Float32Array => all[flavor].multiply(x, matrix, rows, bias);

export const multiplyQuantizedByEach = (
  flavor: Flavor,
  x: Float32Array,
  factors: readonly Factor[],
  rows = 1,
): Float32Array[] => all[flavor].multiplyByEach(x, factors, rows);

export const quantizedLayers: QuantizedLayers = (flavor, factors) => all[flavor].ofLayer(factors);
