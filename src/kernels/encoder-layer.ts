import type { EncoderLayer } from "./layers";
import type { Primitive } from "./primitive";
import type { QuantizedCells } from "./quantized";
import type { AttentionSpec } from "./specs";
import { type EncodedLayers, type QuantizedLayers, encodeLayers as wasm } from "./wasm/encoder-layer";

/**
 * x [rows, dModel] through whole layers, the first of those given that can run in one call: to the bit what their parts
 * give one by one, while what lies between them stays in the kernels' memory. Undefined if these kernels, sizes or numbers
 * need the parts one by one. `spec` has no bias, no dropout and as many heads of keys as of queries. Quantized weights need
 * `quantized`, which pages without them leave out.
 */
export const encodeLayers: Primitive<
  [
    x: Float32Array,
    layers: readonly EncoderLayer[] | readonly EncoderLayer<QuantizedCells>[],
    spec: AttentionSpec<Float32Array>,
    quantized?: QuantizedLayers | undefined,
  ],
  EncodedLayers | undefined
> = { name: "encodeLayers", reference: () => undefined, wasm };
