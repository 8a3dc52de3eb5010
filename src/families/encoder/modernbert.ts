import {
  FeedForward,
  HeadTransform,
  LayerNorm,
  MultiHeadAttention,
  PositionalEncoding,
  TokenPooling,
  Unchanged,
} from "../../blocks";
import type { EncoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer } from "../name-map";
import { layerTypes } from "../reading/layer-types";
import { rotaryFields } from "../reading/rotary-fields";
import { activations } from "../settings";
import { encoderModel } from "./encoder-base";
import { encoderSizes } from "./encoder-sizes";
import { roberta } from "./roberta";

/**
 * ModernBERT: pre-norm without biases, gated feed-forward layers, and rotary positions whose base differs between layers
 * that see the whole text and those that see a window of it.
 *
 * @see Warner et al. 2024, ModernBERT (arXiv 2412.13663)
 */
export const modernbert: Family<EncoderModel> = {
  modelTypes: ["modernbert"],
  defaults: { max_position_embeddings: 8192, num_attention_heads: 12, num_hidden_layers: 22 },
  classes: "ModernBert",
  heads: roberta.heads,
  layers: { num_hidden_layers: "model.layers.*" },
  spelling: {
    prefix: { text: "model.", outside: ["head.", "decoder.", "classifier."] },
    tied: { "decoder.weight": "model.embeddings.tok_embeddings.weight" },
  },
  names: (model) => [
    ...layer("embedding", "model.embeddings.tok_embeddings"),
    ...layer("embeddingNorm", "model.embeddings.norm"),
    ...layer("blocks.*.attentionNorm", "model.layers.*.attn_norm"),
    ...layer(
      ["blocks.*.attention.query", "blocks.*.attention.key", "blocks.*.attention.value"],
      "model.layers.*.attn.Wqkv",
    ),
    ...layer("blocks.*.attention.output", "model.layers.*.attn.Wo"),
    ...layer("blocks.*.feedForwardNorm", "model.layers.*.mlp_norm"),
    ...layer(["blocks.*.feedForward.gate", "blocks.*.feedForward.up"], "model.layers.*.mlp.Wi"),
    ...layer("blocks.*.feedForward.down", "model.layers.*.mlp.Wo"),
    ...layer("norm", "model.final_norm"),
    ...layer("head.transform.dense", "head.dense"),
    ...layer("head.transform.norm", "head.norm"),
    ...layer("head.projection", model.head?.kind === "maskedLanguageModel" ? "decoder" : "classifier"),
  ],
  toModel(config) {
    const sizes = encoderSizes(config, {
      ...{ epsilon: 1e-5, dropout: 0, padToken: 50_283, endToken: 50_282, fields },
    });
    const { dModel, epsilon, initial } = sizes;
    const normBias = config.boolean("norm_bias", false);
    const norm = () => new LayerNorm({ dModel, epsilon, bias: normBias });
    const transform = new HeadTransform({
      ...{ dModel, norm: norm(), bias: config.boolean("classifier_bias", false), initial },
      activation: config.choice("classifier_activation", activations, "gelu"),
    });
    const attention = attentionOf(config, sizes);
    const bias = config.boolean("mlp_bias", false);
    const dropout = config.rate("mlp_dropout", 0);
    const { dFeedForward, activation, attentionDropout } = sizes;
    return encoderModel(config, sizes, false, {
      types: 0,
      position: false,
      embeddingNorm: norm(),
      block: (at) => ({
        ...{ norm: "pre", normalization: norm, dropout: attentionDropout, initial: undefined },
        attentionNorm: at === 0 ? new Unchanged() : undefined,
        attention: attention(at),
        feedForward: new FeedForward({ dModel, dFeedForward, activation, gated: true, bias, dropout, initial }),
      }),
      norm: norm(),
      masked: transform,
      maskedBias: config.boolean("decoder_bias", true),
      transform,
      pooler: poolingOf(config),
      dropout: config.rate("classifier_dropout", 0),
    });
  },
};

const fields = {
  ...{ epsilon: "norm_eps", activation: "hidden_activation" },
  ...{ dropout: "embedding_dropout", attentionDropout: "attention_dropout" },
};

/** Attention over the whole text or a window of it, by the number of the layer. */
function attentionOf(
  config: ConfigFields,
  { dModel, heads, layers, attentionDropout, initial }: ReturnType<typeof encoderSizes>,
): (layer: number) => MultiHeadAttention {
  const headDim = dModel / heads;
  const every = config.whole("global_attn_every_n_layers", 3);
  const kinds = ["full_attention", "sliding_attention"] as const;
  const types = layerTypes(config, layers, kinds, (at) => kinds[at % every === 0 ? 0 : 1]);
  const rotary = {
    full_attention: { base: 160_000, baseField: "global_rope_theta" },
    sliding_attention: { base: 10_000, baseField: "local_rope_theta" },
  };
  // The window counts tokens on both sides.
  const window = Math.floor(config.whole("local_attention", 128) / 2) + 1;
  const bias = config.boolean("attention_bias", false);
  return (at) => {
    const layerType = types[at]!;
    const position = new PositionalEncoding(rotaryFields(config, { headDim, layerType, ...rotary[layerType] }));
    const own = layerType === "sliding_attention" ? { window } : {};
    return new MultiHeadAttention({ dModel, heads, position, bias, dropout: attentionDropout, initial, ...own });
  };
}

/** A choice looks for its first token behind padding; a class does not. */
function poolingOf(config: ConfigFields): TokenPooling {
  const kind = config.choice("classifier_pooling", { cls: "first", mean: "mean" } as const, "cls");
  const masked = kind === "mean" || config.head === "multipleChoice";
  return new TokenPooling({ kind, ...(masked && { skip: "masked" }) });
}
