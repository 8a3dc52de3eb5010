import { type DecoderModel, gpt } from "../../models";
import type { FlatConfig } from "../../models/internal";
import type { ConfigFields, ConfigObject } from "../config-fields";
import type { Family } from "../family";
import { layer } from "../name-map";
import { activationName, activations, allow, settingsOf, tokensField } from "../settings";

/**
 * Llama: pre-norm with RMSNorm, rotary positions, grouped key/value heads, gated feed-forward layers.
 *
 * @see Touvron et al. 2023, LLaMA: Open and Efficient Foundation Language Models (arXiv 2302.13971)
 */
export const llama: Family<DecoderModel> = {
  modelTypes: ["llama"],
  layers: { num_hidden_layers: "model.layers.*" },
  spelling: {
    prefix: { text: "model.", outside: ["lm_head."], bare: ["LlamaModel"] },
    tied: { "lm_head.weight": "model.embed_tokens.weight" },
    ignored: ["model.layers.*.self_attn.rotary_emb.inv_freq", "model.rotary_emb.inv_freq"],
  },
  names: () => [
    ...layer("embedding", "model.embed_tokens"),
    ...layer("blocks.*.attentionNorm", "model.layers.*.input_layernorm"),
    ...layer("blocks.*.attention.query", "model.layers.*.self_attn.q_proj"),
    ...layer("blocks.*.attention.key", "model.layers.*.self_attn.k_proj"),
    ...layer("blocks.*.attention.value", "model.layers.*.self_attn.v_proj"),
    ...layer("blocks.*.attention.output", "model.layers.*.self_attn.o_proj"),
    ...layer("blocks.*.feedForwardNorm", "model.layers.*.post_attention_layernorm"),
    ...layer("blocks.*.feedForward.gate", "model.layers.*.mlp.gate_proj"),
    ...layer("blocks.*.feedForward.up", "model.layers.*.mlp.up_proj"),
    ...layer("blocks.*.feedForward.down", "model.layers.*.mlp.down_proj"),
    ...layer("norm", "model.norm"),
    ...layer("head.projection", "lm_head"),
  ],
  toModel,
  toConfig,
};

function toModel(config: ConfigFields): DecoderModel {
  const headless = config.architecture({ LlamaForCausalLM: false, LlamaModel: true }, "LlamaForCausalLM");
  config.only({ pretraining_tp: 1, partial_rotary_factor: 1, is_encoder_decoder: false });
  const heads = config.size("num_attention_heads");
  const dModel = config.size("hidden_size");
  return gpt({
    vocabSize: config.size("vocab_size"),
    contextLength: config.whole("max_position_embeddings"),
    dModel,
    heads,
    keyValueHeads: config.size("num_key_value_heads", heads),
    headDim: config.size("head_dim", dModel / heads),
    layers: config.size("num_hidden_layers"),
    dFeedForward: config.size("intermediate_size"),
    activation: config.choice("hidden_act", activations, "silu"),
    epsilon: config.epsilon("rms_norm_eps", 1e-6),
    rotaryBase: rotaryBase(config),
    tied: headless || config.boolean("tie_word_embeddings", false),
    bias: config.boolean("attention_bias", false),
    feedForwardBias: config.boolean("mlp_bias", false),
    gated: true,
    norm: "pre",
    normalization: "rmsNorm",
    position: "rotary",
    attentionDropout: config.rate("attention_dropout", 0),
    initialDeviation: config.deviation("initializer_range", 0.02),
    endTokens: config.endTokens(2),
    padToken: config.token("pad_token_id"),
  });
}

/** In `rope_parameters`; in older files in `rope_scaling`, which takes precedence, or beside them. */
function rotaryBase(config: ConfigFields): number {
  const [older, newer] = [config.object("rope_scaling"), config.object("rope_parameters")];
  for (const parameters of [older, newer])
    parameters.only({ rope_type: "default", type: "default", partial_rotary_factor: 1 });
  const beside = config.positive("rope_theta", 10_000);
  return (older.keys().length > 0 ? older : newer).positive("rope_theta", beside);
}

function toConfig(flat: FlatConfig): ConfigObject {
  const settings = settingsOf(flat, "gpt");
  allow(settings, { norm: "pre", normalization: "rmsNorm", position: "rotary", gated: true, finalNorm: true });
  allow(settings, { embeddingScale: 1, headBias: false, crossAttention: false });
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    vocab_size: settings.vocabSize,
    max_position_embeddings: settings.contextLength,
    hidden_size: settings.dModel,
    num_attention_heads: settings.heads,
    num_key_value_heads: settings.keyValueHeads,
    head_dim: settings.headDim,
    num_hidden_layers: settings.layers,
    intermediate_size: settings.dFeedForward,
    hidden_act: activationName(settings.activation),
    rms_norm_eps: settings.epsilon,
    rope_parameters: { rope_theta: settings.rotaryBase, rope_type: "default" },
    tie_word_embeddings: settings.tied,
    attention_bias: settings.bias,
    mlp_bias: settings.feedForwardBias,
    attention_dropout: settings.attentionDropout,
    initializer_range: settings.initialDeviation,
    bos_token_id: null,
    eos_token_id: tokensField(settings.endTokens),
    pad_token_id: settings.padToken ?? null,
  };
}
