import type { MatmulSpec, RowFactor } from "../kernels";
import type { Arenas } from "./arenas";
import { emptyProduct, isOneBlock, multiplyBlocks, type Plan, planOf, type Right, roomFor } from "./blocks";
import { multiplyPlaced, roomForRow } from "./placed-row";
import { align, type Region } from "./region";
import { multiplyTogether } from "./row-products";
import { dispatch } from "./threads";
import type { Workspace } from "./workspace";

/** Products. A right side in an arena is read without a copy; everything else is copied in, in blocks of rows. */
export class Products {
  readonly #arenas: Arenas;
  readonly #workspace: Workspace;

  constructor(arenas: Arenas, workspace: Workspace) {
    this.#arenas = arenas;
    this.#workspace = workspace;
  }

  matmul(a: Float32Array, b: Float32Array, spec: MatmulSpec, bias?: Float32Array): Float32Array {
    const { m, k, n, batchA } = spec;
    const count = batchA.length * m * n;
    if (k === 0 || count === 0) return emptyProduct(count, n, bias);
    const home = this.#arenas.of(b);
    const rows = m === 1 ? roomForRow(k, [{ rows: n }]) : 4 * (m * k + (m + 1) * n) + 48;
    if (home && isFew(spec) && home.room >= rows) return home.scratch(rows, () => multiplyRows(home, a, b, spec, bias));
    const plan = planOf(spec);
    const bytes = roomFor(plan);
    if (home && home.room >= bytes) return home.scratch(bytes, () => multiply(home, a, b, plan, bias, true));
    return this.#workspace.use(bytes + align(4 * k * n), (region) => multiply(region, a, b, plan, bias, false));
  }

  /** One row by several weights. */
  multiplyRow(x: Float32Array, factors: readonly RowFactor<Float32Array>[]): Float32Array[] {
    const weights = factors.map(
      ({ weight, rows, bias }) => ({ numbers: weight, stored: "float32", rows, bias }) as const,
    );
    const alone = ({ weight, rows, bias }: RowFactor<Float32Array>) =>
      this.matmul(x, weight, { ...oneRow, k: x.length, n: rows }, bias);
    return multiplyTogether(this.#arenas, x, weights) ?? factors.map(alone);
  }
}

/** What a row is multiplied by. */
const oneRow = { m: 1, batchA: [0], batchB: [0], transposeA: false, transposeB: true };

/** From this number of rows on, packing the weight costs less than it saves. */
const MANY = 33;

/** One row, as in each decoding step, or a few, as in a batch, with beams or in speculative decoding. */
const isFew = ({ m, k, transposeA, transposeB, batchA }: MatmulSpec): boolean =>
  transposeB && batchA.length === 1 && (m === 1 || (m < MANY && !transposeA && k % 4 === 0));

/** One row or a few by a weight in an arena. */
function multiplyRows(
  home: Region,
  a: Float32Array,
  b: Float32Array,
  spec: MatmulSpec,
  bias: Float32Array | undefined,
): Float32Array {
  const { m, k, n, batchA, batchB } = spec;
  const left = a.subarray(batchA[0]! * m * k, (batchA[0]! + 1) * m * k);
  const weight = b.byteOffset + 4 * batchB[0]! * k * n;
  if (m === 1) return multiplyPlaced(home, "float32", left, [{ at: weight, rows: n, bias }])[0]!;
  const x = home.put(left);
  const y = home.take(4 * m * n);
  const args = [weight, x, y, bias ? home.put(bias) : 0, k, m, n];
  dispatch(home, "multiplyFew", args, { count: n, work: m * k, multiple: 16 });
  return home.get(y, m * n);
}

function multiply(
  region: Region,
  a: Float32Array,
  b: Float32Array,
  plan: Plan,
  bias: Float32Array | undefined,
  resident: boolean,
): Float32Array {
  const { m, k, n, transposeB, batchA, batchB } = plan;
  const biasAt = bias ? region.put(bias) : 0;
  const rightAt = resident ? b.byteOffset : region.take(4 * k * n);
  const one = batchA.length === 1 && isOneBlock(plan);
  const output = new Float32Array(one ? 0 : batchA.length * m * n);
  let lying = -1;
  for (let batch = 0; batch < batchA.length; batch++) {
    const matrix = batchB[batch]!;
    if (!resident && matrix !== lying)
      region.numbers.set(b.subarray(matrix * k * n, (matrix + 1) * k * n), rightAt >>> 2);
    lying = matrix;
    const start = resident ? rightAt + 4 * matrix * k * n : rightAt;
    const left = a.subarray(batchA[batch]! * m * k, (batchA[batch]! + 1) * m * k);
    const result = one ? undefined : output.subarray(batch * m * n, (batch + 1) * m * n);
    const right: Right = {
      transposed: transposeB,
      at: (column) => start + 4 * column * (transposeB ? k : 1),
      step: 4 * (transposeB ? k : n),
    };
    const product = region.scratch(region.room, () => multiplyBlocks(region, left, right, plan, biasAt, result));
    if (one) return product;
  }
  return output;
}
