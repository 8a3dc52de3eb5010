import { AlibiPositions, type MultiHeadAttentionConfig, ParallelBlock, PositionalEncoding } from "../../blocks";
import type { DecoderModel } from "../../models";
import { activations } from "../activations";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer } from "../name-map";
import { contextLengthOf } from "../reading/context-length";
import { decoderHeads } from "../reading/heads";
import { rotaryFields } from "../reading/rotary-fields";
import { plainModel } from "./plain";
import { fused, groupsOf, headNames } from "./plain-names";
import { plainSpelling } from "./plain-spelling";

/**
 * Falcon in its three forms: attention and feed-forward layer side by side behind one norm with one head of keys
 * (7B); with grouped heads and two norms (40B); one after the other with linear biases (RW).
 *
 * @see Almazrouei et al. 2023, The Falcon Series of Open Language Models (arXiv 2311.16867)
 */
export const falcon: Family<DecoderModel> = {
  modelTypes: ["falcon"],
  classes: "Falcon",
  heads: decoderHeads,
  defaults: { hidden_dropout: 0, num_attention_heads: 71, num_hidden_layers: 32, eos_token_id: 11 },
  aliases: { n_embed: "hidden_size" },
  layers: { num_hidden_layers: "transformer.h.*" },
  spelling: plainSpelling("transformer.", "word_embeddings"),
  toModel: (config) => {
    const dModel = config.size("hidden_size");
    const heads = config.size("num_attention_heads");
    const bias = config.boolean("bias", false);
    const shared = { bias, keyValueHeads: keyValueHeads(config, heads), ...positions(config, heads, dModel / heads) };
    const residual = config.rate("hidden_dropout", 0);
    return plainModel(config, {
      vocabSize: config.size("vocab_size"),
      contextLength: contextLengthOf(config, 2048),
      dModel,
      heads,
      layers: config.size("num_hidden_layers"),
      dFeedForward: config.size("ffn_hidden_size", 4 * dModel),
      activation: config.choice("activation", activations, "gelu"),
      feedForwardBias: bias,
      norms: { epsilon: config.epsilon("layer_norm_epsilon", 1e-5) },
      parallel: sideBySide(config),
      attention: () => shared,
      position: false,
      dropout: { attention: config.rate("attention_dropout", 0), residual },
    });
  },
  names: (model) => [
    ...layer("embedding", "transformer.word_embeddings"),
    ...layer("blocks.*.attentionNorm", `transformer.h.*.${hasTwoNorms(model) ? "ln_attn" : "input_layernorm"}`),
    ...fused("transformer.h.*.self_attention.query_key_value", { groups: groupsOf(model) }),
    ...layer("blocks.*.attention.output", "transformer.h.*.self_attention.dense"),
    ...layer(
      "blocks.*.feedForwardNorm",
      `transformer.h.*.${hasTwoNorms(model) ? "ln_mlp" : "post_attention_layernorm"}`,
    ),
    ...layer("blocks.*.feedForward.up", "transformer.h.*.mlp.dense_h_to_4h"),
    ...layer("blocks.*.feedForward.down", "transformer.h.*.mlp.dense_4h_to_h"),
    ...layer("norm", "transformer.ln_f"),
    ...headNames(model),
  ],
};

const isNew = (config: ConfigFields) => config.boolean("new_decoder_architecture", false);

function keyValueHeads(config: ConfigFields, heads: number): number {
  if (isNew(config)) return config.size("num_kv_heads", heads);
  if (config.boolean("multi_query", true)) return 1;
  // transformers cannot run it with fewer.
  config.only({ num_kv_heads: heads });
  return heads;
}

function positions(config: ConfigFields, heads: number, headDim: number): Partial<MultiHeadAttentionConfig> {
  if (!config.boolean("alibi", false))
    return { position: new PositionalEncoding(rotaryFields(config, { headDim, base: 10_000 })) };
  const scale = 1 / Math.sqrt(headDim);
  return { scoreBias: new AlibiPositions({ heads, positions: "unmasked", precision: "bfloat16", scale }) };
}

/** The number of norms of parallel layers; undefined if one layer follows the other. */
function sideBySide(config: ConfigFields): 1 | 2 | undefined {
  const parallel = config.boolean("parallel_attn", true);
  if (!isNew(config)) {
    config.only({ num_ln_in_parallel_attn: 1 });
    return parallel ? 1 : undefined;
  }
  config.only({ parallel_attn: true });
  const norms = config.whole("num_ln_in_parallel_attn", 2);
  if (norms !== 1 && norms !== 2) throw config.error("num_ln_in_parallel_attn", "1 or 2");
  return norms;
}

/** Whether attention and feed-forward layer lie side by side with a norm each. */
const hasTwoNorms = ({ blocks: [first] }: DecoderModel): boolean =>
  first instanceof ParallelBlock && first.feedForwardNorm !== undefined;
