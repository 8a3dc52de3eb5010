import type { Buffer } from "./buffers";
import type { EncoderLayer } from "./layers";
import type { Primitive } from "./primitive";
import type { QuantizedCells } from "./quantized";
import type { AttentionSpec } from "./specs";
import { type QuantizedLayers, encodeLayer as wasm } from "./wasm/encoder-layer";

/**
 * x [rows, dModel] through a whole layer: to the bit what its parts give one by one, while what lies between them stays in
 * the kernels' memory. Undefined if these kernels, sizes or numbers need the parts one by one. `spec` has no bias, no
 * dropout and as many heads of keys as of queries. Quantized weights need `quantized`, which pages without them leave out.
 */
export const encodeLayer: Primitive<
  [
    x: Float32Array,
    layer: EncoderLayer | EncoderLayer<QuantizedCells>,
    spec: AttentionSpec<Float32Array>,
    quantized?: QuantizedLayers | undefined,
  ],
  Buffer | undefined
> = { name: "encodeLayer", reference: () => undefined, wasm };
