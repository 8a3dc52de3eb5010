import type { Activation } from "../../blocks";
import { type Initial, initials } from "../../tensor";
import type { ConfigFields } from "../config-fields";
import { activations } from "../settings";

/** What the configs of BERT and its kin say in the same words. */
export interface EncoderSizes {
  vocabSize: number;
  contextLength: number;
  /** Of the embedding. */
  width: number;
  dModel: number;
  heads: number;
  layers: number;
  dFeedForward: number;
  activation: Activation;
  epsilon: number;
  dropout: number;
  attentionDropout: number;
  padToken: number | undefined;
  endTokens: number[];
  initial: Initial;
}

/** What a family takes where its config says nothing. */
export interface EncoderDefaults {
  activation?: string;
  epsilon?: number;
  dropout?: number;
  padToken?: number;
  endToken?: number;
}

export function encoderSizes(
  config: ConfigFields,
  { activation = "gelu", epsilon = 1e-12, dropout = 0.1, padToken = 0, endToken }: EncoderDefaults = {},
): EncoderSizes {
  config.only({ is_encoder_decoder: false, is_decoder: false, add_cross_attention: false, pruned_heads: {} });
  const dModel = config.size("hidden_size");
  return {
    vocabSize: config.size("vocab_size"),
    contextLength: config.size("max_position_embeddings"),
    width: dModel,
    dModel,
    heads: config.size("num_attention_heads"),
    layers: config.size("num_hidden_layers"),
    dFeedForward: config.size("intermediate_size"),
    activation: config.choice("hidden_act", activations, activation),
    epsilon: config.epsilon("layer_norm_eps", epsilon),
    dropout: config.rate("hidden_dropout_prob", dropout),
    attentionDropout: config.rate("attention_probs_dropout_prob", dropout),
    padToken: config.token("pad_token_id", padToken),
    endTokens: config.endTokens(endToken),
    initial: initials.normal(config.deviation("initializer_range", 0.02)),
  };
}
