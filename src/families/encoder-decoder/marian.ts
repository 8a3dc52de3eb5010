import { type EncoderDecoderModel, encoderDecoder } from "../../models";
import type { FlatConfig } from "../../models/internal";
import type { ConfigFields, ConfigObject } from "../config-fields";
import type { Family } from "../family";
import { layer } from "../name-map";
import { activationName, activations, allow, settingsOf, tokensField } from "../settings";

/** What encoder and decoder blocks have in common. */
const blocks = (ours: string, theirs: string) => [
  ...layer(`${ours}.attention.query`, `${theirs}.self_attn.q_proj`),
  ...layer(`${ours}.attention.key`, `${theirs}.self_attn.k_proj`),
  ...layer(`${ours}.attention.value`, `${theirs}.self_attn.v_proj`),
  ...layer(`${ours}.attention.output`, `${theirs}.self_attn.out_proj`),
  ...layer(`${ours}.attentionNorm`, `${theirs}.self_attn_layer_norm`),
  ...layer(`${ours}.crossAttention.query`, `${theirs}.encoder_attn.q_proj`),
  ...layer(`${ours}.crossAttention.key`, `${theirs}.encoder_attn.k_proj`),
  ...layer(`${ours}.crossAttention.value`, `${theirs}.encoder_attn.v_proj`),
  ...layer(`${ours}.crossAttention.output`, `${theirs}.encoder_attn.out_proj`),
  ...layer(`${ours}.crossAttentionNorm`, `${theirs}.encoder_attn_layer_norm`),
  ...layer(`${ours}.feedForward.up`, `${theirs}.fc1`),
  ...layer(`${ours}.feedForward.down`, `${theirs}.fc2`),
  ...layer(`${ours}.feedForwardNorm`, `${theirs}.final_layer_norm`),
];

/**
 * Marian: the original encoder-decoder, post-norm, sinusoidal positions with all sines first, one shared embedding.
 *
 * @see Junczys-Dowmunt et al. 2018, Marian (arXiv 1804.00344); Vaswani et al. 2017 (arXiv 1706.03762)
 */
export const marian: Family<EncoderDecoderModel> = {
  modelTypes: ["marian"],
  aliases: {
    hidden_size: "d_model",
    num_attention_heads: "encoder_attention_heads",
    num_hidden_layers: "encoder_layers",
  },
  layers: { encoder_layers: "model.encoder.layers.*", decoder_layers: "model.decoder.layers.*" },
  spelling: {
    tied: {
      "model.encoder.embed_tokens.weight": "model.shared.weight",
      "model.decoder.embed_tokens.weight": "model.shared.weight",
      "lm_head.weight": "model.shared.weight",
    },
    // Sinusoids are computed, not loaded.
    ignored: ["model.encoder.embed_positions.weight", "model.decoder.embed_positions.weight"],
  },
  names: () => [
    ...layer("encoder.embedding", "model.shared"),
    ...blocks("encoder.blocks.*", "model.encoder.layers.*"),
    ...blocks("decoder.blocks.*", "model.decoder.layers.*"),
    { ours: "decoder.head.projection.bias", theirs: "final_logits_bias", unitAxis: 0 },
  ],
  toModel,
  toConfig,
};

function toModel(config: ConfigFields, has: (theirs: string) => boolean): EncoderDecoderModel {
  config.architecture({ MarianMTModel: true }, "MarianMTModel");
  const vocabSize = config.size("vocab_size");
  const dModel = config.size("d_model");
  config.only({ share_encoder_decoder_embeddings: true, tie_word_embeddings: true, decoder_vocab_size: vocabSize });
  config.only({ normalize_before: false, normalize_embedding: false, add_final_layer_norm: false });
  config.only({ static_position_embeddings: true, is_decoder: false, is_encoder_decoder: true });
  config.only({ encoder_layerdrop: 0, decoder_layerdrop: 0 });
  return encoderDecoder({
    vocabSize,
    contextLength: config.whole("max_position_embeddings"),
    dModel,
    heads: config.size("encoder_attention_heads"),
    decoderHeads: config.size("decoder_attention_heads"),
    layers: config.size("encoder_layers"),
    decoderLayers: config.size("decoder_layers"),
    dFeedForward: config.size("encoder_ffn_dim"),
    decoderDFeedForward: config.size("decoder_ffn_dim"),
    activation: config.choice("activation_function", activations, "gelu"),
    norm: "post",
    position: "sinusoidalHalves",
    embeddingScale: config.boolean("scale_embedding", false) ? Math.sqrt(dModel) : 1,
    headBias: has("final_logits_bias"),
    dropout: config.rate("dropout", 0.1),
    attentionDropout: config.rate("attention_dropout", 0),
    feedForwardDropout: config.rate("activation_dropout", 0),
    initialDeviation: config.deviation("init_std", 0.02),
    endTokens: config.endTokens(0),
    padToken: config.token("pad_token_id", 58_100),
    startToken: config.token("decoder_start_token_id", 58_100),
  });
}

function toConfig(flat: FlatConfig): ConfigObject {
  const settings = settingsOf(flat, "encoderDecoder");
  const { dModel, heads, layers, dFeedForward, vocabSize, startToken = settings.padToken } = settings;
  allow(settings, { norm: "post", normalization: "layerNorm", position: "sinusoidalHalves", gated: false });
  allow(settings, { bias: true, keyValueHeads: heads, headDim: dModel / heads, epsilon: 1e-5, finalNorm: false });
  if (settings.embeddingScale !== 1) allow(settings, { embeddingScale: Math.sqrt(dModel) });
  if (startToken === undefined) throw new RangeError("startToken is missing");
  return {
    architectures: ["MarianMTModel"],
    model_type: "marian",
    is_encoder_decoder: true,
    vocab_size: vocabSize,
    decoder_vocab_size: vocabSize,
    max_position_embeddings: settings.contextLength,
    d_model: dModel,
    encoder_attention_heads: heads,
    decoder_attention_heads: settings.decoderHeads ?? heads,
    encoder_layers: layers,
    decoder_layers: settings.decoderLayers ?? layers,
    encoder_ffn_dim: dFeedForward,
    decoder_ffn_dim: settings.decoderDFeedForward ?? dFeedForward,
    activation_function: activationName(settings.activation),
    scale_embedding: settings.embeddingScale !== 1,
    normalize_before: false,
    static_position_embeddings: true,
    share_encoder_decoder_embeddings: true,
    tie_word_embeddings: true,
    dropout: settings.dropout,
    attention_dropout: settings.attentionDropout,
    activation_dropout: settings.feedForwardDropout,
    init_std: settings.initialDeviation,
    eos_token_id: tokensField(settings.endTokens),
    forced_eos_token_id: null,
    pad_token_id: settings.padToken ?? null,
    decoder_start_token_id: startToken,
  };
}
