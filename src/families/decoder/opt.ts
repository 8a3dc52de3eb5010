import { type DecoderModel, gpt } from "../../models";
import type { FlatConfig } from "../../models/internal";
import type { ConfigFields, ConfigObject } from "../config-fields";
import type { Family } from "../family";
import { layer } from "../name-map";
import { activationName, activations, allow, settingsOf, tokensField } from "../settings";

/**
 * OPT: pre-norm, learned positions, relu, tied head. Its variants with norms after sublayers or with a projection of the
 * embeddings, such as opt-350m, are refused.
 *
 * @see Zhang et al. 2022, OPT: Open Pre-trained Transformer Language Models (arXiv 2205.01068)
 */
export const opt: Family<DecoderModel> = {
  modelTypes: ["opt"],
  layers: { num_hidden_layers: "model.decoder.layers.*" },
  spelling: {
    prefix: { text: "model.", outside: ["lm_head."], bare: ["OPTModel"] },
    tied: { "lm_head.weight": "model.decoder.embed_tokens.weight" },
  },
  names: () => [
    ...layer("embedding", "model.decoder.embed_tokens"),
    // Position m is row m + 2.
    { ours: "position.weight", theirs: "model.decoder.embed_positions.weight", unusedRows: 2 },
    ...layer("blocks.*.attentionNorm", "model.decoder.layers.*.self_attn_layer_norm"),
    ...layer("blocks.*.attention.query", "model.decoder.layers.*.self_attn.q_proj"),
    ...layer("blocks.*.attention.key", "model.decoder.layers.*.self_attn.k_proj"),
    ...layer("blocks.*.attention.value", "model.decoder.layers.*.self_attn.v_proj"),
    ...layer("blocks.*.attention.output", "model.decoder.layers.*.self_attn.out_proj"),
    ...layer("blocks.*.feedForwardNorm", "model.decoder.layers.*.final_layer_norm"),
    ...layer("blocks.*.feedForward.up", "model.decoder.layers.*.fc1"),
    ...layer("blocks.*.feedForward.down", "model.decoder.layers.*.fc2"),
    ...layer("norm", "model.decoder.final_layer_norm"),
    ...layer("head.projection", "lm_head"),
  ],
  toModel,
  toConfig,
};

function toModel(config: ConfigFields): DecoderModel {
  const headless = config.architecture({ OPTForCausalLM: false, OPTModel: true }, "OPTForCausalLM");
  const dModel = config.size("hidden_size");
  config.only({ do_layer_norm_before: true, layer_norm_elementwise_affine: true, word_embed_proj_dim: dModel });
  config.only({ layerdrop: 0, is_encoder_decoder: false });
  return gpt({
    vocabSize: config.size("vocab_size"),
    contextLength: config.size("max_position_embeddings"),
    dModel,
    heads: config.size("num_attention_heads"),
    layers: config.size("num_hidden_layers"),
    dFeedForward: config.size("ffn_dim"),
    activation: config.choice("activation_function", activations, "relu"),
    bias: config.boolean("enable_bias", true),
    norm: "pre",
    finalNorm: !config.boolean("_remove_final_layer_norm", false),
    tied: headless || config.boolean("tie_word_embeddings", true),
    dropout: config.rate("dropout", 0.1),
    embeddingDropout: 0,
    attentionDropout: config.rate("attention_dropout", 0),
    initialDeviation: config.deviation("init_std", 0.02),
    endTokens: config.endTokens(2),
    padToken: config.token("pad_token_id", 1),
  });
}

function toConfig(flat: FlatConfig): ConfigObject {
  const settings = settingsOf(flat, "gpt");
  const { dModel, heads, bias } = settings;
  allow(settings, { norm: "pre", normalization: "layerNorm", position: "learned", gated: false, epsilon: 1e-5 });
  allow(settings, { feedForwardBias: bias, keyValueHeads: heads, headDim: dModel / heads });
  allow(settings, { embeddingScale: 1, headBias: false, crossAttention: false });
  allow(settings, { embeddingDropout: 0, feedForwardDropout: 0 });
  return {
    architectures: ["OPTForCausalLM"],
    model_type: "opt",
    vocab_size: settings.vocabSize,
    max_position_embeddings: settings.contextLength,
    hidden_size: dModel,
    word_embed_proj_dim: dModel,
    num_attention_heads: heads,
    num_hidden_layers: settings.layers,
    ffn_dim: settings.dFeedForward,
    activation_function: activationName(settings.activation),
    enable_bias: bias,
    do_layer_norm_before: true,
    _remove_final_layer_norm: !settings.finalNorm,
    tie_word_embeddings: settings.tied,
    dropout: settings.dropout,
    attention_dropout: settings.attentionDropout,
    init_std: settings.initialDeviation,
    bos_token_id: null,
    eos_token_id: tokensField(settings.endTokens),
    pad_token_id: settings.padToken ?? null,
  };
}
