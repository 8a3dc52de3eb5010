import type { Attended, AttentionSpec } from "../kernels";
import { attendRows, attentionGradient as exactGradient } from "../reference/attention";
import type { Arenas } from "./arenas";
import { ATTENTION_SPEC_BYTES, writeAttentionSpec } from "./attention-call";
import { extremeRows, productsFit } from "./attention-extremes";
import { align, type Region } from "./region";
import { dispatch, threadCount } from "./threads";
import { type Operand, roomOf, type Workspace } from "./workspace";

type Kernel = "attention" | "attentionGradient";

/** The addresses of a call's parts. */
interface Call {
  /** The addresses of q, k and v. */
  operands: readonly number[];
  /** The address of the sizes. */
  sizes: number;
  /** The address of the gradient of the bias, 0 if it is not wanted. */
  biasGradient: number;
  /** Calls the kernel on all of its work. */
  run: (args: readonly number[], count: number, work: number, multiple?: number) => void;
}

/** Attention tile by tile: only one tile of weights exists at a time. */
export class Attentions {
  readonly #caches: Arenas;
  readonly #workspace: Workspace;

  /** @param caches arenas in which keys and values may be stored */
  constructor(caches: Arenas, workspace: Workspace) {
    this.#caches = caches;
    this.#workspace = workspace;
  }

  attention(
    q: Float32Array,
    k: Float32Array,
    v: Float32Array,
    spec: AttentionSpec<Float32Array>,
  ): Attended<Float32Array> {
    const rows = spec.batch * spec.queries * spec.heads;
    const count = rows * spec.valueDim;
    const room = align(4 * count) + align(8 * rows);
    const attended = this.#use("attention", [q, k, v], spec, room, 0, (region, { operands, sizes, run }) => {
      const output = region.take(4 * count);
      const statistics = region.take(8 * rows);
      const units = region.assembly.attentionUnits!(sizes);
      const work = (rows / Math.max(1, units)) * seenKeys(spec) * (spec.headDim + spec.valueDim);
      run([...operands, output, statistics, sizes], units, work);
      return { output: region.get(output, count), statistics: region.get(statistics, 2 * rows) };
    });
    // A row without a score may have had scores below −3.4e38.
    const extreme = extremeRows(attended, [q, k], spec, true);
    if (extreme) attendRows(q, k, v, spec, attended, extreme);
    return attended;
  }

  attentionGradient(
    q: Float32Array,
    k: Float32Array,
    v: Float32Array,
    spec: AttentionSpec<Float32Array>,
    attended: Attended<Float32Array>,
    gradient: Float32Array,
  ) {
    const extreme = extremeRows(attended, [q, k], spec, false);
    // A total of 0 excludes a row.
    const statistics = extreme
      ? attended.statistics.map((value, i) => (extreme(i >> 1) ? 0 : value))
      : attended.statistics;
    const parts = this.#gradient(q, k, v, spec, { ...attended, statistics }, gradient);
    if (parts === undefined) return exactGradient(q, k, v, spec, attended, gradient);
    const others = extreme && exactGradient(q, k, v, spec, attended, gradient, extreme);
    for (const name of ["q", "k", "v", "bias"] as const) addTo(parts[name], others?.[name]);
    return parts;
  }

  /** undefined if float32 is not precise enough */
  #gradient(
    q: Float32Array,
    k: Float32Array,
    v: Float32Array,
    spec: AttentionSpec<Float32Array>,
    attended: Attended<Float32Array>,
    gradient: Float32Array,
  ) {
    const given = [attended.output, attended.statistics, gradient];
    const room = [...given, q, k, v].reduce((total, operand) => total + align(operand.byteLength), 0);
    const biasSize = spec.bias?.values.length ?? 0;
    return this.#use("attentionGradient", [q, k, v], spec, room, biasSize, (region, call) => {
      const addresses = given.map((operand) => region.put(operand));
      const counts = [q.length, countedOf(k, spec), countedOf(v, spec), gradient.length];
      const places = [...call.operands, addresses[2]!];
      const largest = counts.map((count, i) => region.assembly.magnitude!(places[i]!, count));
      if (!productsFit(largest, spec.scale)) return undefined;
      const results = [q, k, v].map((operand) => region.take(operand.byteLength));
      const units = region.assembly.attentionGradientUnits!(call.sizes);
      const work =
        (spec.queries * seenKeys(spec) * spec.heads * (spec.headDim + spec.valueDim) * 2) / spec.keyValueHeads;
      call.run([...call.operands, ...addresses, ...results, call.sizes], units, work, unitsTogether(spec));
      const [qAt = 0, kAt = 0, vAt = 0] = results;
      const bias = spec.bias && region.get(call.biasGradient, biasSize);
      return { q: region.get(qAt, q.length), k: region.get(kAt, k.length), v: region.get(vAt, v.length), bias };
    });
  }

  /**
   * Copies the operands and sizes in, with room for results and a gradient of the bias. A cache in an arena is read
   * without a copy; otherwise, with one batch row, only the keys in use are copied.
   */
  #use<Result>(
    kernel: Kernel,
    [q, k, v]: readonly [Float32Array, Float32Array, Float32Array],
    spec: AttentionSpec<Float32Array>,
    room: number,
    biasSize: number,
    compute: (region: Region, call: Call) => Result,
  ): Result {
    const scratchBytes = align(this.#workspace.ask(`${kernel}ScratchBytes`, spec.headDim, spec.valueDim));
    const bits = spec.kept?.bits;
    // The kernel reads eight bits across two bytes, even past the last one.
    const bitBytes = bits ? align(bits.length + 16) : 0;
    const bytes = room + align(4 * biasSize) + bitBytes + align(ATTENTION_SPEC_BYTES) + threadCount() * scratchBytes;
    const operands = [q, k, v, spec.mask?.values, spec.bias?.values];
    const call = (region: Region, [qAt = 0, kAt = 0, vAt = 0, mask = 0, bias = 0]: readonly number[]) => {
      const biasGradient = biasSize > 0 ? region.take(4 * biasSize) : 0;
      region.view(biasGradient, biasSize).fill(0);
      const sizes = region.take(ATTENTION_SPEC_BYTES);
      const kept = bits ? region.take(bitBytes) : 0;
      if (bits) new Uint8Array(region.memory.buffer).set(bits, kept);
      writeAttentionSpec(region, sizes, spec, { mask, bias, biasGradient, kept });
      const scratch = region.take(threadCount() * scratchBytes);
      const run: Call["run"] = (args, count, work, multiple = 1) =>
        dispatch(region, kernel, args, { count, work, multiple, scratch, scratchBytes });
      return compute(region, { operands: [qAt, kAt, vAt], sizes, biasGradient, run });
    };
    const home = this.#caches.of(k);
    const isCopied = (operand: Operand) => operand !== undefined && this.#caches.of(operand) !== home;
    const wanted = roomOf(operands.filter(isCopied), bytes);
    if (home && home.room >= wanted) {
      const place = (operand: Float32Array) => (isCopied(operand) ? home.put(operand) : operand.byteOffset);
      return home.scratch(wanted, () =>
        call(
          home,
          operands.map((operand) => (operand ? place(operand) : 0)),
        ),
      );
    }
    const held = spec.batch === 1 ? spec.keys / spec.capacity : 1;
    return this.#workspace.useWith([q, part(k, held), part(v, held), ...operands.slice(3)], bytes, call);
  }
}

/** The largest number of keys that a query sees. */
const seenKeys = ({ keys, window = keys }: AttentionSpec<Float32Array>): number => Math.min(keys, 2 * window);

function addTo(sum: Float32Array | undefined, x: Float32Array | undefined): void {
  if (sum && x) for (let i = 0; i < sum.length; i++) sum[i]! += x[i]!;
}

/** The number of key or value elements that need to be copied in. */
const countedOf = (x: Float32Array, { batch, keys, capacity }: AttentionSpec<Float32Array>): number =>
  batch === 1 && capacity > 0 ? (x.length / capacity) * keys : x.length;

const part = (x: Float32Array, share: number): Float32Array =>
  share < 1 ? x.subarray(0, Math.round(x.length * share)) : x;

/** The number of consecutive units of a gradient that add to the same gradient of a bias. */
function unitsTogether({ batch, keyValueHeads, bias }: AttentionSpec<Float32Array>): number {
  if (bias === undefined) return 1;
  const [batchStep, headStep] = bias.steps;
  if (headStep === 0) return batchStep === 0 ? batch * keyValueHeads : keyValueHeads;
  return batchStep === 0 ? batch : 1;
}
