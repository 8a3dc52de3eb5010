import {
  type Activation,
  DecoderBlock,
  Embedding,
  FeedForward,
  LayerNorm,
  MultiHeadAttention,
  type MultiHeadAttentionConfig,
  type NormPlacement,
  ParallelBlock,
  PositionalEncoding,
  type SequenceLayer,
} from "../../blocks";
import { type Counting, DecoderModel, type TokenLayer } from "../../models";
import { type Initial, initials } from "../../tensor";
import type { ConfigFields } from "../config-fields";
import { decoderHead } from "../reading/decoder-head";

/**
 * The facts of a decoder with layer norms and feed-forward layers without a gate, as most before Llama have. What is
 * omitted is as in GPT-2.
 */
export interface PlainFacts {
  vocabSize: number;
  contextLength: number;
  dModel: number;
  heads: number;
  layers: number;
  /** 4 · dModel if omitted. */
  dFeedForward?: number | undefined;
  activation: Activation;
  /** Whether feed-forward layers have a bias. */
  feedForwardBias?: boolean | undefined;
  /** Of every norm. */
  norms?: { epsilon?: number; weight?: boolean; bias?: boolean } | undefined;
  norm?: NormPlacement | undefined;
  /** Attention and feed-forward layer lie side by side, with this many norms. */
  parallel?: 1 | 2 | undefined;
  /** What is special about the attention of each layer. */
  attention?: ((layer: number) => Partial<MultiHeadAttentionConfig>) | undefined;
  /** What is added to token vectors instead of learned positions; false for nothing. */
  position?: SequenceLayer | false | undefined;
  positions?: Counting | undefined;
  /** An embedding of another width than the blocks. */
  narrow?: ((initial: Initial) => NarrowEnds) | undefined;
  embeddingScale?: number | undefined;
  embeddingNorm?: boolean | undefined;
  /** What comes after the last block instead of a norm; false for nothing. */
  last?: SequenceLayer | false | undefined;
  /** The shares to zero in training. */
  dropout: { embedding?: number; attention?: number; residual?: number; hidden?: number };
  /** The field with the standard deviation of initial weights. */
  deviation?: string | undefined;
  /** Whether scores of tokens have a bias; false if omitted. */
  headBias?: boolean | undefined;
  /** Whether the head shares the embedding's weight if the config does not say; true if omitted. */
  tied?: boolean | undefined;
}

/** An embedding and a head that are narrower than the blocks. */
export interface NarrowEnds {
  width: number;
  /** The table of narrow vectors. */
  table: Embedding;
  /** What makes wide vectors of them. */
  embedding: TokenLayer;
}

/** The decoder of these facts, with the head that the config names. */
export function plainModel(config: ConfigFields, facts: PlainFacts): DecoderModel {
  const { vocabSize, contextLength, dModel, position, last, headBias: bias } = facts;
  config.only({ is_encoder_decoder: false, add_cross_attention: false });
  const initial = initials.normal(config.deviation(facts.deviation ?? "initializer_range", 0.02));
  const norm = () => new LayerNorm({ dModel, ...facts.norms });
  const learned = () => new PositionalEncoding({ kind: "learned", dModel, contextLength, initial });
  const narrow = facts.narrow?.(initial);
  const table = narrow?.table ?? new Embedding({ vocabSize, dModel, scale: facts.embeddingScale, initial });
  const padToken = config.token("pad_token_id");
  const tied = config.boolean("tie_word_embeddings", facts.tied ?? true);
  return new DecoderModel({
    ...{ vocabSize, contextLength, embedding: narrow?.embedding ?? table },
    position: position === false ? undefined : (position ?? learned()),
    positions: facts.positions,
    embeddingNorm: facts.embeddingNorm ? norm() : undefined,
    embeddingDropout: facts.dropout.embedding,
    blocks: Array.from({ length: facts.layers }, (_, layer) => block(facts, norm, initial, layer)),
    norm: last === false ? undefined : (last ?? norm()),
    head: decoderHead(config, {
      ...{ dModel: narrow?.width ?? dModel, vocabSize, embedding: table, tied, padToken, initial },
      languageModel: { bias },
    }),
    endTokens: config.endTokens(),
    // transformers accepts an id outside the vocabulary, whose vector it never looks up.
    padToken: padToken !== undefined && padToken < vocabSize ? padToken : undefined,
  });
}

function block(facts: PlainFacts, norm: () => LayerNorm, initial: Initial, layer: number): SequenceLayer {
  const { dModel, heads, dFeedForward, activation, feedForwardBias: bias, dropout } = facts;
  const attention = { dModel, heads, initial, dropout: dropout.attention, ...facts.attention?.(layer) };
  const parts = {
    dModel,
    attention: new MultiHeadAttention(attention),
    feedForward: new FeedForward({ dModel, dFeedForward, activation, bias, initial, dropout: dropout.hidden }),
    normalization: norm,
    dropout: dropout.residual,
  };
  if (facts.parallel) return new ParallelBlock({ ...parts, norms: facts.parallel });
  return new DecoderBlock({ ...parts, norm: facts.norm ?? "pre" });
}
