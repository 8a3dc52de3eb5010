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

type Visit = (part: unknown) => void;

/** Visits everything that the path of these blocks depends on, except the values of parameters. It runs for each token. */
export function eachPart(blocks: readonly SequenceLayer[], visit: Visit): void {
  for (const block of blocks) {
    visit(block);
    visit(block.forward);
    if (!(block instanceof DecoderBlock)) continue;
    const { attention, feedForward, residual } = block;
    visit(block.crossAttention);
    visit(residual.norm);
    visit(residual.scale);
    visitNorm(block.attentionNorm, visit);
    visitNorm(block.attentionOutputNorm, visit);
    visitNorm(block.feedForwardNorm, visit);
    visitNorm(block.feedForwardOutputNorm, visit);
    visit(attention);
    visit(attention.forward);
    visit(feedForward);
    visit(feedForward.forward);
    if (attention instanceof MultiHeadAttention) visitAttention(attention, visit);
    if (!(feedForward instanceof FeedForward)) continue;
    visitLinear(feedForward.up, visit);
    visitLinear(feedForward.gate, visit);
    visitLinear(feedForward.down, visit);
    visitNorm(feedForward.hiddenNorm, visit);
    visit(feedForward.activation);
  }
}

function visitAttention(layer: MultiHeadAttention, visit: Visit): void {
  visitLinear(layer.query, visit);
  visitLinear(layer.key, visit);
  visitLinear(layer.value, visit);
  visitLinear(layer.output, visit);
  visit(layer.queries);
  visit(layer.keys);
  visit(layer.values);
  visit(layer.context);
  visit(layer.scoreBias);
  visit(layer.sinks);
  visit(layer.lends);
  visit(layer.position);
  visit(layer.position?.forward);
  visit(layer.gate);
  visit(layer.scale);
  visit(layer.softcap);
  visit(layer.window);
}

function visitLinear(layer: Linear | undefined, visit: Visit): void {
  visit(layer);
  if (layer === undefined) return;
  visit(layer.forward);
  visit(layer.weight);
  visit(layer.bias);
}

function visitNorm(norm: Norm | undefined, visit: Visit): void {
  visit(norm);
  if (norm === undefined) return;
  visit(norm.forward);
  if (norm instanceof LayerNorm) visit(norm.bias);
  if (!(norm instanceof LayerNorm || norm instanceof RMSNorm)) return;
  visit(norm.weight);
  visit(norm.offset);
  visit(norm.epsilon);
}
