import {
  type BlockConfig,
  Embedding,
  EncoderBlock,
  LayerNorm,
  Linear,
  Pooler,
  PositionalEncoding,
  type SequenceLayer,
} from "../../blocks";
import { type Counting, EncoderModel, type TokenLayer } from "../../models";
import type { ConfigFields } from "../config-fields";
import { layer, type NameRule } from "../name-map";
import type { Head } from "../reading/heads";
import { type EncoderHeadParts, headOf } from "./encoder-head";
import type { EncoderSizes } from "./encoder-sizes";

/** How a family differs from BERT. */
export interface EncoderDifferences extends EncoderHeadParts {
  /** The number of token types, or what gives them vectors; `type_vocab_size` or 2 if omitted, none if 0. */
  types?: number | TokenLayer;
  /** Added to the token vectors; a learned table if omitted. */
  position?: SequenceLayer | false;
  /** How tokens are counted; all of them if omitted. */
  positions?: Counting;
  /** Replaces parts of a block's usual config. */
  block?: (layer: number) => Partial<BlockConfig>;
  /** Replaces all blocks. */
  blocks?: readonly SequenceLayer[];
  embeddingNorm?: SequenceLayer | false;
  /** The norm after the last block. */
  norm?: SequenceLayer;
  /** Whether the embedding's norm is followed by a projection; only if that changes the size if omitted. */
  projected?: boolean;
  /** Which models have a pooler beside their head, which heads of whole texts share; none if omitted. */
  pooled?: readonly Head[];
}

/** The heads that use BERT's pooler, and the bare model if its checkpoint has one. */
export const pooledHeads = [
  ...["none", "preTraining", "nextSentence", "sequenceClass", "multipleChoice"],
] as const satisfies readonly Head[];

/** An encoder like BERT: post-norm, learned positions, token types, and the head that the checkpoint's class has. */
export function encoderModel(
  config: ConfigFields,
  sizes: EncoderSizes,
  hasPooler: boolean,
  differences: EncoderDifferences = {},
): EncoderModel {
  const { dModel, width, vocabSize, contextLength, epsilon, initial, padToken, endTokens } = sizes;
  const {
    types = config.size("type_vocab_size", 2),
    position,
    pooled = [],
    projected = width !== dModel,
    ...others
  } = differences;
  const embedding = new Embedding({ vocabSize, dModel: width, initial });
  const own = pooled.includes(config.head) && (config.head !== "none" || hasPooler);
  const pooler = own ? new Pooler({ dModel, initial }) : undefined;
  const typesOf = (count: number) =>
    count > 0 ? new Embedding({ vocabSize: count, dModel: width, initial }) : undefined;
  const learned = () => new PositionalEncoding({ kind: "learned", dModel: width, contextLength, initial });
  return new EncoderModel({
    ...{ vocabSize, contextLength, padToken, endTokens, embedding, pooler },
    types: typeof types === "number" ? typesOf(types) : types,
    position: position === false ? undefined : (position ?? learned()),
    positions: others.positions,
    embeddingNorm:
      others.embeddingNorm === false ? undefined : (others.embeddingNorm ?? new LayerNorm({ dModel: width, epsilon })),
    embeddingDropout: sizes.dropout,
    projection: projected ? new Linear({ inFeatures: width, outFeatures: dModel, initial }) : undefined,
    blocks: others.blocks ?? Array.from({ length: sizes.layers }, (_, i) => blockOf(sizes, others.block?.(i))),
    norm: others.norm,
    head: headOf(config, sizes, embedding, { ...others, pooler: pooler ?? others.pooler }),
  });
}

/** A block like BERT's, with differences. */
export function blockOf(sizes: EncoderSizes, differences: Partial<BlockConfig> = {}): EncoderBlock {
  const { dModel, heads, dFeedForward, activation, epsilon, dropout, attentionDropout, initial } = sizes;
  const attention = differences.attention ? {} : { heads, attentionDropout };
  const feedForward = differences.feedForward ? {} : { dFeedForward, activation };
  return new EncoderBlock({
    ...{ dModel, norm: "post", epsilon, dropout, initial, ...attention, ...feedForward },
    ...differences,
  });
}

/** BERT's names, after the prefix of a family. */
export const bertNames = (prefix: string): NameRule[] => [
  ...layer("embedding", `${prefix}embeddings.word_embeddings`),
  ...layer("types", `${prefix}embeddings.token_type_embeddings`),
  ...layer("position", `${prefix}embeddings.position_embeddings`),
  ...layer("embeddingNorm", `${prefix}embeddings.LayerNorm`),
  ...layer("projection", `${prefix}embeddings_project`),
  ...layer("blocks.*.attention.query", `${prefix}encoder.layer.*.attention.self.query`),
  ...layer("blocks.*.attention.key", `${prefix}encoder.layer.*.attention.self.key`),
  ...layer("blocks.*.attention.value", `${prefix}encoder.layer.*.attention.self.value`),
  ...layer("blocks.*.attention.output", `${prefix}encoder.layer.*.attention.output.dense`),
  ...layer("blocks.*.attentionNorm", `${prefix}encoder.layer.*.attention.output.LayerNorm`),
  ...layer("blocks.*.feedForward.up", `${prefix}encoder.layer.*.intermediate.dense`),
  ...layer("blocks.*.feedForward.down", `${prefix}encoder.layer.*.output.dense`),
  ...layer("blocks.*.feedForwardNorm", `${prefix}encoder.layer.*.output.LayerNorm`),
  ...layer("pooler.dense", `${prefix}pooler.dense`),
];

/** The names of a masked language model's head: of its transform, its norm, and what holds the bias and the projection. */
export interface MaskedNames {
  dense: string;
  norm: string;
  /** The projection, whose weight is usually a copy of the embedding's. */
  decoder: string;
  /** Holds the bias, which `decoder.bias` is a copy of. */
  bias: string;
}

/** The names of BERT's heads. */
export const bertHead: MaskedNames = {
  dense: "cls.predictions.transform.dense",
  norm: "cls.predictions.transform.LayerNorm",
  decoder: "cls.predictions.decoder",
  bias: "cls.predictions.bias",
};

/** How a family names its heads. */
export interface HeadNames {
  masked?: MaskedNames;
  /** The layer of the vector that heads of whole texts start from, if it is not the model's pooler. */
  pooler?: string;
  /** The layer that scores the classes of a text; that of other classifiers if omitted. */
  sequence?: string;
  /** The scores of whole texts in pre-training. */
  sentence?: string;
}

/** The names of heads, BERT's if a family has no others. */
export function headNames(
  model: EncoderModel,
  has: (theirs: string) => boolean,
  { masked = bertHead, pooler, sequence = "classifier", sentence = "cls.seq_relationship" }: HeadNames = {},
): NameRule[] {
  const ends: Readonly<Record<string, string>> = {
    questionAnswering: "qa_outputs",
    nextSentence: sentence,
    sequenceClass: sequence,
  };
  const kind = model.head?.kind ?? "";
  const pooled = pooler === undefined ? [] : layer("head.pooler.dense", pooler);
  if (kind !== "maskedLanguageModel") return [...pooled, ...layer("head.projection", ends[kind] ?? "classifier")];
  // A projection that does not share the embedding's weights has a bias of its own.
  const own = model.parameters().has("head.projection.weight") && has(`${masked.decoder}.bias`);
  return [
    ...layer("head.transform.dense", masked.dense),
    ...layer("head.transform.norm", masked.norm),
    { ours: "head.projection.weight", theirs: `${masked.decoder}.weight` },
    { ours: "head.projection.bias", theirs: own ? `${masked.decoder}.bias` : masked.bias },
    ...layer("head.sentence.projection", sentence),
  ];
}

/** The tensors that a masked language model shares with the embedding, or has twice. */
export const tiedTo = (embedding: string, { decoder, bias }: MaskedNames): Readonly<Record<string, string>> => ({
  [`${decoder}.weight`]: embedding,
  ...(bias !== `${decoder}.bias` && { [`${decoder}.bias`]: bias }),
});
