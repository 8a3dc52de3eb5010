import type { Unary } from "../kernels";
import type { Parameter } from "../tensor";
import { MultiHeadAttention } from "./attention";
import type { SequenceLayer } from "./block";
import { DecoderBlock } from "./decoder-block";
import { FeedForward } from "./feed-forward";
import { Linear } from "./linear";
import { LayerNorm, type Norm, RMSNorm } from "./norm";

/** Whether a module's `forward` is that of its class. */
export const isPlain = <M extends { forward: unknown }>(
  module: unknown,
  type: abstract new (...args: never[]) => M,
): module is M => module instanceof type && module.forward === type.prototype.forward;

/** A norm that is a step. */
export type StepNorm = (LayerNorm | RMSNorm) & { readonly weight: Parameter };
/** A feed-forward layer that is made of steps. */
export type StepFeedForward = FeedForward & { readonly activation: Unary };

/** Whether norms, if they are there, are steps. */
export const areNorms = (...norms: readonly (Norm | undefined)[]): boolean =>
  norms.every(
    (norm) =>
      norm === undefined ||
      ((isPlain(norm, LayerNorm) || isPlain(norm, RMSNorm)) && norm.weight !== undefined && norm.offset === 0),
  );

const areLinear = (...layers: readonly (Linear | undefined)[]): boolean =>
  layers.every((layer) => layer === undefined || isPlain(layer, Linear));

/** Whether what comes before and after the attention itself is made of steps. */
export const canSplit = (layer: SequenceLayer): layer is MultiHeadAttention =>
  isPlain(layer, MultiHeadAttention) &&
  !layer.gate &&
  !layer.sharesKeys &&
  areLinear(layer.query, layer.key, layer.value, layer.output);

export const isOfSteps = (layer: SequenceLayer): layer is StepFeedForward =>
  isPlain(layer, FeedForward) &&
  typeof layer.activation === "string" &&
  areNorms(layer.hiddenNorm) &&
  areLinear(layer.up, layer.gate, layer.down);

/** Everything that the path of these blocks depends on, except the values of parameters. */
export function partsOf(blocks: readonly SequenceLayer[]): unknown[] {
  const parts: unknown[] = [];
  for (const block of blocks) {
    parts.push(block, block.forward);
    if (!(block instanceof DecoderBlock)) continue;
    const { attention, feedForward, residual } = block;
    parts.push(block.crossAttention, residual.norm, residual.scale);
    pushNorms(
      parts,
      block.attentionNorm,
      block.attentionOutputNorm,
      block.feedForwardNorm,
      block.feedForwardOutputNorm,
    );
    parts.push(attention, attention.forward, feedForward, feedForward.forward);
    if (attention instanceof MultiHeadAttention) {
      const { query, key, value, output, queries, keys, position, gate } = attention;
      pushLinear(parts, query, key, value, output);
      parts.push(queries, keys, position, position?.forward, gate);
    }
    if (feedForward instanceof FeedForward) {
      pushLinear(parts, feedForward.up, feedForward.gate, feedForward.down);
      pushNorms(parts, feedForward.hiddenNorm);
      parts.push(feedForward.activation);
    }
  }
  return parts;
}

function pushLinear(parts: unknown[], ...layers: readonly (Linear | undefined)[]): void {
  for (const layer of layers) parts.push(layer, layer?.forward, layer?.weight, layer?.bias);
}

function pushNorms(parts: unknown[], ...norms: readonly (Norm | undefined)[]): void {
  for (const norm of norms) {
    parts.push(norm, norm?.forward);
    if (norm instanceof LayerNorm) parts.push(norm.bias);
    if (norm instanceof LayerNorm || norm instanceof RMSNorm) parts.push(norm.weight, norm.offset, norm.epsilon);
  }
}
