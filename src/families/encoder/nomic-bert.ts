import { FeedForward, MultiHeadAttention, PositionalEncoding } from "../../blocks";
import type { EncoderModel } from "../../models";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { encoderHeads, headsOf } from "../reading/heads";
import { rotaryFields } from "../reading/rotary-fields";
import { bertHead, bertNames, encoderModel, headNames, tiedTo } from "./encoder-base";
import { encoderSizes } from "./encoder-sizes";

const masked = { ...bertHead, norm: "cls.predictions.transform.layer_norm" };

/**
 * Nomic BERT: BERT with rotary positions, gated feed-forward layers and no biases in its blocks.
 *
 * @see Nussbaum et al. 2024, Nomic Embed (arXiv 2402.01613)
 */
export const nomicBert: Family<EncoderModel> = {
  modelTypes: ["nomic_bert"],
  defaults: { max_position_embeddings: 2048, num_attention_heads: 12, num_hidden_layers: 12 },
  classes: "NomicBert",
  heads: headsOf(encoderHeads, "Model", "ForMaskedLM", "ForSequenceClassification", "ForTokenClassification"),
  aliases: {
    ...{ n_embd: "hidden_size", n_head: "num_attention_heads", n_inner: "intermediate_size" },
    ...{ n_layer: "num_hidden_layers", n_positions: "max_position_embeddings", layer_norm_epsilon: "layer_norm_eps" },
  },
  layers: {},
  spelling: {
    prefix: { text: "nomic_bert.", outside: ["cls.", "classifier."] },
    tied: tiedTo("nomic_bert.embeddings.word_embeddings.weight", masked),
    ignored: ["nomic_bert.rotary_emb.inv_freq", "nomic_bert.embeddings.position_ids"],
    unused: ["nomic_bert.pooler.dense.weight", "nomic_bert.pooler.dense.bias", "cls.predictions.bias"],
  },
  names: (model, has) => [
    ...bertNames("nomic_bert."),
    ...(has("nomic_bert.encoder.layers.0.attn.Wqkv.weight") ? published : names),
    ...headNames(model, has, { masked }),
  ],
  toModel(config, has) {
    const sizes = encoderSizes(config, { activation: "silu", dropout: 0 });
    const { dModel, heads, initial, dFeedForward, activation, attentionDropout } = sizes;
    const headDim = config.size("head_dim", dModel / heads);
    const beside = { base: 1000, baseField: "rotary_emb_base" };
    const position = new PositionalEncoding(rotaryFields(config, { headDim, ...beside }));
    return encoderModel(config, sizes, has("nomic_bert.pooler.dense.weight"), {
      position: false,
      block: () => ({
        attention: new MultiHeadAttention({
          ...{ dModel, heads, headDim, position, bias: false, dropout: attentionDropout, initial },
        }),
        feedForward: new FeedForward({ dModel, dFeedForward, activation, gated: true, bias: false, initial }),
        initial: undefined,
      }),
      pooled: ["none", "sequenceClass"],
    });
  },
};

const names: readonly NameRule[] = [
  ...layer("blocks.*.attention.query", "nomic_bert.layers.*.self_attn.q_proj"),
  ...layer("blocks.*.attention.key", "nomic_bert.layers.*.self_attn.k_proj"),
  ...layer("blocks.*.attention.value", "nomic_bert.layers.*.self_attn.v_proj"),
  ...layer("blocks.*.attention.output", "nomic_bert.layers.*.self_attn.o_proj"),
  ...layer("blocks.*.attentionNorm", "nomic_bert.layers.*.post_attention_layernorm"),
  ...layer("blocks.*.feedForward.gate", "nomic_bert.layers.*.mlp.gate_proj"),
  ...layer("blocks.*.feedForward.up", "nomic_bert.layers.*.mlp.up_proj"),
  ...layer("blocks.*.feedForward.down", "nomic_bert.layers.*.mlp.down_proj"),
  ...layer("blocks.*.feedForwardNorm", "nomic_bert.layers.*.post_mlp_layernorm"),
];

/** The names of checkpoints that came with their own code. */
const published: readonly NameRule[] = [
  ...layer("embeddingNorm", "nomic_bert.emb_ln"),
  ...layer(
    ["blocks.*.attention.query", "blocks.*.attention.key", "blocks.*.attention.value"],
    "nomic_bert.encoder.layers.*.attn.Wqkv",
  ),
  ...layer("blocks.*.attention.output", "nomic_bert.encoder.layers.*.attn.out_proj"),
  ...layer("blocks.*.attentionNorm", "nomic_bert.encoder.layers.*.norm1"),
  ...layer("blocks.*.feedForward.up", "nomic_bert.encoder.layers.*.mlp.fc11"),
  ...layer("blocks.*.feedForward.gate", "nomic_bert.encoder.layers.*.mlp.fc12"),
  ...layer("blocks.*.feedForward.down", "nomic_bert.encoder.layers.*.mlp.fc2"),
  ...layer("blocks.*.feedForwardNorm", "nomic_bert.encoder.layers.*.norm2"),
];
