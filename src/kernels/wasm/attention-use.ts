import type { AttentionSpec } from "../kernels";
import type { Arenas } from "./arenas";
import { ATTENTION_SPEC_BYTES, writeAttentionSpec } from "./attention-call";
import { align, type Region } from "./region";
import { dispatch, threadCount } from "./threads";
import { type Operand, roomOf, type Workspace } from "./workspace";

/** The addresses of a call's parts. */
export interface Call {
  /** The addresses of q, k and v. */
  operands: readonly number[];
  /** The address of the sizes. */
  sizes: number;
  /** The address of the gradient of the bias, 0 if it is not wanted. */
  biasGradient: number;
  /** Calls the kernel on all of its work. */
  run: (args: readonly number[], count: number, work: number, multiple?: number) => void;
}

/** The memory that a call runs in, and the arenas in which its keys and values may be stored. */
export interface AttentionPlaces {
  workspace: Workspace;
  caches?: Arenas;
}

/**
 * Copies the operands and sizes in, with room for results and a gradient of the bias. A cache in an arena is read
 * without a copy; otherwise, with one batch row, only the keys in use are copied.
 */
export function useAttention<Result>(
  { workspace, caches }: AttentionPlaces,
  kernel: "attention" | "attentionGradient",
  [q, k, v]: readonly [Float32Array, Float32Array, Float32Array],
  spec: AttentionSpec<Float32Array>,
  room: number,
  biasSize: number,
  compute: (region: Region, call: Call) => Result,
): Result {
  const scratchBytes = align(workspace.ask(`${kernel}ScratchBytes`, spec.headDim, spec.valueDim));
  const bits = spec.kept?.bits;
  // The kernel reads eight bits across two bytes, even past the last one.
  const bitBytes = bits ? align(bits.length + 16) : 0;
  const startBytes = spec.starts ? align(spec.starts.byteLength) : 0;
  const bytes =
    room + align(4 * biasSize) + bitBytes + startBytes + align(ATTENTION_SPEC_BYTES) + threadCount() * scratchBytes;
  const operands = [q, k, v, spec.mask?.values, spec.bias?.values];
  const call = (region: Region, [qAt = 0, kAt = 0, vAt = 0, mask = 0, bias = 0]: readonly number[]) => {
    const biasGradient = biasSize > 0 ? region.take(4 * biasSize) : 0;
    region.view(biasGradient, biasSize).fill(0);
    const sizes = region.take(ATTENTION_SPEC_BYTES);
    const kept = bits ? region.take(bitBytes) : 0;
    if (bits) new Uint8Array(region.memory.buffer).set(bits, kept);
    const starts = spec.starts ? region.take(startBytes) : 0;
    if (spec.starts) region.integers.set(spec.starts, starts / 4);
    writeAttentionSpec(region, sizes, spec, { mask, bias, biasGradient, kept, starts });
    const scratch = region.take(threadCount() * scratchBytes);
    const run: Call["run"] = (args, count, work, multiple = 1) =>
      dispatch(region, kernel, args, { count, work, multiple, scratch, scratchBytes });
    return compute(region, { operands: [qAt, kAt, vAt], sizes, biasGradient, run });
  };
  const home = caches?.of(k);
  const isCopied = (operand: Operand) => operand !== undefined && caches?.of(operand) !== home;
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
  return workspace.useWith([q, part(k, held), part(v, held), ...operands.slice(3)], bytes, call);
}

/** The largest number of keys that a query sees. */
export const seenKeys = ({ keys, window = keys }: AttentionSpec<Float32Array>): number => Math.min(keys, 2 * window);

const part = (x: Float32Array, share: number): Float32Array =>
  share < 1 ? x.subarray(0, Math.round(x.length * share)) : x;
