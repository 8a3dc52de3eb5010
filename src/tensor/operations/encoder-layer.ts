import { type AttentionSpec, kernels, type Unary } from "../../kernels";
import { device, type EncoderLayer, encodeLayers, type LayerFactor } from "../../kernels/internal";
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
 * x [batch, seq, dModel] through the layers of an encoder, the first `count` of them, in one call of the kernels. Undefined
 * if they run the parts of the first one by one, or while gradients are recorded.
 */
export function encodedLayers<S extends readonly [number, number, number]>(
  x: Tensor<S>,
  heads: number,
  layers: readonly LayerParts[],
  options: AttentionOptions,
): { x: Tensor<S>; count: number } | undefined {
  const [batch, seq, dModel] = x.shape;
  if (device || isRecording() || dModel % heads !== 0) return undefined;
  const other = layers.findIndex((parts) => !isOfWidth(parts, dModel));
  const fitting = other < 0 ? layers : layers.slice(0, other);
  if (fitting.length === 0) return undefined;
  const inHeads = reshaped(x, [batch, seq, heads, dModel / heads] as const);
  const spec = attentionSpec("attention", inHeads, inHeads, inHeads, options) as AttentionSpec<Float32Array>;
  const found = run(numbersOf(x), fitting, spec);
  return found && { x: new Tensor(x.shape, found.encoded), count: found.count };
}

function isOfWidth(parts: LayerParts, dModel: number): boolean {
  const wide = parts.up.weight.shape[0]!;
  const fits = ({ weight }: Factor, rows: number, columns: number) => sameShape(weight.shape, [rows, columns]);
  const square = [parts.query, parts.key, parts.value, parts.output];
  return (
    square.every((factor) => fits(factor, dModel, dModel)) &&
    fits(parts.up, wide, dModel) &&
    fits(parts.down, dModel, wide)
  );
}

function run(x: Float32Array, layers: readonly LayerParts[], spec: AttentionSpec<Float32Array>) {
  const quantized = leading(layers, (weight) => {
    const matrix = quantizedOf(weight);
    return matrix && "cells" in matrix ? matrix : undefined;
  });
  if (quantized.length > 0) return kernels().run(encodeLayers, x, quantized, spec, onQuantized().layers);
  const plain = leading(layers, (weight) => (quantizedOf(weight) ? undefined : numbersOf(weight)));
  return plain.length > 0 ? kernels().run(encodeLayers, x, plain, spec) : undefined;
}

/** The first layers of whose weights `find` finds all. */
function leading<Weight>(layers: readonly LayerParts[], find: (weight: Tensor) => Weight | undefined) {
  const found: EncoderLayer<Weight>[] = [];
  for (const parts of layers) {
    const { query, key, value, output, up, down } = parts;
    const weights = [query, key, value, output, up, down].map(({ weight }) => find(weight));
    if (!weights.every((weight) => weight !== undefined)) break;
    found.push(layerOf(parts, weights));
  }
  return found;
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
