import type { Unary } from "./specs";

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

/** A gated feed-forward layer: (f(x Wᵍ) ⊙ x Wᵘ) Wᵈ, with gate and up [wide, dModel] and down [dModel, wide]. */
export interface GatedLayer<Weight = Float32Array> {
  gate: LayerFactor<Weight>;
  up: LayerFactor<Weight>;
  down: LayerFactor<Weight>;
  activation: Unary;
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

/** The six weights of an encoder layer with their biases, the largest first. */
export const factorsOf = <Weight>(layer: EncoderLayer<Weight>): readonly LayerFactor<Weight>[] => [
  ...[layer.up, layer.down, layer.query, layer.key, layer.value, layer.output],
];
