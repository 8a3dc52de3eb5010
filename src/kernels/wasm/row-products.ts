import type { RowFactor } from "../kernels";
import type { QuantizedCells } from "../quantized";
import type { Arenas } from "./arenas";
import type { Products } from "./matmul";
import { multiplyPlaced, roomForRow, type Stored } from "./placed-row";
import { type QuantizedProducts, takesRows } from "./quantized";
import type { Region } from "./region";

/** Products of one row and several weights. */
export class RowProducts {
  readonly #arenas: Arenas;
  readonly #products: Products;
  readonly #quantized: QuantizedProducts;

  constructor(arenas: Arenas, products: Products, quantized: QuantizedProducts) {
    this.#arenas = arenas;
    this.#products = products;
    this.#quantized = quantized;
  }

  multiply(x: Float32Array, factors: readonly RowFactor<Float32Array>[]): Float32Array[] {
    const placed = factors.map(({ weight, rows, bias }) => ({ at: numbersOf(weight).byteOffset, rows, bias }));
    const home = this.#homeOf(factors);
    const bytes = roomForRow(x.length, factors);
    if (x.length === 0 || !home || home.room < bytes) return factors.map((factor) => this.#alone(x, factor));
    const products = home.scratch(bytes, () => multiplyPlaced(home, storedAs(factors[0]!.weight)!, x, placed));
    return products.map((product, i) => {
      const { weight, bias } = factors[i]!;
      return weight instanceof Float32Array
        ? product
        : this.#quantized.mend(product, x, weight as QuantizedCells, 1, bias);
    });
  }

  /** The arena that holds all of them, if they are of the same kind. */
  #homeOf(factors: readonly RowFactor<Float32Array>[]): Region | undefined {
    const stored = factors[0] && storedAs(factors[0].weight);
    const homes = factors.map(({ weight, rows }) =>
      rows > 0 && stored && storedAs(weight) === stored ? this.#arenas.of(numbersOf(weight)) : undefined,
    );
    return homes.every((home) => home === homes[0]) ? homes[0] : undefined;
  }

  #alone(x: Float32Array, { weight, rows, bias }: RowFactor<Float32Array>): Float32Array {
    if (!(weight instanceof Float32Array)) return this.#quantized.multiply(x, weight as QuantizedCells, 1, bias);
    const one = { batchA: [0], batchB: [0], transposeA: false, transposeB: true };
    return this.#products.matmul(x, weight, { m: 1, k: x.length, n: rows, ...one }, bias);
  }
}

type Weight = RowFactor<Float32Array>["weight"];

/** How a weight is multiplied by one row; undefined for a quantized one whose row is not to be rounded so far. */
function storedAs(weight: Weight): Stored | undefined {
  if (weight instanceof Float32Array) return "float32";
  return takesRows(weight as QuantizedCells) ? weight.format : undefined;
}

const numbersOf = (weight: Weight): Float32Array | Uint8Array =>
  weight instanceof Float32Array ? weight : (weight as QuantizedCells).cells;
