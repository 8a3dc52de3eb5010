import { type EncoderDecoderModel, EncoderModel } from "../../models";
import type { Spelling } from "../family";
import { layer, type NameRule } from "../name-map";
import { type Has, wholeHeadNames } from "./translator";

/** How checkpoints of classes that begin with `classes` spell their names. */
export const t5Spelling = (classes: string): Spelling => ({
  prefix: {
    text: "transformer.",
    outside: ["lm_head.", "classification_head.", "classifier.", "qa_outputs."],
    bare: ["Model", "EncoderModel", "ForConditionalGeneration", "ForQuestionAnswering"].map((end) => classes + end),
  },
  tied: {
    "transformer.encoder.embed_tokens.weight": "transformer.shared.weight",
    "transformer.decoder.embed_tokens.weight": "transformer.shared.weight",
  },
  // Published, but without effect.
  unused: ["transformer.decoder.block.*.layer.1.EncDecAttention.relative_attention_bias.weight"],
});

export function t5Names(model: EncoderDecoderModel | EncoderModel, has: Has): NameRule[] {
  const alone = model instanceof EncoderModel;
  const encoder = alone ? "" : "encoder.";
  const table = has("transformer.shared.weight") || !alone ? "transformer.shared" : "transformer.encoder.embed_tokens";
  return [
    ...layer(`${encoder}embedding`, table),
    ...sideNames(encoder, "transformer.encoder", has),
    ...sideNames("decoder.", "transformer.decoder", has),
    ...layer("decoder.head.projection", "lm_head"),
    ...(alone ? layer("head.projection", "classifier") : headNames(model)),
  ];
}

const headNames = ({ head }: EncoderDecoderModel): readonly NameRule[] =>
  head?.kind === "questionAnswering" ? layer("head.projection", "qa_outputs") : wholeHeadNames;

function sideNames(ours: string, theirs: string, has: Has): NameRule[] {
  const [block, layers] = [`${ours}blocks.*`, `${theirs}.block.*.layer`];
  const isDecoder = theirs.endsWith("decoder");
  const last = `${layers}.${isDecoder ? 2 : 1}`;
  const gated = has(`${theirs}.block.0.layer.${isDecoder ? 2 : 1}.DenseReluDense.wi_0.weight`);
  return [
    ...attentionNames(`${block}.attention`, `${layers}.0.SelfAttention`),
    ...layer(`${block}.attention.scoreBias`, `${layers}.0.SelfAttention.relative_attention_bias`),
    ...layer(`${block}.attentionNorm`, `${layers}.0.layer_norm`),
    ...attentionNames(`${block}.crossAttention`, `${layers}.1.EncDecAttention`),
    ...layer(`${block}.crossAttentionNorm`, `${layers}.1.layer_norm`),
    ...layer(`${block}.feedForward.gate`, `${last}.DenseReluDense.wi_0`),
    ...layer(`${block}.feedForward.up`, `${last}.DenseReluDense.${gated ? "wi_1" : "wi"}`),
    ...layer(`${block}.feedForward.down`, `${last}.DenseReluDense.wo`),
    ...layer(`${block}.feedForwardNorm`, `${last}.layer_norm`),
    ...layer(`${ours}norm`, `${theirs}.final_layer_norm`),
  ];
}

const attentionNames = (ours: string, theirs: string): NameRule[] => [
  ...layer(`${ours}.query`, `${theirs}.q`),
  ...layer(`${ours}.key`, `${theirs}.k`),
  ...layer(`${ours}.value`, `${theirs}.v`),
  ...layer(`${ours}.output`, `${theirs}.o`),
];
