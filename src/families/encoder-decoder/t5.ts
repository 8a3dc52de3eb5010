import { Embedding, OutputHead, RMSNorm } from "../../blocks";
import { DecoderModel, EncoderDecoderModel, EncoderModel } from "../../models";
import { initials } from "../../tensor";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { labelsOf } from "../labels";
import { translatorHeads } from "../reading/heads";
import { type FeedForwardAt, t5Blocks } from "./t5-blocks";
import { t5Names, t5Spelling } from "./t5-names";
import { type Has, startTokenOf, tokensOf, wholeHead } from "./translator";

/** What differs from T5 in its descendants. */
export interface T5Differences {
  /** Every layer has relative positions of its own; the layers of a side share them if omitted. */
  ownPositions?: boolean | undefined;
  /** Whether the head gets hidden / √dModel. */
  scaled?: boolean | undefined;
  /** The feed-forward layer and the start token of a config that names none. */
  feedForward?: string | undefined;
  start?: number | undefined;
  /** The feed-forward layer of each layer; the usual one if omitted. */
  feedForwardAt?: FeedForwardAt | undefined;
  /** The longest text; any length if omitted. */
  contextLength?: number | undefined;
}

/**
 * T5 and Flan-T5: RMSNorm before each sublayer, no biases, attention scores that are not scaled but biased by the distance.
 * Version 1.1 gates its feed-forward layers and has a head of its own, whose input it does not scale.
 *
 * @see Raffel et al. 2020, Exploring the Limits of Transfer Learning (arXiv 1910.10683); Shazeer 2020 (arXiv 2002.05202)
 */
export const t5: Family<EncoderDecoderModel | EncoderModel> = {
  modelTypes: ["t5"],
  defaults: { num_heads: 8, num_layers: 6 },
  classes: "T5",
  heads: {
    ...translatorHeads,
    EncoderModel: "none",
    ForSequenceClassification: "sequenceClass",
    ForTokenClassification: "tokenClass",
    ForQuestionAnswering: "questionAnswering",
  },
  aliases: {
    hidden_size: "d_model",
    num_attention_heads: "num_heads",
    num_hidden_layers: "num_layers",
    head_dim: "d_kv",
  },
  layers: (config) => ({
    num_layers: "transformer.encoder.block.*",
    ...(!isEncoder(config) &&
      config.get("num_decoder_layers") !== undefined && { num_decoder_layers: "transformer.decoder.block.*" }),
  }),
  spelling: t5Spelling("T5"),
  names: t5Names,
  toModel: (config, has) => t5Model(config, has),
};

/** The model of a config, with the parts that its class names. */
export function t5Model(config: ConfigFields, has: Has, differences: T5Differences = {}) {
  const { scaled = config.boolean("scale_decoder_outputs", config.boolean("tie_word_embeddings", true)) } = differences;
  config.only({ is_decoder: false });
  const [dModel, vocabSize] = [config.size("d_model"), config.size("vocab_size")];
  const initial = initials.normal(config.deviation("initializer_factor", 1) / Math.sqrt(dModel));
  const dropout = config.rate("dropout_rate", 0.1);
  const norm = () => new RMSNorm({ dModel, epsilon: config.epsilon("layer_norm_epsilon", 1e-6) });
  const embedding = new Embedding({ vocabSize, dModel, initial });
  const blocks = t5Blocks(config, { dModel, initial, dropout, ...differences });
  const tokens = { pad: 0, end: 1, start: differences.start };
  const facts = {
    vocabSize,
    contextLength: differences.contextLength ?? UNLIMITED,
    ...tokensOf(config, vocabSize, tokens),
  };
  const side = { ...facts, embedding, embeddingDropout: dropout };
  const layers = config.whole("num_layers");
  const encoder = { ...side, blocks: blocks("encoder", layers), norm: norm() };
  if (isEncoder(config)) return new EncoderModel({ ...encoder, head: tokenHead(config) });
  config.only({ is_encoder_decoder: true });
  const decoderLayers = config.whole("num_decoder_layers", layers);
  const tied = has("lm_head.weight") ? undefined : embedding.weight;
  const scale = scaled ? 1 / Math.sqrt(dModel) : 1;
  const head = new OutputHead({
    kind: "languageModel",
    dModel,
    vocabSize,
    tied,
    scale,
    initial: tied ? undefined : initial,
  });
  return new EncoderDecoderModel({
    encoder: new EncoderModel(encoder),
    decoder: new DecoderModel({
      ...{ ...side, blocks: blocks("decoder", decoderLayers), norm: norm() },
      head: config.head === "languageModel" ? head : undefined,
    }),
    startToken: startTokenOf(config, tokens),
    head: wholeHead(config, { dModel, initial, end: 1 }),
  });
}

/** Distances have no largest one. */
const UNLIMITED = 2 ** 31 - 1;

/** Classes without a decoder. */
const isEncoder = ({ classEnd }: ConfigFields): boolean =>
  ["EncoderModel", "ForTokenClassification"].includes(classEnd);

function tokenHead(config: ConfigFields): OutputHead | undefined {
  if (config.head !== "tokenClass") return undefined;
  const dropout = config.rate("classifier_dropout", 0);
  return new OutputHead({
    kind: "tokenClass",
    dModel: config.size("d_model"),
    labels: labelsOf(config).length,
    dropout,
  });
}
