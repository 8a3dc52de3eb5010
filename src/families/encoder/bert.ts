import { type EncoderModel, bert as makeBert } from "../../models";
import type { FlatConfig } from "../../models/internal";
import type { ConfigFields, ConfigObject } from "../config-fields";
import type { Family } from "../family";
import { layer } from "../name-map";
import { activationName, activations, allow, settingsOf } from "../settings";
import { headFields, headKind, headNames, headOf } from "./bert-head";

/**
 * BERT: post-norm, learned positions, token types, and the head that the checkpoint's architecture names.
 *
 * @see Devlin et al. 2018, BERT (arXiv 1810.04805)
 */
export const bertFamily: Family<EncoderModel> = {
  modelTypes: ["bert"],
  layers: { num_hidden_layers: "bert.encoder.layer.*" },
  spelling: {
    prefix: { text: "bert.", outside: ["cls.", "classifier.", "qa_outputs."], bare: ["BertModel"] },
    aliases: { ".gamma": ".weight", ".beta": ".bias" },
    tied: {
      "cls.predictions.decoder.weight": "bert.embeddings.word_embeddings.weight",
      "cls.predictions.decoder.bias": "cls.predictions.bias",
    },
    ignored: ["bert.embeddings.position_ids"],
    unused: [
      "bert.pooler.dense.weight",
      "bert.pooler.dense.bias",
      "cls.seq_relationship.weight",
      "cls.seq_relationship.bias",
    ],
  },
  names: ({ head }) => [
    ...layer("embedding", "bert.embeddings.word_embeddings"),
    ...layer("types", "bert.embeddings.token_type_embeddings"),
    ...layer("position", "bert.embeddings.position_embeddings"),
    ...layer("embeddingNorm", "bert.embeddings.LayerNorm"),
    ...layer("blocks.*.attention.query", "bert.encoder.layer.*.attention.self.query"),
    ...layer("blocks.*.attention.key", "bert.encoder.layer.*.attention.self.key"),
    ...layer("blocks.*.attention.value", "bert.encoder.layer.*.attention.self.value"),
    ...layer("blocks.*.attention.output", "bert.encoder.layer.*.attention.output.dense"),
    ...layer("blocks.*.attentionNorm", "bert.encoder.layer.*.attention.output.LayerNorm"),
    ...layer("blocks.*.feedForward.up", "bert.encoder.layer.*.intermediate.dense"),
    ...layer("blocks.*.feedForward.down", "bert.encoder.layer.*.output.dense"),
    ...layer("blocks.*.feedForwardNorm", "bert.encoder.layer.*.output.LayerNorm"),
    ...layer("pooler.dense", "bert.pooler.dense"),
    ...headNames(head?.kind),
  ],
  toModel,
  toConfig,
};

/** @deprecated Import `bertFamily`; `bert` is the model factory. */
export const bert = bertFamily;

function toModel(config: ConfigFields, has: (theirs: string) => boolean): EncoderModel {
  const kind = headKind(config);
  config.only({ is_encoder_decoder: false });
  config.only({ position_embedding_type: "absolute", is_decoder: false, add_cross_attention: false, pruned_heads: {} });
  if (kind === "maskedLanguageModel") config.only({ tie_word_embeddings: true });
  return makeBert({
    vocabSize: config.size("vocab_size"),
    contextLength: config.size("max_position_embeddings"),
    dModel: config.size("hidden_size"),
    heads: config.size("num_attention_heads"),
    layers: config.size("num_hidden_layers"),
    dFeedForward: config.size("intermediate_size"),
    typeVocabSize: config.size("type_vocab_size", 2),
    activation: config.choice("hidden_act", activations, "gelu"),
    epsilon: config.epsilon("layer_norm_eps", 1e-12),
    norm: "post",
    embeddingNorm: true,
    pooler: kind === "sequenceClass" || (kind === undefined && has("bert.pooler.dense.weight")),
    head: headOf(kind, config),
    dropout: config.rate("hidden_dropout_prob", 0.1),
    attentionDropout: config.rate("attention_probs_dropout_prob", 0.1),
    initialDeviation: config.deviation("initializer_range", 0.02),
    endTokens: config.endTokens(),
    padToken: config.token("pad_token_id", 0),
  });
}

function toConfig(flat: FlatConfig): ConfigObject {
  const settings = settingsOf(flat, "bert");
  const { dModel, heads, dropout, head, typeVocabSize } = settings;
  allow(settings, { norm: "post", normalization: "layerNorm", position: "learned", gated: false, bias: true });
  allow(settings, { keyValueHeads: heads, headDim: dModel / heads, embeddingScale: 1, embeddingNorm: true });
  if (!typeVocabSize) throw new RangeError("typeVocabSize must be at least 1");
  return {
    model_type: "bert",
    vocab_size: settings.vocabSize,
    max_position_embeddings: settings.contextLength,
    hidden_size: dModel,
    num_attention_heads: heads,
    num_hidden_layers: settings.layers,
    intermediate_size: settings.dFeedForward,
    type_vocab_size: typeVocabSize,
    hidden_act: activationName(settings.activation),
    layer_norm_eps: settings.epsilon,
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: settings.attentionDropout,
    initializer_range: settings.initialDeviation,
    pad_token_id: settings.padToken ?? null,
    ...headFields(head, settings.dropout),
  };
}
