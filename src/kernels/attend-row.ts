import type { AttentionSpec } from "./kernels";
import type { Primitive } from "./primitive";
import { attendRow as wasm } from "./wasm/attend-row";

/**
 * Attention of one row q over keys and values that are kept, as of a cache, to the bit what `attention` gives. Writes
 * `output` and returns true, or does nothing if these kernels or numbers need `attention`. No mask, bias or dropout.
 */
export const attendRow: Primitive<
  [q: Float32Array, k: Float32Array, v: Float32Array, spec: AttentionSpec<Float32Array>, output: Float32Array],
  boolean
> = { name: "attendRow", reference: () => false, wasm };
