import { HeadTransform, Pooler, PositionalEncoding } from "../../blocks";
import type { EncoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { encoderHeads, headsOf } from "../reading/heads";
import { bertNames, type EncoderDifferences, encoderModel, headNames, type MaskedNames, tiedTo } from "./encoder-base";
import { encoderSizes } from "./encoder-sizes";

/** The names of a masked language model's head in RoBERTa and its kin. */
export const robertaHead: MaskedNames = {
  dense: "lm_head.dense",
  norm: "lm_head.layer_norm",
  decoder: "lm_head.decoder",
  bias: "lm_head.bias",
};

/**
 * RoBERTa: BERT with positions that are counted without padding, after the row of padding in their table, and a layer of
 * its own for the classes of texts.
 *
 * @see Liu et al. 2019, RoBERTa (arXiv 1907.11692)
 */
export const roberta: Family<EncoderModel> = {
  modelTypes: ["roberta"],
  defaults: { max_position_embeddings: 512, num_attention_heads: 12, num_hidden_layers: 12 },
  classes: "Roberta",
  heads: headsOf(
    encoderHeads,
    ...(["Model", "ForMaskedLM", "ForSequenceClassification", "ForTokenClassification"] as const),
    ...(["ForQuestionAnswering", "ForMultipleChoice"] as const),
  ),
  layers: { num_hidden_layers: "roberta.encoder.layer.*" },
  spelling: {
    prefix: { text: "roberta.", outside: ["lm_head.", "classifier.", "qa_outputs."] },
    aliases: { ".gamma": ".weight", ".beta": ".bias" },
    tied: tiedTo("roberta.embeddings.word_embeddings.weight", robertaHead),
    ignored: ["roberta.embeddings.position_ids"],
    unused: ["roberta.pooler.dense.weight", "roberta.pooler.dense.bias", "lm_head.bias"],
  },
  names: (model, has) => [
    ...bertNames("roberta."),
    ...headNames(model, has, { masked: robertaHead, pooler: "classifier.dense", sequence: "classifier.out_proj" }),
  ],
  toModel: (config, has) => robertaModel(config, has("roberta.pooler.dense.weight")),
};

/** A model like RoBERTa. */
export function robertaModel(
  config: ConfigFields,
  hasPooler: boolean,
  differences: EncoderDifferences = {},
): EncoderModel {
  config.only({ position_embedding_type: "absolute" });
  const whole = encoderSizes(config, { padToken: 1, endToken: 2 });
  const { dModel, initial, epsilon, dropout, padToken } = whole;
  if (padToken === undefined)
    throw config.error("pad_token_id", "a token id, because positions are counted without it");
  const offset = padToken + 1;
  if (offset >= whole.contextLength) throw config.error("max_position_embeddings", `more than ${offset} rows`);
  const sizes = { ...whole, contextLength: whole.contextLength - offset };
  const { contextLength } = sizes;
  return encoderModel(config, sizes, hasPooler, {
    position: new PositionalEncoding({ kind: "learned", dModel, contextLength, offset, initial }),
    positions: "unpadded",
    masked: new HeadTransform({ dModel, epsilon, initial }),
    pooler: new Pooler({ dModel, initial, dropout: config.rate("classifier_dropout", dropout) }),
    pooled: ["none", "multipleChoice"],
    ...differences,
  });
}
