import { HeadTransform } from "../../blocks";
import type { EncoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { labelsOf } from "../labels";
import { layer, type NameRule } from "../name-map";
import { encoderHeads, headsOf } from "../reading/heads";
import { bertNames, blockOf, encoderModel, headNames, type MaskedNames, pooledHeads, tiedTo } from "./encoder-base";
import { encoderSizes } from "./encoder-sizes";

const masked: MaskedNames = {
  dense: "predictions.dense",
  norm: "predictions.LayerNorm",
  decoder: "predictions.decoder",
  bias: "predictions.bias",
};

/**
 * ALBERT: a narrow embedding with a projection, and groups of blocks that share their weights.
 *
 * @see Lan et al. 2019, ALBERT (arXiv 1909.11942)
 */
export const albert: Family<EncoderModel> = {
  modelTypes: ["albert"],
  defaults: { max_position_embeddings: 512, num_attention_heads: 64, num_hidden_layers: 12 },
  classes: "Albert",
  heads: headsOf(
    encoderHeads,
    ...(["Model", "ForPreTraining", "ForMaskedLM", "ForSequenceClassification"] as const),
    ...(["ForTokenClassification", "ForQuestionAnswering", "ForMultipleChoice"] as const),
  ),
  layers: {},
  spelling: {
    prefix: { text: "albert.", outside: ["predictions.", "sop_classifier.", "classifier.", "qa_outputs."] },
    tied: tiedTo("albert.embeddings.word_embeddings.weight", masked),
    ignored: ["albert.embeddings.position_ids"],
    unused: ["albert.pooler.weight", "albert.pooler.bias", "predictions.bias"],
  },
  names: (model, has) => [
    ...bertNames("albert."),
    ...layer("projection", "albert.encoder.embedding_hidden_mapping_in"),
    ...groupNames(model, innerOf(has)),
    ...layer("pooler.dense", "albert.pooler"),
    ...headNames(model, has, { masked, sentence: "sop_classifier.classifier" }),
  ],
  toModel(config, has) {
    const sizes = encoderSizes(config, { activation: "gelu_new", dropout: 0, endToken: 3 });
    const { dModel, initial, activation, epsilon } = sizes;
    const width = config.size("embedding_size", 128);
    return encoderModel(config, { ...sizes, width }, has("albert.pooler.weight"), {
      projected: true,
      blocks: sharedBlocks(config, () => blockOf(sizes)),
      masked: new HeadTransform({ dModel, width, activation, epsilon, initial }),
      pooled: pooledHeads,
      sentenceLabels: config.head === "preTraining" ? labelsOf(config).length : undefined,
      dropout: config.rate("classifier_dropout_prob", 0.1),
    });
  },
};

/** Layers are made of groups, each for an equal share of them. A group is several blocks, one after the other. */
function sharedBlocks<Block>(config: ConfigFields, make: () => Block): Block[] {
  const layers = config.whole("num_hidden_layers");
  const inner = config.whole("inner_group_num", 1);
  const groups = config.whole("num_hidden_groups", 1);
  if (layers * inner > MOST) throw config.error("num_hidden_layers", `at most ${MOST} blocks`);
  if (groups > layers) throw config.error("num_hidden_groups", `at most ${layers}, the number of layers`);
  const made = Array.from({ length: groups }, () => Array.from({ length: inner }, make));
  return Array.from({ length: layers }, (_, i) => made[Math.trunc(i / (layers / groups))]!).flat();
}

const MOST = 2 ** 16;

/** Names of the blocks that stand first of those that share their weights. */
function groupNames({ blocks }: EncoderModel, inner: number): NameRule[] {
  return [...new Set(blocks)].flatMap((block, n) => {
    const ours = `blocks.${blocks.indexOf(block)}`;
    const theirs = `albert.encoder.albert_layer_groups.${Math.trunc(n / inner)}.albert_layers.${n % inner}`;
    return [
      ...layer(`${ours}.attention.query`, `${theirs}.attention.query`),
      ...layer(`${ours}.attention.key`, `${theirs}.attention.key`),
      ...layer(`${ours}.attention.value`, `${theirs}.attention.value`),
      ...layer(`${ours}.attention.output`, `${theirs}.attention.dense`),
      ...layer(`${ours}.attentionNorm`, `${theirs}.attention.LayerNorm`),
      ...layer(`${ours}.feedForward.up`, `${theirs}.ffn`),
      ...layer(`${ours}.feedForward.down`, `${theirs}.ffn_output`),
      ...layer(`${ours}.feedForwardNorm`, `${theirs}.full_layer_layer_norm`),
    ];
  });
}

/** How many blocks a group of the checkpoint has. */
function innerOf(has: (theirs: string) => boolean): number {
  let inner = 1;
  while (has(`albert.encoder.albert_layer_groups.0.albert_layers.${inner}.ffn.weight`)) inner++;
  return inner;
}
