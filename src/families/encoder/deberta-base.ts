import {
  DisentangledAttention,
  type DisentangledAttentionConfig,
  type DisentangledTerm,
  DistanceEmbedding,
  HeadTransform,
  LayerNorm,
  Linear,
  Module,
  type Pass,
  Pooler,
  type Sequence,
  type SequenceLayer,
} from "../../blocks";
import { paddingOf } from "../../blocks/internal";
import type { EncoderModel } from "../../models";
import { multiply, type Tensor } from "../../tensor";
import type { ConfigFields } from "../config-fields";
import type { Spelling } from "../family";
import { layer, type NameRule } from "../name-map";
import { activations } from "../settings";
import { bertHead, bertNames, blockOf, encoderModel, headNames, type MaskedNames, tiedTo } from "./encoder-base";
import { type EncoderSizes, encoderSizes } from "./encoder-sizes";

/** What DeBERTa's versions differ in. */
export interface DebertaDifferences {
  attention?: Partial<DisentangledAttentionConfig>;
  /** The vectors of distances, for a span of positions. */
  distances?: (span: number) => DistanceEmbedding;
  /** Changes the first block. */
  first?: (block: SequenceLayer, sizes: EncoderSizes) => SequenceLayer;
}

const termNames: Readonly<Record<string, DisentangledTerm>> = {
  c2p: "contentToPosition",
  p2c: "positionToContent",
};

/** A model like DeBERTa's first version. */
export function debertaModel(config: ConfigFields, differences: DebertaDifferences = {}): EncoderModel {
  const sizes = encoderSizes(config, { epsilon: 1e-7 });
  const { dModel, heads, dropout, attentionDropout, activation, epsilon, initial } = sizes;
  const width = config.size("embedding_size", dModel);
  const legacy = config.boolean("legacy", true);
  const distances = distancesOf(config, sizes, differences);
  const terms = termsOf(config);
  const attention = () =>
    new DisentangledAttention({
      ...{ dModel, heads, terms, distances, dropout: attentionDropout, distanceDropout: dropout, initial },
      ...differences.attention,
    });
  const blocks = Array.from({ length: sizes.layers }, () => blockOf(sizes, { attention: attention() }));
  const first = differences.first?.(blocks[0]!, sizes) ?? blocks[0]!;
  return encoderModel(config, { ...sizes, width }, false, {
    types: countOf(config, "type_vocab_size"),
    ...(!config.boolean("position_biased_input", true) && { position: false }),
    embeddingNorm: new MaskedNorm(width, sizes),
    projected: false,
    blocks: [first, ...blocks.slice(1)],
    masked: new HeadTransform({ dModel, width: legacy ? width : dModel, activation, epsilon, initial }),
    // The later head always takes the weights of the embedding.
    tied: legacy ? true : "always",
    pooler: new Pooler({
      ...{ dModel, initial, dropout: config.rate("pooler_dropout", 0) },
      activation: config.choice("pooler_hidden_act", activations, "gelu"),
    }),
    dropout: config.head === "tokenClass" ? dropout : config.rate("cls_dropout", dropout),
  });
}

/** A number that may be 0. */
function countOf(config: ConfigFields, field: string): number {
  return config.get(field) === 0 || config.get(field) === undefined ? 0 : config.size(field);
}

function termsOf(config: ConfigFields): DisentangledTerm[] {
  const given = config.get("pos_att_type") ?? [];
  const names: unknown[] = typeof given === "string" ? given.toLowerCase().split("|") : [given].flat();
  const terms = names.map((name) => (typeof name === "string" ? termNames[name.trim()] : undefined));
  const isKnown = (term: DisentangledTerm | undefined): term is DisentangledTerm => term !== undefined;
  if (!terms.every(isKnown) || new Set(terms).size < terms.length)
    throw config.error("pos_att_type", 'a list of "c2p" and "p2c", each at most once');
  return terms;
}

/** The distances from the padding of positions, none without relative attention. */
function distancesOf(
  config: ConfigFields,
  { dModel, initial, contextLength }: EncoderSizes,
  { distances }: DebertaDifferences,
): DistanceEmbedding | undefined {
  if (!config.boolean("relative_attention", false)) return undefined;
  const span = spanOf(config, "max_relative_positions") ?? contextLength;
  return distances?.(span) ?? new DistanceEmbedding({ dModel, span, initial });
}

/** A size; a number below 1 means none. */
export function spanOf(config: ConfigFields, field: string): number | undefined {
  const value = config.get(field);
  const isNone = value === undefined || (typeof value === "number" && Number.isInteger(value) && value < 1);
  return isNone ? undefined : config.size(field);
}

/** Makes an embedding as wide as the model, normalizes it, and makes padding zeros. */
class MaskedNorm extends Module {
  readonly projection: Linear | undefined;
  readonly norm: LayerNorm;

  constructor(width: number, { dModel, epsilon, initial }: EncoderSizes) {
    super();
    this.projection =
      width === dModel ? undefined : new Linear({ inFeatures: width, outFeatures: dModel, bias: false, initial });
    this.norm = new LayerNorm({ dModel, epsilon });
  }

  override get keepsTextsApart(): boolean {
    return true;
  }

  forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    const normed = this.norm.forward(this.projection ? this.projection.forward(x) : x, pass);
    const kept = paddingOf(pass, "MaskedNorm", [x.shape[0], x.shape[1], 1]);
    return kept ? multiply(normed, kept) : normed;
  }
}

const later: MaskedNames = {
  dense: "lm_predictions.lm_head.dense",
  norm: "lm_predictions.lm_head.LayerNorm",
  decoder: "lm_predictions.lm_head.decoder",
  bias: "lm_predictions.lm_head.bias",
};

const both = (name: string) => [`${name}.weight`, `${name}.bias`];

export const debertaSpelling: Spelling = {
  prefix: {
    text: "deberta.",
    outside: ["cls.", "lm_predictions.", "mask_predictions.", "pooler.", "classifier.", "qa_outputs."],
  },
  aliases: { ".gamma": ".weight", ".beta": ".bias" },
  tied: tiedTo("deberta.embeddings.word_embeddings.weight", bertHead),
  ignored: ["deberta.embeddings.position_ids"],
  // What only other classes or settings use: published pre-training heads, positions, a norm of distances.
  unused: [
    ...both("deberta.encoder.LayerNorm"),
    ...["cls.predictions.bias", "deberta.embeddings.position_embeddings.weight", later.bias],
    ...[later.dense, later.norm, "pooler.dense"].flatMap(both),
    ...["mask_predictions.dense", "mask_predictions.LayerNorm", "mask_predictions.classifier"].flatMap(both),
  ],
};

/** The names that both versions have. */
export const debertaNames = (model: EncoderModel, has: (theirs: string) => boolean): NameRule[] => [
  ...bertNames("deberta."),
  ...layer("embeddingNorm.projection", "deberta.embeddings.embed_proj"),
  ...layer("embeddingNorm.norm", "deberta.embeddings.LayerNorm"),
  { ours: "blocks.0.attention.distances.weight", theirs: "deberta.encoder.rel_embeddings.weight" },
  ...layer("blocks.0.attention.distances.norm", "deberta.encoder.LayerNorm"),
  ...headNames(model, has, { pooler: "pooler.dense", masked: has(`${later.dense}.weight`) ? later : bertHead }),
];
