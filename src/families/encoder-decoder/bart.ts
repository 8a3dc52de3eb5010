import { Embedding, LayerNorm, OutputHead, PositionalEncoding, type SequenceLayer } from "../../blocks";
import { type Counting, DecoderModel, EncoderDecoderModel, EncoderModel, type TokenLayer } from "../../models";
import { initials } from "../../tensor";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { type Heads, translatorHeads } from "../reading/heads";
import { bartBlocks, type Side } from "./bart-blocks";
import { bartNames, bartSpelling } from "./bart-names";
import { type Has, startTokenOf, tokensOf, type UsualTokens, wholeHead } from "./translator";

/** What differs from BART in its kin. */
export interface BartDifferences {
  /** Where blocks normalize; with "pre" a norm follows the last block. "post" if omitted. */
  norm?: "pre" | "post" | undefined;
  /** Whether the sum of token vectors and positions is normalized; true if omitted. */
  embeddingNorm?: boolean | undefined;
  /** The decoder normalizes its token vectors instead: both, as one layer. */
  normedVectors?: ((table: Embedding, norm: LayerNorm) => TokenLayer) | undefined;
  /** The positions of a side; a learned table if omitted. */
  position?: ((config: ConfigFields, side: Side, has: Has) => SequenceLayer) | undefined;
  /** How tokens are counted; all if omitted. */
  positions?: Counting | undefined;
  /** The tokens, activation, embedding scale and number of labels of a config that names none. */
  tokens?: UsualTokens | undefined;
  activation?: string | undefined;
  scaled?: boolean | undefined;
  labels?: number | undefined;
  /** Where a source is its own target: before it stands the start token if omitted. */
  shift?: "lastToken" | undefined;
  /** The vocabulary of targets, and whether both sides share one table. */
  target?: { vocabSize: number; shared: boolean } | undefined;
}

/** The heads of BART's classes. */
export const bartHeads = {
  ...translatorHeads,
  ForCausalLM: "languageModel",
  ForSequenceClassification: "sequenceClass",
  ForQuestionAnswering: "questionAnswering",
} as const satisfies Heads;

/**
 * BART: post-norm, learned positions, one table of tokens for both sides and the head, whose scores have a bias.
 *
 * @see Lewis et al. 2019, BART: Denoising Sequence-to-Sequence Pre-training (arXiv 1910.13461)
 */
export const bart: Family<EncoderDecoderModel | DecoderModel> = {
  modelTypes: ["bart"],
  defaults: {
    decoder_attention_heads: 16,
    decoder_layers: 12,
    max_position_embeddings: 1024,
    encoder_attention_heads: 16,
    encoder_layers: 12,
  },
  classes: "Bart",
  heads: bartHeads,
  aliases: {
    hidden_size: "d_model",
    num_attention_heads: "encoder_attention_heads",
    num_hidden_layers: "encoder_layers",
  },
  layers: ({ classEnd }) => ({
    ...(classEnd !== "ForCausalLM" && { encoder_layers: "model.encoder.layers.*" }),
    decoder_layers: "model.decoder.layers.*",
  }),
  spelling: bartSpelling,
  names: (model) => bartNames(model, { unusedPositions: 2 }),
  toModel: (config, has) => bartModel(config, has, { labels: 3 }),
};

/** The model of a config, with the parts that its class names. */
export function bartModel(config: ConfigFields, has: Has, differences: BartDifferences = {}) {
  const { norm = "post", embeddingNorm = true, normedVectors, positions, activation, shift } = differences;
  const [dModel, vocabSize] = [config.size("d_model"), config.size("vocab_size")];
  const contextLength = config.whole("max_position_embeddings");
  const { tokens = { pad: 1, begin: 0, end: 2, start: 2 }, position = learnedPositions } = differences;
  const { target = { vocabSize, shared: true } } = differences;
  const initial = initials.normal(config.deviation("init_std", 0.02));
  const dropout = config.rate("dropout", 0.1);
  const scale = config.boolean("scale_embedding", differences.scaled ?? false) ? Math.sqrt(dModel) : 1;
  // The norm of vectors that are not scaled: their factor goes under the root.
  const unscaled = () => new LayerNorm({ dModel, epsilon: 1e-5 * scale ** 2 });
  const table = (rows: number) => new Embedding({ vocabSize: rows, dModel, scale, initial });
  const sideOf = (side: Side, embedding: Embedding, rows: number, crossAttention?: boolean) => ({
    ...{ vocabSize: rows, contextLength, positions, embeddingDropout: dropout },
    embedding: side === "decoder" && normedVectors ? normedVectors(embedding, unscaled()) : embedding,
    ...tokensOf(config, rows, tokens),
    position: position(config, side, has),
    embeddingNorm: embeddingNorm && !(side === "decoder" && normedVectors) ? new LayerNorm({ dModel }) : undefined,
    blocks: bartBlocks(config, side, {
      ...{ dModel, norm, activation, dropout, initial, crossAttention },
    }),
    norm: norm === "pre" ? new LayerNorm({ dModel }) : undefined,
  });
  const tied = config.boolean("tie_word_embeddings", true);
  const headOf = (embedding: Embedding, rows: number) =>
    new OutputHead({
      ...{ kind: "languageModel", dModel, vocabSize: rows, bias: has("final_logits_bias") },
      ...(tied ? { tied: embedding.weight } : { initial }),
    });
  if (config.classEnd === "ForCausalLM") {
    // Other spellings may not contradict these, although they are of the other side.
    for (const field of ["encoder_layers", "encoder_attention_heads"]) config.get(field);
    const embedding = table(target.vocabSize);
    const rows = tied ? target.vocabSize : vocabSize;
    return new DecoderModel({
      ...sideOf("decoder", embedding, rows),
      ...{ positions: positions ?? "padded", head: headOf(embedding, rows) },
    });
  }
  config.only({ is_encoder_decoder: true, is_decoder: false });
  const source = table(vocabSize);
  const isOne = tied && target.shared;
  const embedding = isOne ? source : table(target.vocabSize);
  const rows = target.shared ? vocabSize : target.vocabSize;
  const head = config.head === "languageModel" ? headOf(embedding, rows) : undefined;
  return new EncoderDecoderModel({
    encoder: new EncoderModel(sideOf("encoder", source, vocabSize)),
    decoder: new DecoderModel({ ...sideOf("decoder", embedding, rows, true), head }),
    startToken: startTokenOf(config, tokens),
    ...{ shift, head: wholeHead(config, { dModel, initial, end: tokens.end ?? 2, labels: differences.labels }) },
  });
}

/** A vector for each position. */
export const learnedPositions = (config: ConfigFields): PositionalEncoding =>
  new PositionalEncoding({
    kind: "learned",
    dModel: config.size("d_model"),
    contextLength: config.size("max_position_embeddings"),
    initial: initials.normal(config.deviation("init_std", 0.02)),
  });

/** Sinusoids, sines first; a checkpoint may store them, and then they are what it says. */
export const storedSinusoids = (config: ConfigFields, side: Side, has: Has): PositionalEncoding =>
  has(`model.${side}.embed_positions.weight`)
    ? learnedPositions(config)
    : new PositionalEncoding({ kind: "sinusoidal", dModel: config.size("d_model"), layout: "halves" });
