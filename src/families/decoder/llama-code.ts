import type { DecoderModel } from "../../models";
import type { FlatConfig } from "../../models/internal";
import { activationName } from "../activations";
import type { ConfigFields, ConfigObject } from "../config-fields";
import { allow, settingsOf, tokensField } from "../settings";
import { llamaModel } from "./llama-model";

export { llamaNames as names } from "./llama-model";

export function toModel(config: ConfigFields): DecoderModel {
  config.only({ pretraining_tp: 1 });
  return llamaModel(config, { feedForwardBias: config.boolean("mlp_bias", false) });
}

export function toConfig(flat: FlatConfig): ConfigObject {
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
