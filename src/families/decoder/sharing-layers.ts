import { MultiHeadAttention, type PositionalEncoding, RMSNorm, type SequenceLayer } from "../../blocks";
import type { ConfigFields } from "../config-fields";
import type { Spelling } from "../family";
import type { Sight } from "../reading/layer-types";
import { type LlamaBase, llamaKin } from "./llama-model";

/** A whole number of 0 or more, no greater than another. */
export function countOf(config: ConfigFields, name: string, most?: number): number {
  const count = config.number(name, 0) === 0 ? 0 : config.size(name);
  if (most !== undefined && count > most) throw config.error(name, `at most ${most}`);
  return count;
}

/** A number above 0 that limits scores or logits, if there is one. */
export const limit = (config: ConfigFields, name: string): number | undefined =>
  config.get(name) === undefined ? undefined : config.positive(name, 1);

/** The heads of a layer that has keys of its own. */
export interface LayerHeads {
  headDim: number;
  keyValueHeads: number;
  position: PositionalEncoding;
  /** Whether values are the keys before their norm and positions. */
  valuesFromKeys?: boolean | undefined;
}

export type Sharing = (layer: number, base: LlamaBase) => LayerHeads;

/**
 * The attention of Gemma 3n and 4: norms of queries, keys and values, no scale, and in the last layers the keys and
 * values of the last earlier layer of their kind.
 *
 * @param own how many layers have keys of their own
 */
export function sharingLayers(config: ConfigFields, sights: readonly Sight[], own: number, headsOf: Sharing) {
  const sources = new Map<Sight, MultiHeadAttention>();
  return (at: number, base: LlamaBase): SequenceLayer => {
    const { dModel, heads, epsilon, norm } = base;
    const sight = sights[at]!;
    const { headDim, keyValueHeads, position, valuesFromKeys } = headsOf(at, base);
    const source = at < own ? undefined : sources.get(sight);
    if (at >= own && source === undefined)
      throw config.error("num_kv_shared_layers", `fewer layers, because no earlier one is of kind ${sight}`);
    const keys = source
      ? { sharedKeys: source }
      : {
          ...{ keyValueHeads, valuesFromKeys, keys: { norm: norm(headDim) } },
          values: { norm: new RMSNorm({ dModel: headDim, epsilon, weight: false }) },
        };
    const attention = new MultiHeadAttention({
      ...{ dModel, heads, headDim, scale: 1, position, queries: { norm: norm(headDim) }, ...keys },
      window: sight === "sliding_attention" ? config.whole("sliding_window") : undefined,
      bias: config.boolean("attention_bias", false),
      dropout: config.rate("attention_dropout", 0),
    });
    if (at < own) sources.set(sight, attention);
    return attention;
  };
}

const { spelling } = llamaKin;

/** Published checkpoints have keys and values for layers that take those of another as well. */
export const sharingSpelling: Spelling = {
  ...spelling,
  unused: ["k_proj", "v_proj", "k_norm"].map((name) => `model.layers.*.self_attn.${name}.weight`),
};
