import {
  type Activation,
  DecoderBlock,
  type DecoderBlockConfig,
  Embedding,
  FeedForward,
  type FeedForwardConfig,
  MultiHeadAttention,
  type MultiHeadAttentionConfig,
  makeNorm,
  type Norm,
  type Normalization,
  PositionalEncoding,
  type SequenceLayer,
} from "../../blocks";
import { DecoderModel } from "../../models";
import { initials } from "../../tensor";
import { activations } from "../activations";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { contextLengthOf } from "../reading/context-length";
import { type DecoderHeadConfig, decoderHead, decoderHeadNames } from "../reading/decoder-head";
import { type RotaryFamily, rotaryFields } from "../reading/rotary-fields";
import { llamaFacts } from "./llama-facts";

export { olderSpelling } from "./llama-facts";

/** What the config of a Llama says, and the parts that its layers share. */
export interface LlamaBase {
  readonly dModel: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  readonly layers: number;
  readonly dFeedForward: number;
  readonly epsilon: number;
  /** A norm of vectors of this width. */
  norm(width: number): Norm;
  /** The rotary positions of layers of this kind in `layer_types`; one module for all layers of a kind. */
  rotary(layerType?: string): PositionalEncoding;
}

/** How a family differs from Llama. */
export interface Differences {
  /** Options of a layer's attention over Llama's, or another module in its place. */
  attention?: ((layer: number, base: LlamaBase) => Partial<MultiHeadAttentionConfig> | SequenceLayer) | undefined;
  /** Options of a layer's feed-forward layer over Llama's, or another module in its place. */
  feedForward?: ((layer: number, base: LlamaBase) => Partial<FeedForwardConfig> | SequenceLayer) | undefined;
  /** Whether the feed-forward layers have biases. Few families read `mlp_bias`. */
  feedForwardBias?: boolean | undefined;
  /** Options of every block; or a block made of its two layers. */
  block?: Pick<DecoderBlockConfig, "norm" | "residualScale" | "dropout"> | BlockMaker | undefined;
  /** What makes every norm; rmsNorm if omitted. */
  normalization?: Normalization | undefined;
  /** The final norm is the last one's if omitted; false for none. */
  finalNorm?: boolean | undefined;
  /** The factor of token vectors. */
  embeddingScale?: number | undefined;
  /** Options of the head for the next token. */
  head?: DecoderHeadConfig["languageModel"];
  /** Options of the head for whole texts. */
  classifier?: DecoderHeadConfig["classifier"];
  /** Whether the head is tied if the config does not say; false if omitted. */
  tied?: boolean | undefined;
  /** Whether `generate` reads a text anew when it outgrows the rotary factors of short texts. */
  rereads?: boolean | undefined;
  /** A norm of the token vectors. */
  embeddingNorm?: boolean | undefined;
  /** Options of the rotary positions. */
  rotary?: RotaryDifferences | ((layerType: string | undefined) => RotaryDifferences) | undefined;
  /** The share of token vectors to zero in training. */
  embeddingDropout?: number | undefined;
  /** Activations of the family's own, by their names. */
  activations?: Readonly<Record<string, () => Activation>> | undefined;
}

type RotaryDifferences = Partial<RotaryFamily> & { interleaved?: boolean; reversed?: boolean };

type BlockMaker = (
  layer: number,
  parts: { attention: SequenceLayer; feedForward: SequenceLayer; base: LlamaBase },
) => SequenceLayer;

/**
 * The model of a config in Llama's spelling, with the differences of a family: an embedding, blocks of rotary attention
 * with grouped heads and a gated feed-forward layer, RMSNorm before each and at the end, and the head that the class
 * names. Fields of other names are the family's `aliases`; values of absent fields its `defaults`.
 *
 * @throws FormatError that names the field
 */
export function llamaModel(config: ConfigFields, differences: Differences = {}): DecoderModel {
  config.only({ is_encoder_decoder: false });
  const base = baseOf(config, differences);
  const { dModel } = base;
  const [vocabSize, padToken] = [config.size("vocab_size"), config.token("pad_token_id")];
  const initial = initials.normal(config.deviation("initializer_range", 0.02));
  const embedding = new Embedding({ vocabSize, dModel, scale: differences.embeddingScale, initial });
  const tied = config.boolean("tie_word_embeddings", differences.tied ?? false);
  return new DecoderModel({
    vocabSize,
    contextLength: contextLengthOf(config),
    endTokens: config.endTokens(),
    padToken,
    rereadAfter: differences.rereads ? shortLength(base.rotary()) : undefined,
    embedding,
    embeddingDropout: differences.embeddingDropout,
    embeddingNorm: differences.embeddingNorm ? base.norm(dModel) : undefined,
    blocks: Array.from({ length: base.layers }, (_, at) => blockOf(at, config, base, differences, initial)),
    norm: (differences.finalNorm ?? true) ? base.norm(dModel) : undefined,
    head: decoderHead(config, {
      ...{ dModel, vocabSize, embedding, tied, padToken, initial },
      ...{ languageModel: differences.head, classifier: differences.classifier },
    }),
  });
}

function baseOf(config: ConfigFields, { normalization = "rmsNorm", rotary = {} }: Differences): LlamaBase {
  const [dModel, heads] = [config.size("hidden_size"), config.size("num_attention_heads")];
  const headDim = config.size("head_dim", Math.floor(dModel / heads));
  const epsilon = config.epsilon("rms_norm_eps", 1e-6);
  const positions = new Map<string | undefined, PositionalEncoding>();
  return {
    ...{ dModel, heads, headDim, epsilon },
    keyValueHeads: config.size("num_key_value_heads", heads),
    layers: config.size("num_hidden_layers"),
    get dFeedForward() {
      return config.size("intermediate_size");
    },
    norm: (width) => makeNorm(normalization, { dModel: width, epsilon }),
    rotary(layerType) {
      const { interleaved, reversed, ...family } = typeof rotary === "function" ? rotary(layerType) : rotary;
      const fields = () => ({ ...rotaryFields(config, { headDim, layerType, ...family }), interleaved, reversed });
      const position = positions.get(layerType) ?? new PositionalEncoding(fields());
      positions.set(layerType, position);
      return position;
    },
  };
}

/** The length up to which the factors of short texts hold. */
function shortLength({ config }: PositionalEncoding): number | undefined {
  const scaling = config.kind === "rotary" ? config.scaling : undefined;
  return scaling?.kind === "longrope" ? scaling.originalContextLength : undefined;
}

function blockOf(
  at: number,
  config: ConfigFields,
  base: LlamaBase,
  { attention, feedForward, block = {}, normalization = "rmsNorm", activations: own = {}, ...others }: Differences,
  initial: DecoderHeadConfig["initial"],
): SequenceLayer {
  const { dModel, heads, keyValueHeads, headDim, epsilon } = base;
  const [ofAttention = {}, ofFeedForward = {}] = [attention?.(at, base), feedForward?.(at, base)];
  const parts = {
    attention: isLayer(ofAttention)
      ? ofAttention
      : new MultiHeadAttention({
          ...{ dModel, heads, keyValueHeads, headDim, initial },
          bias: config.boolean("attention_bias", false),
          dropout: config.rate("attention_dropout", 0),
          ...("position" in ofAttention ? {} : { position: base.rotary() }),
          ...ofAttention,
        }),
    feedForward: isLayer(ofFeedForward)
      ? ofFeedForward
      : new FeedForward({
          ...{ dModel, initial, gated: true },
          dFeedForward: ofFeedForward.dFeedForward ?? base.dFeedForward,
          activation: activationOf(config, own),
          bias: others.feedForwardBias ?? false,
          ...ofFeedForward,
        }),
  };
  if (typeof block === "function") return block(at, { ...parts, base });
  return new DecoderBlock({ ...{ dModel, epsilon, normalization, norm: "pre" }, ...block, ...parts });
}

/** Makes an activation anew for each layer, because those of a family may have parameters. */
function activationOf(config: ConfigFields, own: NonNullable<Differences["activations"]>): Activation {
  const shared = Object.entries<Activation>(activations).map(([name, activation]) => [name, () => activation] as const);
  return config.choice<() => Activation>("hidden_act", { ...Object.fromEntries(shared), ...own }, "silu")();
}

const isLayer = (difference: object): difference is SequenceLayer => "forward" in difference;

/** The names of a Llama's parameters; a family's own rules may follow and replace some. */
export const llamaNames = (model: Pick<DecoderModel, "head">): NameRule[] => [
  ...layer("embedding", "model.embed_tokens"),
  ...layer("blocks.*.attentionNorm", "model.layers.*.input_layernorm"),
  ...layer("blocks.*.attention.query", "model.layers.*.self_attn.q_proj"),
  ...layer("blocks.*.attention.key", "model.layers.*.self_attn.k_proj"),
  ...layer("blocks.*.attention.value", "model.layers.*.self_attn.v_proj"),
  ...layer("blocks.*.attention.output", "model.layers.*.self_attn.o_proj"),
  ...layer("blocks.*.attention.queries.norm", "model.layers.*.self_attn.q_norm"),
  ...layer("blocks.*.attention.keys.norm", "model.layers.*.self_attn.k_norm"),
  ...layer("blocks.*.feedForwardNorm", "model.layers.*.post_attention_layernorm"),
  ...layer("blocks.*.feedForward.gate", "model.layers.*.mlp.gate_proj"),
  ...layer("blocks.*.feedForward.up", "model.layers.*.mlp.up_proj"),
  ...layer("blocks.*.feedForward.down", "model.layers.*.mlp.down_proj"),
  ...layer("norm", "model.norm"),
  ...decoderHeadNames(model.head?.kind),
];

/** Norms of the queries and keys of each head, before their rotation. */
export const perHeadNorms = ({ norm, headDim }: LlamaBase) => ({
  queries: { norm: norm(headDim) },
  keys: { norm: norm(headDim) },
});

/** What families in Llama's spelling have in common. */
export const llamaKin = { ...llamaFacts, names: llamaNames } as const satisfies Partial<Family<DecoderModel>>;
