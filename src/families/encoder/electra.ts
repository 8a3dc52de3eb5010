import { HeadTransform, Pooler } from "../../blocks";
import type { EncoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { bertNames, encoderModel, headNames, type MaskedNames, tiedTo } from "./encoder-base";
import { encoderSizes } from "./encoder-sizes";
import { roberta } from "./roberta";
import { summaryOf } from "./sequence-summary";

const masked: MaskedNames = {
  dense: "generator_predictions.dense",
  norm: "generator_predictions.LayerNorm",
  decoder: "generator_lm_head",
  bias: "generator_lm_head.bias",
};

/**
 * ELECTRA: BERT with a narrow embedding. Its generator proposes tokens, and its discriminator tells which were replaced.
 *
 * @see Clark et al. 2020, ELECTRA (arXiv 2003.10555)
 */
export const electra: Family<EncoderModel> = {
  modelTypes: ["electra"],
  defaults: { max_position_embeddings: 512, num_attention_heads: 4, num_hidden_layers: 12 },
  classes: "Electra",
  heads: { ...roberta.heads, ForPreTraining: "replacedToken" },
  layers: { num_hidden_layers: "electra.encoder.layer.*" },
  spelling: {
    prefix: {
      text: "electra.",
      outside: [
        ...["generator_predictions.", "generator_lm_head.", "discriminator_predictions."],
        ...["classifier.", "qa_outputs.", "sequence_summary."],
      ],
    },
    tied: tiedTo("electra.embeddings.word_embeddings.weight", masked),
    ignored: ["electra.embeddings.position_ids"],
  },
  names: (model, has) => [
    ...bertNames("electra."),
    ...headNames(model, has, { masked, pooler: "classifier.dense", sequence: "classifier.out_proj" }),
    ...(model.head?.kind === "multipleChoice" ? layer("head.pooler.dense", "sequence_summary.summary") : []),
    ...(model.head?.kind === "replacedToken" ? discriminator : []),
  ],
  toModel(config) {
    config.only({ position_embedding_type: "absolute" });
    const sizes = encoderSizes(config);
    const { dModel, initial, activation, epsilon, dropout } = sizes;
    const width = config.size("embedding_size", 128);
    const rate = config.rate("classifier_dropout", dropout);
    const isChoice = config.head === "multipleChoice";
    const replaced = () => new HeadTransform({ dModel, activation, norm: false, initial });
    return encoderModel(config, { ...sizes, width }, false, {
      masked: new HeadTransform({ dModel, width, epsilon, initial }),
      transform: config.head === "replacedToken" ? replaced() : undefined,
      pooler: isChoice
        ? summaryOf(config, sizes, { kind: "first", activation: "gelu" })
        : new Pooler({ dModel, activation: "gelu", dropout: rate, initial }),
      dropout: isChoice ? config.rate("summary_last_dropout", 0.1) : rate,
    });
  },
};

const discriminator = [
  ...layer("head.transform.dense", "discriminator_predictions.dense"),
  ...layer("head.projection", "discriminator_predictions.dense_prediction"),
];
