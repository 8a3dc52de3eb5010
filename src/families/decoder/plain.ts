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
import { type HeadFacts, plainHead } from "./plain-head";

/**
 * The facts of a decoder with layer norms and feed-forward layers without a gate, as most before Llama have. What is
 * omitted is as in GPT-2.
 */
export interface PlainFacts extends Omit<HeadFacts, "embedding" | "padToken" | "initial"> {
  contextLength: number;
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
  embedding?: ((initial: Initial) => TokenLayer) | undefined;
  embeddingScale?: number | undefined;
  embeddingNorm?: boolean | undefined;
  /** What comes after the last block instead of a norm; false for nothing. */
  last?: SequenceLayer | false | undefined;
  /** The shares to zero in training. */
  dropout: { embedding?: number; attention?: number; residual?: number; hidden?: number };
  /** The field with the standard deviation of initial weights. */
  deviation?: string | undefined;
  /** The tokens that transformers takes if the config names none. */
  tokens?: { end?: number; pad?: number } | undefined;
}

/** The decoder of these facts, with the head that the config names. */
export function plainModel(config: ConfigFields, facts: PlainFacts): DecoderModel {
  const { vocabSize, contextLength, dModel, position, last, tokens = {} } = facts;
  const initial = initials.normal(config.deviation(facts.deviation ?? "initializer_range", 0.02));
  const norm = () => new LayerNorm({ dModel, ...facts.norms });
  const learned = () => new PositionalEncoding({ kind: "learned", dModel, contextLength, initial });
  const table = () => new Embedding({ vocabSize, dModel, scale: facts.embeddingScale, initial });
  const embedding = facts.embedding?.(initial) ?? table();
  const padToken = config.token("pad_token_id", tokens.pad);
  return new DecoderModel({
    ...{ vocabSize, contextLength, embedding },
    position: position === false ? undefined : (position ?? learned()),
    positions: facts.positions,
    embeddingNorm: facts.embeddingNorm ? norm() : undefined,
    embeddingDropout: facts.dropout.embedding,
    blocks: Array.from({ length: facts.layers }, (_, layer) => block(facts, norm, initial, layer)),
    norm: last === false ? undefined : (last ?? norm()),
    head: plainHead(config, { ...facts, embedding, padToken, initial }),
    endTokens: config.endTokens(tokens.end),
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
