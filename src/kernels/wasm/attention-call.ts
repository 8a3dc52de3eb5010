import type { AttentionSpec } from "../kernels";

/** Bytes of the struct of sizes that the attention kernels read; its table is in assembly/attention-spec.ts. */
export const ATTENTION_SPEC_BYTES = 56;

/** Writes the sizes of an attention at `place`, a multiple of 4, of the memory; its mask lies elsewhere. */
export function writeAttentionSpec(memory: ArrayBufferLike, place: number, spec: AttentionSpec): void {
  const { batch, queries, keys, capacity, heads, keyValueHeads, headDim, valueDim, scale, causal, mask } = spec;
  const fields = [batch, queries, keys, capacity, heads, keyValueHeads, headDim, valueDim, 0, Number(causal)];
  new Int32Array(memory, place, ATTENTION_SPEC_BYTES / 4).set([...fields, ...(mask?.steps ?? [0, 0, 0, 0])]);
  new Float32Array(memory, place + 32, 1)[0] = scale;
}
