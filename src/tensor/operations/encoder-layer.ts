import { type AttentionSpec, kernels, type Unary } from "../../kernels";
import { device, type EncoderLayer, encodeLayer, type LayerFactor } from "../../kernels/internal";
import { isRecording } from "../record";
import { sameShape } from "../shape";
import { numbersOf, onQuantized, quantizedOf } from "../storage";
import { Tensor } from "../tensor";
import { type AttentionOptions, attentionSpec } from "./attention-options";
import { reshaped } from "./layout";
import type { Factor } from "./matmul";

interface Normalization {
  weight: Tensor | undefined;
  bias: Tensor | undefined;
  epsilon: number;
}

/** The weights of an encoder's layer. */
export interface LayerParts {
  query: Factor;
  key: Factor;
  value: Factor;
  output: Factor;
  attentionNorm: Normalization;
  up: Factor;
  down: Factor;
  feedForwardNorm: Normalization;
  activation: Unary;
  normFirst: boolean;
}

/**
 * x [batch, seq, dModel] through a layer of an encoder, in one call of the kernels. Undefined if they run its parts one by
 * one, or while gradients are recorded.
 */
export function encodedLayer<S extends readonly [number, number, number]>(
  x: Tensor<S>,
  heads: number,
  parts: LayerParts,
  options: AttentionOptions,
): Tensor<S> | undefined {
  const [batch, seq, dModel] = x.shape;
  const wide = parts.up.weight.shape[0]!;
  const fits = ({ weight }: Factor, rows: number, columns: number) => sameShape(weight.shape, [rows, columns]);
  const square = [parts.query, parts.key, parts.value, parts.output];
  if (device || isRecording() || !square.every((factor) => fits(factor, dModel, dModel))) return undefined;
  if (dModel % heads !== 0 || !fits(parts.up, wide, dModel) || !fits(parts.down, dModel, wide)) return undefined;
  const inHeads = reshaped(x, [batch, seq, heads, dModel / heads] as const);
  const spec = attentionSpec("attention", inHeads, inHeads, inHeads, options) as AttentionSpec<Float32Array>;
  const encoded = run(numbersOf(x), parts, spec);
  return encoded && new Tensor(x.shape, encoded);
}

function run(x: Float32Array, parts: LayerParts, spec: AttentionSpec<Float32Array>) {
  const factors = [parts.query, parts.key, parts.value, parts.output, parts.up, parts.down];
  const matrices = factors.map(({ weight }) => quantizedOf(weight));
  const quantized = matrices.filter((matrix) => matrix !== undefined && "cells" in matrix);
  if (quantized.length === factors.length)
    return kernels().run(encodeLayer, x, layerOf(parts, quantized), spec, onQuantized().layers);
  if (quantized.length > 0) return undefined;
  const weights = factors.map(({ weight }) => numbersOf(weight));
  return kernels().run(encodeLayer, x, layerOf(parts, weights), spec);
}

/** The layer with the weights of query, key, value, output, up and down. */
function layerOf<Weight>(parts: LayerParts, weights: readonly Weight[]): EncoderLayer<Weight> {
  const placed = ({ weight, bias }: Factor, i: number): LayerFactor<Weight> => ({
    weight: weights[i]!,
    rows: weight.shape[0]!,
    bias: bias && numbersOf(bias),
  });
  const normOf = ({ weight, bias, epsilon }: Normalization) => ({
    weight: weight && numbersOf(weight),
    bias: bias && numbersOf(bias),
    epsilon,
  });
  return {
    query: placed(parts.query, 0),
    key: placed(parts.key, 1),
    value: placed(parts.value, 2),
    output: placed(parts.output, 3),
    up: placed(parts.up, 4),
    down: placed(parts.down, 5),
    attentionNorm: normOf(parts.attentionNorm),
    feedForwardNorm: normOf(parts.feedForwardNorm),
    activation: parts.activation,
    normFirst: parts.normFirst,
  };
}
