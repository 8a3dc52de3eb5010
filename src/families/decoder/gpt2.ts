import { type DecoderModel, gpt } from "../../models";
import type { FlatConfig } from "../../models/internal";
import type { ConfigFields, ConfigObject } from "../config-fields";
import type { Family } from "../family";
import { layer } from "../name-map";
import { activationName, activations, allow, settingsOf, tokensField } from "../settings";

/** Linear layers are saved as [in, out]. */
const transpose = true;

/**
 * GPT-2: pre-norm, learned positions, tied head.
 *
 * @see Radford et al. 2019, Language Models are Unsupervised Multitask Learners
 */
export const gpt2: Family<DecoderModel> = {
  modelTypes: ["gpt2"],
  aliases: {
    hidden_size: "n_embd",
    max_position_embeddings: "n_positions",
    num_attention_heads: "n_head",
    num_hidden_layers: "n_layer",
  },
  layers: { n_layer: "transformer.h.*" },
  spelling: {
    prefix: { text: "transformer.", outside: ["lm_head."], bare: ["GPT2Model"] },
    tied: { "lm_head.weight": "transformer.wte.weight" },
    ignored: ["transformer.h.*.attn.bias", "transformer.h.*.attn.masked_bias"],
  },
  names: () => [
    ...layer("embedding", "transformer.wte"),
    ...layer("position", "transformer.wpe"),
    ...layer("blocks.*.attentionNorm", "transformer.h.*.ln_1"),
    ...layer(
      ["blocks.*.attention.query", "blocks.*.attention.key", "blocks.*.attention.value"],
      "transformer.h.*.attn.c_attn",
      { transpose },
    ),
    ...layer("blocks.*.attention.output", "transformer.h.*.attn.c_proj", { transpose }),
    ...layer("blocks.*.feedForwardNorm", "transformer.h.*.ln_2"),
    ...layer("blocks.*.feedForward.up", "transformer.h.*.mlp.c_fc", { transpose }),
    ...layer("blocks.*.feedForward.down", "transformer.h.*.mlp.c_proj", { transpose }),
    ...layer("norm", "transformer.ln_f"),
    ...layer("head.projection", "lm_head"),
  ],
  toModel,
  toConfig,
};

function toModel(config: ConfigFields): DecoderModel {
  const headless = config.architecture({ GPT2LMHeadModel: false, GPT2Model: true }, "GPT2LMHeadModel");
  config.only({ is_encoder_decoder: false });
  config.only({ scale_attn_weights: true, scale_attn_by_inverse_layer_idx: false, add_cross_attention: false });
  const dModel = config.size("n_embd");
  const vocabSize = config.size("vocab_size");
  // transformers never looks up this token's embedding, and accepts an id outside the vocabulary.
  const padToken = config.token("pad_token_id");
  return gpt({
    vocabSize,
    contextLength: config.size("n_positions"),
    dModel,
    heads: config.size("n_head"),
    layers: config.size("n_layer"),
    dFeedForward: config.size("n_inner", 4 * dModel),
    activation: config.choice("activation_function", activations, "gelu_new"),
    epsilon: config.epsilon("layer_norm_epsilon", 1e-5),
    norm: "pre",
    tied: headless || config.boolean("tie_word_embeddings", true),
    dropout: config.rate("resid_pdrop", 0.1),
    embeddingDropout: config.rate("embd_pdrop", 0.1),
    attentionDropout: config.rate("attn_pdrop", 0.1),
    initialDeviation: config.deviation("initializer_range", 0.02),
    endTokens: config.endTokens(50_256),
    padToken: padToken !== undefined && padToken < vocabSize ? padToken : undefined,
  });
}

function toConfig(flat: FlatConfig): ConfigObject {
  const settings = settingsOf(flat, "gpt");
  const { dModel, heads, dropout } = settings;
  allow(settings, { norm: "pre", normalization: "layerNorm", position: "learned", gated: false, finalNorm: true });
  allow(settings, { bias: true, keyValueHeads: heads, headDim: dModel / heads });
  allow(settings, { embeddingScale: 1, headBias: false, crossAttention: false });
  return {
    architectures: ["GPT2LMHeadModel"],
    model_type: "gpt2",
    vocab_size: settings.vocabSize,
    n_positions: settings.contextLength,
    n_embd: dModel,
    n_head: heads,
    n_layer: settings.layers,
    n_inner: settings.dFeedForward,
    activation_function: activationName(settings.activation),
    layer_norm_epsilon: settings.epsilon,
    tie_word_embeddings: settings.tied,
    attn_pdrop: settings.attentionDropout,
    embd_pdrop: settings.embeddingDropout,
    resid_pdrop: dropout,
    initializer_range: settings.initialDeviation,
    bos_token_id: null,
    eos_token_id: tokensField(settings.endTokens),
    pad_token_id: settings.padToken ?? null,
  };
}
