import { type Embedding, PositionalEncoding } from "../../blocks";
import { DecoderModel } from "../../models";
import { activations } from "../activations";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { type Sight, slidingLayers } from "../reading/layer-types";
import { rotaryFields } from "../reading/rotary-fields";
import { sandwichNames } from "./gemma";
import { llamaKin, llamaModel } from "./llama-model";
import { PerLayerBlock, PerLayerEmbedding, PerLayerInput } from "./per-layer-inputs";
import { countOf, limit, type Sharing, sharingLayers, sharingSpelling } from "./sharing-layers";

/**
 * Gemma 4's text half: Gemma 3 whose layers get numbers of their own for each token and have a factor; the last layers
 * take the keys and values of earlier ones; layers that see all tokens have other heads.
 *
 * @see Gemma 4's model card; Gemma 3n for per-layer embeddings
 */
export const gemma4Text: Family<DecoderModel> = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  modelTypes: ["gemma4_text"],
  classes: ["Gemma4", "Gemma4Text"],
  aliases: { hidden_activation: "hidden_act" },
  spelling: sharingSpelling,
  defaults: {
    ...{ num_attention_heads: 8, num_hidden_layers: 30 },
    ...{ num_key_value_heads: 4, head_dim: 256, max_position_embeddings: 131_072, sliding_window: 512 },
    ...{ hidden_act: "gelu_pytorch_tanh", tie_word_embeddings: true, pad_token_id: 0, eos_token_id: 1 },
    ...{ hidden_size_per_layer_input: 256, vocab_size_per_layer_input: 262_144 },
    rope_parameters: {
      sliding_attention: { rope_type: "default", rope_theta: 10_000 },
      full_attention: { rope_type: "proportional", partial_rotary_factor: 0.25, rope_theta: 1_000_000 },
    },
  },
  names: (model) => [
    ...sandwichNames(model).map(moved),
    ...layer("embedding", "model.embed_tokens"),
    ...layer("embedding.table", "model.embed_tokens_per_layer"),
    ...layer("embedding.projection", "model.per_layer_model_projection"),
    ...layer("embedding.norm", "model.per_layer_projection_norm"),
    ...layer("blocks.*.input.gate", "model.layers.*.per_layer_input_gate"),
    ...layer("blocks.*.input.projection", "model.layers.*.per_layer_projection"),
    ...layer("blocks.*.input.norm", "model.layers.*.post_per_layer_input_norm"),
    { ours: "blocks.*.scale", theirs: "model.layers.*.layer_scalar" },
  ],
  toModel,
};

/** Our blocks lie in those that scale them; the token embedding may lie in the one with numbers for each layer. */
const moved = (rule: NameRule): NameRule => {
  const place = (ours: string) =>
    ours.replace("blocks.*.", "blocks.*.block.").replace(/^embedding\./, "embedding.tokens.");
  return { ...rule, ours: typeof rule.ours === "string" ? place(rule.ours) : rule.ours.map(place) };
};

function toModel(config: ConfigFields): DecoderModel {
  config.only({ enable_moe_block: false });
  config.choice("use_bidirectional_attention", { none: undefined, vision: undefined }, "none");
  const layers = config.size("num_hidden_layers");
  const given = slidingLayers(config, (at) => (at + 1) % 6 !== 0);
  const sights = given.with(-1, "full_attention");
  const own = layers - countOf(config, "num_kv_shared_layers", layers);
  const wide = config.boolean("use_double_wide_mlp", false) ? 2 : 1;
  const plain = llamaModel(config, {
    embeddingScale: Math.fround(Math.sqrt(config.size("hidden_size"))),
    block: { norm: "sandwich" },
    head: { softcap: limit(config, "final_logit_softcapping") },
    attention: sharingLayers(config, sights, own, headsIn(config, sights)),
    feedForward: (at, base) => ({ bias: false, dFeedForward: base.dFeedForward * (at < own ? 1 : wide) }),
  });
  return withLayerInputs(config, plain, layers);
}

/** The heads of each layer, and the positions of its kind. */
function headsIn(config: ConfigFields, sights: readonly Sight[]): Sharing {
  const positions = new Map<Sight, PositionalEncoding>();
  const same = config.boolean("attention_k_eq_v", false);
  return (at) => {
    const [layerType, sizes] = [sights[at]!, headsOfLayer(config, sights, at)];
    const fields = () =>
      rotaryFields(config, { headDim: sizes.headDim, layerType, fraction: 1, byLayer: { scaled: false } });
    const position = positions.get(layerType) ?? new PositionalEncoding(fields());
    positions.set(layerType, position);
    return { ...sizes, position, valuesFromKeys: same && layerType === "full_attention" };
  };
}

/** The heads of a layer: `per_layer_config` overrides the common ones; older files have fields for layers that see all. */
function headsOfLayer(config: ConfigFields, sights: readonly Sight[], at: number) {
  const common = { headDim: config.size("head_dim"), keyValueHeads: config.size("num_key_value_heads") };
  if (config.get("per_layer_config") !== undefined) {
    const own = config.object("per_layer_config").object(String(at));
    return {
      headDim: own.size("head_dim", common.headDim),
      keyValueHeads: own.size("num_key_value_heads", common.keyValueHeads),
    };
  }
  if (sights[at] === "sliding_attention") return common;
  const fewer = config.boolean("attention_k_eq_v", false);
  return {
    headDim: config.size("global_head_dim", 512),
    keyValueHeads: fewer ? config.size("num_global_key_value_heads", common.keyValueHeads) : common.keyValueHeads,
  };
}

/** The model whose layers have a factor, and numbers of their own for each token. */
function withLayerInputs(config: ConfigFields, plain: DecoderModel, layers: number): DecoderModel {
  const dModel = config.size("hidden_size");
  const epsilon = config.epsilon("rms_norm_eps", 1e-6);
  const activation = config.choice("hidden_act", activations);
  const tokens = plain.embedding as Embedding;
  const width = countOf(config, "hidden_size_per_layer_input");
  const source =
    width === 0
      ? undefined
      : new PerLayerEmbedding(tokens, {
          ...{ dModel, layers, epsilon, width },
          vocabSize: config.size("vocab_size_per_layer_input"),
        });
  return new DecoderModel({
    ...plain.config,
    embedding: source ?? tokens,
    blocks: plain.blocks.map((block, at) => {
      const input = source && new PerLayerInput({ layer: at, dModel, activation, epsilon, source });
      return new PerLayerBlock({ block, input });
    }),
    norm: plain.norm,
    head: plain.head,
  });
}
