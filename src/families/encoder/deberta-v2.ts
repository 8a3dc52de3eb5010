import { ConvolvedBlock, DistanceEmbedding, type SequenceLayer } from "../../blocks";
import type { EncoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { activations } from "../settings";
import { deberta } from "./deberta";
import { debertaModel, debertaNames, debertaSpelling, spanOf } from "./deberta-base";
import type { EncoderSizes } from "./encoder-sizes";

/**
 * DeBERTa's second and third version: long distances share vectors, distances may use the projections of contents, and a
 * convolution may run beside the first block.
 *
 * @see He et al. 2021, DeBERTaV3 (arXiv 2111.09543)
 */
export const debertaV2: Family<EncoderModel> = {
  modelTypes: ["deberta-v2"],
  defaults: { max_position_embeddings: 512, num_attention_heads: 24, num_hidden_layers: 24 },
  classes: "DebertaV2",
  heads: { ...deberta.heads, ForMultipleChoice: "multipleChoice" },
  layers: { num_hidden_layers: "deberta.encoder.layer.*" },
  spelling: debertaSpelling,
  names(model, has) {
    const names = [...debertaNames(model, has), ...attentionNames];
    return model.blocks[0] instanceof ConvolvedBlock ? [...names, ...names.flatMap(ofFirst), ...convolution] : names;
  },
  toModel(config) {
    const dModel = config.size("hidden_size");
    config.only({ pooler_hidden_size: dModel, attention_head_size: dModel / config.size("num_attention_heads") });
    return debertaModel(config, {
      attention: { sharedProjections: config.boolean("share_att_key", false) },
      distances: (span) => distancesOf(config, span, dModel),
      first: (block, sizes) => convolved(config, block, sizes),
    });
  },
};

function distancesOf(config: ConfigFields, span: number, dModel: number): DistanceEmbedding {
  const buckets = spanOf(config, "position_buckets");
  const norms = config.optionalString("norm_rel_ebd")?.toLowerCase().split("|") ?? [];
  const epsilon = norms.some((one) => one.trim() === "layer_norm") ? config.epsilon("layer_norm_eps", 1e-7) : undefined;
  return buckets === undefined
    ? new DistanceEmbedding({ dModel, span, epsilon })
    : new DistanceEmbedding({ dModel, span: buckets, maxDistance: span, epsilon });
}

function convolved(
  config: ConfigFields,
  block: SequenceLayer,
  { dModel, epsilon, dropout, initial }: EncoderSizes,
): SequenceLayer {
  const kernel = spanOf(config, "conv_kernel_size");
  if (kernel === undefined) return block;
  if (kernel % 2 === 0) throw config.error("conv_kernel_size", "an odd number");
  const activation = config.choice("conv_act", activations, "tanh");
  const groups = config.size("conv_groups", 1);
  return new ConvolvedBlock({ dModel, block, kernel, groups, activation, epsilon, dropout, initial });
}

const SELF = "deberta.encoder.layer.*.attention.self";

const attentionNames: readonly NameRule[] = [
  ...layer("blocks.*.attention.query", `${SELF}.query_proj`),
  ...layer("blocks.*.attention.key", `${SELF}.key_proj`),
  ...layer("blocks.*.attention.value", `${SELF}.value_proj`),
  ...layer("blocks.*.attention.distanceKey", `${SELF}.pos_key_proj`),
  ...layer("blocks.*.attention.distanceQuery", `${SELF}.pos_query_proj`),
];

/** The block inside a convolved one. */
function ofFirst(rule: NameRule): NameRule[] {
  if (typeof rule.ours !== "string" || !/^blocks\.[*0]\./.test(rule.ours)) return [];
  const inside = rule.ours.replace(/^blocks\.[*0]\./, "blocks.0.block.");
  return [{ ...rule, ours: inside, theirs: rule.theirs.replace("*", "0") }];
}

const convolution: readonly NameRule[] = [
  { ours: "blocks.0.weight", theirs: "deberta.encoder.conv.conv.weight" },
  { ours: "blocks.0.bias", theirs: "deberta.encoder.conv.conv.bias" },
  ...layer("blocks.0.norm", "deberta.encoder.conv.LayerNorm"),
];
