import type { Buffer } from "./buffers";
import type { GatedLayer } from "./layers";
import type { Primitive } from "./primitive";
import type { QuantizedCells } from "./quantized";
import type { QuantizedLayers } from "./wasm/encoder-layer";
import { feedForward as wasm } from "./wasm/gated-layer";

/**
 * x [rows, dModel] through a gated feed-forward layer: to the bit what its parts give one by one, but for the function of
 * the gate with relaxed instructions. Undefined if these kernels, sizes or numbers need the parts one by one. Quantized
 * weights need `quantized`, which pages without them leave out.
 */
export const feedForward: Primitive<
  [x: Float32Array, layer: GatedLayer | GatedLayer<QuantizedCells>, quantized?: QuantizedLayers | undefined],
  Buffer | undefined
> = { name: "feedForward", reference: () => undefined, wasm };
