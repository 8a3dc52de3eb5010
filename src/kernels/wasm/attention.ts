import type { AttentionSpec, Buffer } from "../kernels";
import { ATTENTION_SPEC_BYTES, writeAttentionSpec } from "./attention-call";
import { align, type Region } from "./region";
import { dispatch, threadCount } from "./threads";
import type { Workspace } from "./workspace";

/** Attention tile by tile: never more than a tile of weights is there. */
export class Attentions {
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  attention(q: Buffer, k: Buffer, v: Buffer, spec: AttentionSpec) {
    const rows = spec.batch * spec.queries * spec.heads;
    const count = rows * spec.valueDim;
    return this.#use(q, k, v, spec, align(4 * count) + align(4 * rows), (region, sizes, operands) => {
      const output = region.take(4 * count);
      const logSumExp = region.take(4 * rows);
      const units = region.assembly.attentionUnits!(sizes);
      const work = (rows / Math.max(1, units)) * spec.keys * (spec.headDim + spec.valueDim);
      share(region, "attention", [...operands, output, logSumExp, sizes], spec, units, work);
      return { output: region.get(output, count), logSumExp: region.get(logSumExp, rows) };
    });
  }

  attentionGradient(
    q: Buffer,
    k: Buffer,
    v: Buffer,
    spec: AttentionSpec,
    saved: { output: Buffer; logSumExp: Buffer },
    gradient: Buffer,
  ) {
    const given = [saved.output, saved.logSumExp, gradient];
    const bytes = [...given, q, k, v].reduce((total, operand) => total + align(operand.byteLength), 0);
    return this.#use(q, k, v, spec, bytes, (region, sizes, operands) => {
      const addresses = given.map((operand) => region.put(operand));
      const results = [q, k, v].map((operand) => region.take(operand.byteLength));
      const units = region.assembly.attentionGradientUnits!(sizes);
      const work = (spec.queries * spec.keys * spec.heads * (spec.headDim + spec.valueDim) * 2) / spec.keyValueHeads;
      share(region, "attentionGradient", [...operands, ...addresses, ...results, sizes], spec, units, work);
      const [qAt, kAt, vAt] = results as [number, number, number];
      return { q: region.get(qAt, q.length), k: region.get(kAt, k.length), v: region.get(vAt, v.length) };
    });
  }

  /** Copies the operands and sizes in. What is a cache is copied as far as its keys count, where one row holds it. */
  #use<Result>(
    q: Buffer,
    k: Buffer,
    v: Buffer,
    spec: AttentionSpec,
    results: number,
    compute: (region: Region, sizes: number, operands: readonly number[]) => Result,
  ): Result {
    const held = spec.batch === 1 ? spec.keys / spec.capacity : 1;
    const operands = [q, part(k, held), part(v, held), spec.mask?.values];
    const scratch = threadCount() * (scratchRoom(spec) + 64);
    return this.#workspace.useWith(operands, results + scratch + 256, (region, addresses) => {
      const sizes = region.take(ATTENTION_SPEC_BYTES);
      writeAttentionSpec(region.memory.buffer, sizes, spec);
      return compute(region, sizes, addresses);
    });
  }
}

const part = (x: Buffer, share: number): Buffer => (share < 1 ? x.subarray(0, Math.round(x.length * share)) : x);

/** More than either kernel asks for each thread. */
const scratchRoom = ({ headDim, valueDim }: AttentionSpec): number => 64 * 4 * (16 * (headDim + valueDim) + 1024);

function share(
  region: Region,
  name: "attention" | "attentionGradient",
  args: readonly number[],
  { headDim, valueDim }: AttentionSpec,
  count: number,
  work: number,
): void {
  const scratchBytes = align(region.assembly[`${name}ScratchBytes`]!(headDim, valueDim));
  const scratch = region.take(threadCount() * scratchBytes);
  dispatch(region, name, args, { count, work, multiple: 1, scratch, scratchBytes });
}
