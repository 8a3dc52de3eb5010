import { type AttentionOptions, attention, attentionWeights, dropout, type HeadShape, type Tensor } from "../tensor";
import { attentionScores, firstKeys, weightedTexts, weightsOfScores } from "../tensor/internal";
import type { Module } from "./module";
import { type Pass, tap } from "./pass";

/**
 * The weighted values of an attention layer, [batch, seq, heads, valueDim], with dropout of its weights in training.
 * Reports `scores` and `weights` [batch, heads, query, key], whose matrices are built only if somebody looks at them.
 */
export function attended(
  layer: Module & { readonly dropout: number },
  { q, k, v }: { q: Tensor<HeadShape>; k: Tensor<HeadShape>; v: Tensor<HeadShape> },
  options: AttentionOptions,
  pass: Pass,
): Tensor<HeadShape> {
  const dropped = pass.rng && { rate: layer.dropout, random: pass.rng };
  const seesScores = pass.tap?.sees(layer, "scores");
  if (!seesScores && !pass.tap?.sees(layer, "weights")) return attention(q, k, v, { ...options, dropout: dropped });
  const weights = seesScores
    ? weightsOfScores(tap(pass, layer, "scores", attentionScores(q, k, options)), options.sinks)
    : attentionWeights(q, k, options);
  const seen = tap(pass, layer, "weights", weights);
  // Drops the same weights as attention does.
  return weightedTexts(dropped ? dropout(seen, dropped) : seen, v, options.lengths);
}

/** Reports those of keys or values that are in use, and returns what to go on with. */
export function seenKeys(
  layer: Module,
  site: "keys" | "values",
  x: Tensor<HeadShape>,
  keys: number,
  pass: Pass,
): Tensor<HeadShape> {
  if (!pass.tap?.sees(layer, site)) return x;
  return tap(pass, layer, site, firstKeys(x, keys) as Tensor<HeadShape>);
}
