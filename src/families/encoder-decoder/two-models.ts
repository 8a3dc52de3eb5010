import { DecoderBlock, Embedding, type EncoderBlock, Linear, OutputHead } from "../../blocks";
import { DecoderModel, EncoderDecoderModel, type EncoderModel } from "../../models";
import { type ConfigFields, type ConfigObject, fieldsOf } from "../config-fields";
import { EmbeddingPlusFirst } from "../embedding-plus-first";
import { bertFamily } from "../encoder/bert";
import { bertHead, bertNames } from "../encoder/encoder-base";
import { encoderSizes } from "../encoder/encoder-sizes";
import { roberta, robertaHead } from "../encoder/roberta";
import { xlmRoberta } from "../encoder/xlm-roberta";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { classesOf } from "../reading/heads";
import type { Has } from "./translator";

type Side = "encoder" | "decoder";

/** The families whose encoders can be joined; a decoder is one of them with causal and cross attention. */
const joined: readonly Family<EncoderModel>[] = [bertFamily, roberta, xlmRoberta];

/**
 * Two models joined, such as two BERTs: an encoder, and an encoder used as a decoder, with cross attention and the head
 * of its masked language model.
 *
 * @see Rothe et al. 2019, Leveraging Pre-trained Checkpoints for Sequence Generation Tasks (arXiv 1907.12461)
 */
export const twoModels: Family<EncoderDecoderModel> = {
  modelTypes: ["encoder-decoder"],
  classes: "EncoderDecoder",
  heads: { Model: "languageModel" },
  layers: {},
  spelling: {
    tied: {
      "decoder.cls.predictions.decoder.weight": "decoder.bert.embeddings.word_embeddings.weight",
      "decoder.cls.predictions.decoder.bias": "decoder.cls.predictions.bias",
      "decoder.lm_head.decoder.weight": "decoder.roberta.embeddings.word_embeddings.weight",
      "decoder.lm_head.decoder.bias": "decoder.lm_head.bias",
    },
    ignored: ["encoder.embeddings.position_ids", "decoder.bert.embeddings.position_ids"],
  },
  names: namesOf,
  toModel,
};

function toModel(config: ConfigFields, has: Has): EncoderDecoderModel {
  config.architecture({ EncoderDecoderModel: true }, "EncoderDecoderModel");
  config.only({ is_encoder_decoder: true });
  const encoder = sideOf(config, "encoder", "Model", has);
  const source = sideOf(config, "decoder", "ForMaskedLM", has);
  const decoder = decoderOf(source.model, source.config, config.tokens("eos_token_id"));
  const [from, to] = [encoder, source].map((side) => side.config.size("hidden_size")) as [number, number];
  source.config.only({ cross_attention_hidden_size: from === to ? from : undefined });
  const projection = from === to ? undefined : new Linear({ inFeatures: from, outFeatures: to });
  const startToken = config.token("decoder_start_token_id");
  return new EncoderDecoderModel({ encoder: encoder.model, decoder, projection, startToken });
}

/** The encoder that one of the two configs describes. */
function sideOf(whole: ConfigFields, side: Side, end: string, has: Has) {
  const own = whole.object(side);
  const family = joined.find(({ modelTypes }) => modelTypes.some((type) => type === own.get("model_type")));
  if (family === undefined)
    throw own.error("model_type", `one of ${joined.flatMap((one) => one.modelTypes).join(", ")}`);
  const isDecoder = side === "decoder";
  own.only({ is_decoder: isDecoder, add_cross_attention: isDecoder });
  const architectures = [classesOf(family.classes)[0] + end];
  const plain = { ...own.value, architectures, is_decoder: false, add_cross_attention: false } as ConfigObject;
  const config = fieldsOf(family, plain, { file: own.file });
  const nameOf = theirName(family, side);
  const layers = Object.values(family.layers as Record<string, string>)[0]!;
  const last = `${layers.replace("*", String(config.whole("num_hidden_layers") - 1))}.output.dense.weight`;
  if (!has(nameOf(last)))
    throw config.error("num_hidden_layers", `the number of layers, but there is no ${nameOf(last)}`);
  return { family, config, model: family.toModel(config, (name) => has(nameOf(name))) };
}

/** The decoder made of an encoder's parts, with cross attention in each block and a head for the next token. */
function decoderOf(source: EncoderModel, config: ConfigFields, ends: readonly number[]): DecoderModel {
  const { heads, dModel, vocabSize, epsilon, dropout, initial } = encoderSizes(config);
  const words = source.embedding as Embedding;
  const { transform, projection } = source.head as OutputHead;
  const tied = projection.weight === words.weight ? words.weight : undefined;
  const blocks = source.blocks.map((block) => {
    const { attention, feedForward } = block as EncoderBlock;
    return new DecoderBlock({
      ...{ dModel, norm: "post", epsilon, dropout, attention, feedForward, crossAttention: true, heads },
    });
  });
  return new DecoderModel({
    ...{ ...source.config, ...(ends.length > 0 && { endTokens: ends }) },
    embedding: source.types instanceof Embedding ? new EmbeddingPlusFirst(words, source.types) : words,
    ...{ position: source.position, positions: source.positions, embeddingNorm: source.embeddingNorm, blocks },
    embeddingDropout: source.embeddingDropout,
    head: new OutputHead({
      ...{ kind: "languageModel", dModel, vocabSize, bias: true, transform },
      ...(tied ? { tied } : { initial }),
    }),
  });
}

/** A name of a family's rules as it is in a checkpoint of two models: the encoder has no prefix of its own. */
const theirName = (family: Family<EncoderModel>, side: Side) => (name: string) =>
  side === "decoder" ? `decoder.${name}` : `encoder.${name.replace(family.spelling.prefix!.text, "")}`;

function namesOf(_: EncoderDecoderModel, has: Has): NameRule[] {
  const isBert = has("decoder.bert.embeddings.word_embeddings.weight");
  const inner = isBert ? "decoder.bert." : "decoder.roberta.";
  const { dense, norm, decoder, bias } = isBert ? bertHead : robertaHead;
  const cross = `${inner}encoder.layer.*.crossattention`;
  return [
    ...within("encoder", bertNames("encoder.")),
    ...within("decoder", bertNames(inner)),
    ...layer("decoder.embedding.vectors", `${inner}embeddings.word_embeddings`),
    ...layer("decoder.embedding.others", `${inner}embeddings.token_type_embeddings`),
    ...layer("decoder.blocks.*.crossAttention.query", `${cross}.self.query`),
    ...layer("decoder.blocks.*.crossAttention.key", `${cross}.self.key`),
    ...layer("decoder.blocks.*.crossAttention.value", `${cross}.self.value`),
    ...layer("decoder.blocks.*.crossAttention.output", `${cross}.output.dense`),
    ...layer("decoder.blocks.*.crossAttentionNorm", `${cross}.output.LayerNorm`),
    ...layer("decoder.head.transform.dense", `decoder.${dense}`),
    ...layer("decoder.head.transform.norm", `decoder.${norm}`),
    { ours: "decoder.head.projection.weight", theirs: `decoder.${decoder}.weight` },
    { ours: "decoder.head.projection.bias", theirs: `decoder.${bias}` },
    ...layer("projection", "enc_to_dec_proj"),
  ];
}

/** The rules of a model for one of the two. */
const within = (side: Side, rules: readonly NameRule[]): NameRule[] =>
  rules.map((rule) => ({ ...rule, ours: `${side}.${String(rule.ours)}` }));
