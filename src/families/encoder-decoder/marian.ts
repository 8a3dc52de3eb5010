import type { DecoderModel, EncoderDecoderModel } from "../../models";
import type { FlatConfig } from "../../models/internal";
import { activationName } from "../activations";
import type { ConfigFields, ConfigObject } from "../config-fields";
import type { Family } from "../family";
import type { Heads } from "../reading/heads";
import { allow, settingsOf, tokensField } from "../settings";
import { bart, bartModel, storedSinusoids } from "./bart";
import { bartNames } from "./bart-names";

/**
 * Marian: the original encoder-decoder, post-norm, sinusoidal positions with all sines first. The two sides may have
 * vocabularies of their own.
 *
 * @see Junczys-Dowmunt et al. 2018, Marian (arXiv 1804.00344); Vaswani et al. 2017 (arXiv 1706.03762)
 */
export const marian: Family<EncoderDecoderModel | DecoderModel> = {
  ...bart,
  modelTypes: ["marian"],
  classes: "Marian",
  heads: { MTModel: "languageModel", Model: "none", ForCausalLM: "languageModel" } satisfies Heads,
  names: (model) => bartNames(model),
  toModel: (config, has) =>
    bartModel(config, has, {
      ...{ embeddingNorm: false, position: storedSinusoids, target: targetOf(config) },
      tokens: { pad: 58_100, end: 0, start: 58_100 },
    }),
  toConfig,
};

/** Fields of older files, which transformers no longer reads, must say what it does. */
function targetOf(config: ConfigFields) {
  config.only({ normalize_before: false, normalize_embedding: false, add_final_layer_norm: false });
  config.only({ static_position_embeddings: true });
  const shared = config.boolean("share_encoder_decoder_embeddings", true);
  const source = config.size("vocab_size");
  if (shared && config.boolean("tie_word_embeddings", true)) config.only({ decoder_vocab_size: source });
  return { vocabSize: config.size("decoder_vocab_size", source), shared };
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
