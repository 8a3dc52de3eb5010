import { DisentangledAttention, EncoderBlock } from "../../blocks";
import type { EncoderModel } from "../../models";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { encoderHeads, headsOf } from "../reading/heads";
import { debertaModel, debertaNames, debertaSpelling } from "./deberta-base";

/**
 * DeBERTa: BERT with attention that sees contents and distances apart.
 *
 * @see He et al. 2020, DeBERTa (arXiv 2006.03654)
 */
export const deberta: Family<EncoderModel> = {
  modelTypes: ["deberta"],
  defaults: { max_position_embeddings: 512, num_attention_heads: 12, num_hidden_layers: 12 },
  classes: "Deberta",
  heads: headsOf(
    encoderHeads,
    ...(["Model", "ForMaskedLM", "ForSequenceClassification", "ForTokenClassification"] as const),
    "ForQuestionAnswering",
  ),
  layers: { num_hidden_layers: "deberta.encoder.layer.*" },
  spelling: debertaSpelling,
  names: (model, has) => [...debertaNames(model, has), ...attentionNames(model)],
  toModel(config) {
    config.only({ talking_head: false, pooler_hidden_size: config.size("hidden_size") });
    return debertaModel(config, { attention: { keyBias: false } });
  },
};

const SELF = "deberta.encoder.layer.*.attention.self";

/** Queries, keys and values lie head by head in one tensor. */
function attentionNames({ blocks: [first] }: EncoderModel): NameRule[] {
  const attention = first instanceof EncoderBlock ? first.attention : undefined;
  const groups = attention instanceof DisentangledAttention ? attention.heads : 1;
  const ours = ["query", "key", "value"].map((name) => `blocks.*.attention.${name}.weight`);
  return [
    { ours, theirs: `${SELF}.in_proj.weight`, groups },
    { ours: "blocks.*.attention.query.bias", theirs: `${SELF}.q_bias` },
    { ours: "blocks.*.attention.value.bias", theirs: `${SELF}.v_bias` },
    ...layer("blocks.*.attention.distanceKey", `${SELF}.pos_proj`),
    ...layer("blocks.*.attention.distanceQuery", `${SELF}.pos_q_proj`),
  ];
}
