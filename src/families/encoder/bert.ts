import type { EncoderModel } from "../../models";
import type { FlatConfig } from "../../models/internal";
import type { ConfigObject } from "../config-fields";
import type { Family } from "../family";
import { encoderHeads } from "../reading/heads";
import { activationName, allow, settingsOf } from "../settings";
import { bertHead, bertNames, encoderModel, headNames, pooledHeads, tiedTo } from "./encoder-base";
import { encoderSizes } from "./encoder-sizes";
import { headFields } from "./head-fields";

/**
 * BERT: post-norm, learned positions, token types, and the head that the checkpoint's architecture names.
 *
 * @see Devlin et al. 2018, BERT (arXiv 1810.04805)
 */
export const bertFamily: Family<EncoderModel> = {
  modelTypes: ["bert"],
  defaults: { max_position_embeddings: 512, num_attention_heads: 12, num_hidden_layers: 12 },
  classes: "Bert",
  heads: encoderHeads,
  layers: { num_hidden_layers: "bert.encoder.layer.*" },
  spelling: {
    prefix: { text: "bert.", outside: ["cls.", "classifier.", "qa_outputs."] },
    aliases: { ".gamma": ".weight", ".beta": ".bias" },
    tied: tiedTo("bert.embeddings.word_embeddings.weight", bertHead),
    ignored: ["bert.embeddings.position_ids"],
    unused: [
      "bert.pooler.dense.weight",
      "bert.pooler.dense.bias",
      "cls.seq_relationship.weight",
      "cls.seq_relationship.bias",
      "cls.predictions.bias",
    ],
  },
  names: (model, has) => [...bertNames("bert."), ...headNames(model, has)],
  toModel(config, has) {
    config.only({ position_embedding_type: "absolute" });
    return encoderModel(config, encoderSizes(config), has("bert.pooler.dense.weight"), { pooled: pooledHeads });
  },
  toConfig,
};

/** @deprecated Import `bertFamily`; `bert` is the model factory. */
export const bert = bertFamily;

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
