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
  /** Its own names of fields. */
  fields?: Partial<typeof bertFields>;
}

/** BERT's names of fields. */
const bertFields = {
  dModel: "hidden_size",
  heads: "num_attention_heads",
  layers: "num_hidden_layers",
  dFeedForward: "intermediate_size",
  activation: "hidden_act",
  epsilon: "layer_norm_eps",
  dropout: "hidden_dropout_prob",
  attentionDropout: "attention_probs_dropout_prob",
};

export function encoderSizes(
  config: ConfigFields,
  { activation = "gelu", epsilon = 1e-12, dropout = 0.1, padToken = 0, endToken, fields }: EncoderDefaults = {},
): EncoderSizes {
  config.only({ is_encoder_decoder: false, is_decoder: false, add_cross_attention: false, pruned_heads: {} });
  const names = { ...bertFields, ...fields };
  const dModel = config.size(names.dModel);
  return {
    vocabSize: config.size("vocab_size"),
    contextLength: config.size("max_position_embeddings"),
    width: dModel,
    dModel,
    heads: config.size(names.heads),
    layers: config.size(names.layers),
    dFeedForward: config.size(names.dFeedForward),
    activation: config.choice(names.activation, activations, activation),
    epsilon: config.epsilon(names.epsilon, epsilon),
    dropout: config.rate(names.dropout, dropout),
    attentionDropout: config.rate(names.attentionDropout, dropout),
    padToken: config.token("pad_token_id", padToken),
    endTokens: config.endTokens(endToken),
    initial: initials.normal(config.deviation("initializer_range", 0.02)),
  };
}
