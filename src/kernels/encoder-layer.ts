import type { Buffer } from "./buffers";
import type { Primitive } from "./primitive";
import type { AttentionSpec, Unary } from "./specs";
import { encodeLayer as wasm } from "./wasm/encoder-layer";

/** A weight [rows, columns] and a bias [rows]. */
export interface LayerFactor<Weight> {
  weight: Weight;
  rows: number;
  bias: Float32Array | undefined;
}

/** A layer norm. */
export interface LayerNormalization {
  weight: Float32Array | undefined;
  bias: Float32Array | undefined;
  epsilon: number;
}

/** The layer of an encoder: self-attention, then two products with a function between them, each added to its input. */
export interface EncoderLayer<Weight = Float32Array> {
  /** These four are [dModel, dModel]. */
  query: LayerFactor<Weight>;
  key: LayerFactor<Weight>;
  value: LayerFactor<Weight>;
  output: LayerFactor<Weight>;
  attentionNorm: LayerNormalization;
  up: LayerFactor<Weight>;
  down: LayerFactor<Weight>;
  feedForwardNorm: LayerNormalization;
  activation: Unary;
  /** Whether norms come before the two parts, and not after the sums. */
  normFirst: boolean;
}

/**
 * x [rows, dModel] through a whole layer: to the bit what its parts give one by one, while what lies between them stays in
 * the kernels' memory. Undefined if these kernels, sizes or numbers need the parts one by one. `spec` has no bias, no
 * dropout and as many heads of keys as of queries.
 */
export const encodeLayer: Primitive<
  [x: Float32Array, layer: EncoderLayer, spec: AttentionSpec<Float32Array>],
  Buffer | undefined
> = { name: "encodeLayer", reference: () => undefined, wasm };
