import { RMSNorm } from "../../blocks";
import type { DecoderModel } from "../../models";
import { activations } from "../activations";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { slidingLayers, slidingWindow } from "../reading/layer-types";
import { type Differences, llamaKin, llamaModel, llamaNames, perHeadNorms } from "./llama-model";
import { limit } from "./sharing-layers";

/** Gemma's norms store their weight minus one. */
export const gemmaNorm = ({ dModel, epsilon }: { dModel: number; epsilon?: number | undefined }) =>
  new RMSNorm({ dModel, epsilon, offset: 1 });

const kin = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification", "ForTokenClassification"),
  defaults: {
    ...{ head_dim: 256, max_position_embeddings: 8192, tie_word_embeddings: true, pad_token_id: 0, eos_token_id: 1 },
    ...{ hidden_act: "gelu_pytorch_tanh" },
  },
};

/** What all Gemmas have: token vectors scaled by √dModel, and their norms. */
function gemmaModel(config: ConfigFields, differences: Differences = {}): DecoderModel {
  config.only({ use_bidirectional_attention: false });
  return llamaModel(config, {
    embeddingScale: Math.fround(Math.sqrt(config.size("hidden_size"))),
    normalization: gemmaNorm,
    feedForward: () => ({ bias: false }),
    ...differences,
  });
}

/**
 * Gemma: Llama with scaled token vectors and norms that store their weight minus one.
 *
 * @see Gemma Team 2024, Gemma: Open Models Based on Gemini Research and Technology (arXiv 2403.08295)
 */
export const gemma: Family<DecoderModel> = {
  ...kin,
  modelTypes: ["gemma"],
  defaults: { ...kin.defaults, num_attention_heads: 16, num_hidden_layers: 28 },
  classes: "Gemma",
  toModel(config) {
    // "gelu" in the first configs meant its approximation.
    const activation = config.choice("hidden_act", { ...activations, gelu: activations.gelu_pytorch_tanh });
    return gemmaModel(config, { feedForward: () => ({ bias: false, activation }) });
  },
};

/** The names of blocks that normalize what their layers take and what they give. */
export const sandwichNames = (model: DecoderModel): NameRule[] => [
  ...llamaNames(model),
  ...layer("blocks.*.attentionOutputNorm", "model.layers.*.post_attention_layernorm"),
  ...layer("blocks.*.feedForwardNorm", "model.layers.*.pre_feedforward_layernorm"),
  ...layer("blocks.*.feedForwardOutputNorm", "model.layers.*.post_feedforward_layernorm"),
];

/** What Gemma 2 and 3 have: windows, limits of scores and logits, norms before and after each layer. */
function laterGemma(
  config: ConfigFields,
  period: number,
  attention: Differences["attention"] = () => ({}),
  more: Differences = {},
): DecoderModel {
  const scale = 1 / Math.sqrt(config.positive("query_pre_attn_scalar", 256));
  const window = slidingWindow(config);
  const softcap = limit(config, "attn_logit_softcapping");
  const sights = slidingLayers(config, (at) => (at + 1) % period !== 0);
  return gemmaModel(config, {
    block: { norm: "sandwich" },
    head: { softcap: limit(config, "final_logit_softcapping") },
    attention: (at, base) => ({
      ...{ scale, softcap, window: sights[at] === "sliding_attention" ? window : undefined },
      ...attention(at, base),
    }),
    ...more,
  });
}

const aliases = { hidden_activation: "hidden_act" };

/**
 * Gemma 2: a window in every second layer, scores and logits within a softcap, norms before and after each layer.
 *
 * @see Gemma Team 2024, Gemma 2: Improving Open Language Models at a Practical Size (arXiv 2408.00118)
 */
export const gemma2: Family<DecoderModel> = {
  ...kin,
  modelTypes: ["gemma2"],
  classes: "Gemma2",
  aliases,
  defaults: {
    ...{ num_attention_heads: 8, num_hidden_layers: 26 },
    ...{ ...kin.defaults, num_key_value_heads: 4, sliding_window: 4096 },
    ...{ final_logit_softcapping: 30, attn_logit_softcapping: 50 },
  },
  names: sandwichNames,
  toModel: (config) => laterGemma(config, 2),
};

/** Gemma 3 has other positions in layers with a window, which are never scaled. */
export const gemma3Rotary = (layerType: string | undefined) =>
  layerType === "full_attention"
    ? { base: 1_000_000, byLayer: { scaled: true } }
    : { base: 10_000, baseField: "rope_local_base_freq", byLayer: { scaled: false } };

/**
 * Gemma 3's text half: Gemma 2 with norms of queries and keys instead of softcaps, five layers with a window to one
 * without, and other positions in each kind.
 *
 * @see Gemma Team 2025, Gemma 3 Technical Report (arXiv 2503.19786)
 */
export const gemma3Text: Family<DecoderModel> = {
  ...kin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification"),
  modelTypes: ["gemma3_text"],
  classes: ["Gemma3", "Gemma3Text"],
  aliases,
  defaults: {
    ...{ num_attention_heads: 8, num_hidden_layers: 26 },
    ...{ ...kin.defaults, num_key_value_heads: 4, sliding_window: 4096, max_position_embeddings: 131_072 },
    ...{ sliding_window_pattern: 6 },
  },
  names: sandwichNames,
  toModel(config) {
    const period = config.whole("sliding_window_pattern");
    const sights = slidingLayers(config, (at) => (at + 1) % period !== 0);
    const attention: Differences["attention"] = (at, base) => ({
      ...perHeadNorms(base),
      position: base.rotary(sights[at]),
      // transformers has the field, but does not use it.
      softcap: undefined,
    });
    return laterGemma(config, period, attention, { rotary: gemma3Rotary });
  },
};
