import type { Tensor } from "../tensor";
import { encodedLayer } from "../tensor/internal";
import { MultiHeadAttention } from "./attention";
import type { BlockParts } from "./block";
import { FeedForward } from "./feed-forward";
import { Linear } from "./linear";
import type { Module } from "./module";
import { LayerNorm } from "./norm";
import type { Pass, Sequence } from "./pass";

/**
 * An encoder block in one call of the kernels, to the bit what its parts give. Undefined if it has parts that the kernels
 * do not have, or if anyone asks for what lies between them.
 */
export function encodedTogether(block: BlockParts, x: Tensor<Sequence>, pass: Pass): Tensor<Sequence> | undefined {
  if (pass.tap || pass.rng || pass.bias) return undefined;
  const { attention, feedForward, attentionNorm, feedForwardNorm, residual } = block;
  const { norm, scale } = residual;
  if ((norm !== "pre" && norm !== "post") || scale !== 1) return undefined;
  if (!isOwn(attention, MultiHeadAttention) || !isOwn(feedForward, FeedForward)) return undefined;
  if (!isOwn(attentionNorm, LayerNorm) || !isOwn(feedForwardNorm, LayerNorm)) return undefined;
  if (attentionNorm.offset + feedForwardNorm.offset > 0 || !isPlain(attention)) return undefined;
  const { activation, gate, hiddenNorm, up, down } = feedForward;
  const { query, key, value, output, heads, window, softcap } = attention;
  if (typeof activation !== "string" || gate || hiddenNorm) return undefined;
  if (![query, key, value, output, up, down].every((layer) => isOwn(layer, Linear))) return undefined;
  const parts = { query, key, value, output, up, down, attentionNorm, feedForwardNorm, activation };
  const { mask, causal = false, lengths } = pass;
  const options = { mask, causal, lengths, window, softcap, scale: attention.scale };
  return encodedLayer(x, heads, { ...parts, normFirst: norm === "pre" }, options);
}

/** Whether a part is of this class, and runs as its class says. */
const isOwn = <Part extends Module & { forward: unknown }>(
  part: Module & { forward: unknown },
  Class: abstract new (...args: never[]) => Part,
): part is Part => part instanceof Class && part.forward === Class.prototype.forward;

/** Whether attention is that of the paper, without positions and other layers. */
const isPlain = (attention: MultiHeadAttention): boolean => {
  const { position, queries, keys, values, context, scoreBias, sinks, gate } = attention;
  const extras = [position, queries, keys, values, context, scoreBias, sinks, gate];
  return extras.every((extra) => extra === undefined) && !attention.sharesKeys && !attention.lends;
};
