import type { Buffer, MatmulSpec } from "../kernels";
import type { Arenas } from "./arenas";
import { multiplyBlocks, type Plan, planOf, roomFor } from "./blocks";
import { align, type Region } from "./region";
import type { Workspace } from "./workspace";

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

function multiply(
  region: Region,
  a: Buffer,
  b: Buffer,
  plan: Plan,
  bias: Buffer | undefined,
  output: Buffer,
  resident: boolean,
): void {
  const { m, k, n, transposeB, batchA, batchB } = plan;
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
    const block = (column: number) => right + 4 * column * (transposeB ? k : 1);
    region.scratch(() => multiplyBlocks(region, left, block, plan, biasAt, result));
  }
}
