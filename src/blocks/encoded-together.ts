import type { Tensor } from "../tensor";
import { encodedLayers, type LayerParts } from "../tensor/internal";
import { MultiHeadAttention } from "./attention";
import type { BlockParts } from "./block";
import { FeedForward } from "./feed-forward";
import { Linear } from "./linear";
import type { Module } from "./module";
import { LayerNorm } from "./norm";
import type { Pass, Sequence } from "./pass";

/**
 * Encoder blocks in one call of the kernels, the first `count` of those given, to the bit what their parts give. Undefined
 * if the first has parts that the kernels do not have, or if anyone asks for what lies between them.
 */
export function encodedTogether(
  blocks: readonly BlockParts[],
  x: Tensor<Sequence>,
  pass: Pass,
): { x: Tensor<Sequence>; count: number } | undefined {
  if (pass.tap || pass.rng || pass.bias) return undefined;
  const first = plainLayer(blocks[0]!);
  if (!first) return undefined;
  const layers: LayerParts[] = [];
  for (const block of blocks) {
    const layer = plainLayer(block);
    if (!layer || !attendAlike(layer.attention, first.attention)) break;
    layers.push(layer.parts);
  }
  const { heads, window, softcap, scale } = first.attention;
  const { mask, causal = false, lengths } = pass;
  return encodedLayers(x, heads, layers, { mask, causal, lengths, window, softcap, scale });
}

/** The parts of a block that the kernels know as a whole. */
function plainLayer({ attention, feedForward, attentionNorm, feedForwardNorm, residual }: BlockParts) {
  const { norm, scale } = residual;
  if ((norm !== "pre" && norm !== "post") || scale !== 1) return undefined;
  if (!isOwn(attention, MultiHeadAttention) || !isOwn(feedForward, FeedForward)) return undefined;
  if (!isOwn(attentionNorm, LayerNorm) || !isOwn(feedForwardNorm, LayerNorm)) return undefined;
  if (attentionNorm.offset + feedForwardNorm.offset > 0 || !isPlain(attention)) return undefined;
  const { activation, gate, hiddenNorm, up, down } = feedForward;
  const { query, key, value, output } = attention;
  if (typeof activation !== "string" || gate || hiddenNorm) return undefined;
  if (![query, key, value, output, up, down].every((layer) => isOwn(layer, Linear))) return undefined;
  const layers = { query, key, value, output, up, down };
  return { attention, parts: { ...layers, attentionNorm, feedForwardNorm, activation, normFirst: norm === "pre" } };
}

const attendAlike = (a: MultiHeadAttention, b: MultiHeadAttention): boolean =>
  a.heads === b.heads && a.window === b.window && a.softcap === b.softcap && a.scale === b.scale;

/** Whether a part is of this class, and runs as its class says. */
export const isOwn = <Part extends Module & { forward: unknown }>(
  part: Module & { forward: unknown },
  Class: abstract new (...args: never[]) => Part,
): part is Part => part instanceof Class && part.forward === Class.prototype.forward;

/** Whether attention is that of the paper, without positions and other layers. */
const isPlain = (attention: MultiHeadAttention): boolean => {
  const { position, queries, keys, values, context, scoreBias, sinks, gate } = attention;
  const extras = [position, queries, keys, values, context, scoreBias, sinks, gate];
  return extras.every((extra) => extra === undefined) && !attention.sharesKeys && !attention.lends;
};
