import { DecoderModel, type EncoderDecoderModel } from "../../models";
import type { Spelling } from "../family";
import { layer, type NameRule } from "../name-map";
import { wholeHeadNames } from "./translator";

export const bartSpelling: Spelling = {
  prefix: { text: "model.", outside: ["lm_head.", "final_logits_bias", "classification_head.", "qa_outputs."] },
  tied: {
    "model.encoder.embed_tokens.weight": "model.shared.weight",
    "model.decoder.embed_tokens.weight": "model.shared.weight",
    "lm_head.weight": "model.shared.weight",
  },
  ignored: [
    ...["model.encoder.version", "model.decoder.version"],
    // Sinusoids of older checkpoints, which are computed.
    ...["model.encoder.embed_positions.weights", "model.decoder.embed_positions.weights"],
  ],
  unused: [
    // Where nothing is tied, both sides have tables of their own.
    "model.shared.weight",
    // A decoder that stands alone has nothing to attend to.
    ...["q_proj", "k_proj", "v_proj", "out_proj"].flatMap((part) => unusedLayer(`encoder_attn.${part}`)),
    ...unusedLayer("encoder_attn_layer_norm"),
  ],
};

function unusedLayer(name: string): string[] {
  return ["weight", "bias"].map((field) => `model.decoder.layers.*.${name}.${field}`);
}

/** @param unusedPositions the rows of the table of positions before that of position 0 */
export function bartNames(
  model: EncoderDecoderModel | DecoderModel,
  { unusedPositions = 0 }: { unusedPositions?: number } = {},
): NameRule[] {
  const side = (ours: string, theirs: string) => sideNames(ours, theirs, unusedPositions);
  if (model instanceof DecoderModel) return [...side("", "model.decoder"), ...layer("head.projection", "lm_head")];
  const own = model.parameters();
  const isOne = !own.has("decoder.embedding.weight") && !own.has("decoder.embedding.layers.table.weight");
  return [
    ...side("encoder.", "model.encoder"),
    ...side("decoder.", "model.decoder"),
    ...(isOne ? layer("encoder.embedding", "model.shared") : []),
    ...layer("decoder.head.projection", "lm_head"),
    { ours: "decoder.head.projection.bias", theirs: "final_logits_bias", unitAxis: 0 },
    ...(model.head?.kind === "questionAnswering" ? layer("head.projection", "qa_outputs") : wholeHeadNames),
  ];
}

function sideNames(ours: string, theirs: string, unusedRows: number): NameRule[] {
  const [block, layers] = [`${ours}blocks.*`, `${theirs}.layers.*`];
  return [
    ...layer(`${ours}embedding`, `${theirs}.embed_tokens`),
    ...layer(`${ours}embedding.layers.table`, `${theirs}.embed_tokens`),
    ...layer(`${ours}embedding.layers.norm`, `${theirs}.layernorm_embedding`),
    { ours: `${ours}position.weight`, theirs: `${theirs}.embed_positions.weight`, unusedRows },
    ...layer(`${ours}embeddingNorm`, `${theirs}.layernorm_embedding`),
    ...attentionNames(`${block}.attention`, `${layers}.self_attn`),
    ...layer(`${block}.attentionNorm`, `${layers}.self_attn_layer_norm`),
    ...attentionNames(`${block}.crossAttention`, `${layers}.encoder_attn`),
    ...layer(`${block}.crossAttentionNorm`, `${layers}.encoder_attn_layer_norm`),
    ...layer(`${block}.feedForward.up`, `${layers}.fc1`),
    ...layer(`${block}.feedForward.down`, `${layers}.fc2`),
    ...layer(`${block}.feedForwardNorm`, `${layers}.final_layer_norm`),
    ...layer(`${ours}norm`, `${theirs}.layer_norm`),
  ];
}

const attentionNames = (ours: string, theirs: string): NameRule[] => [
  ...layer(`${ours}.query`, `${theirs}.q_proj`),
  ...layer(`${ours}.key`, `${theirs}.k_proj`),
  ...layer(`${ours}.value`, `${theirs}.v_proj`),
  ...layer(`${ours}.output`, `${theirs}.out_proj`),
];
