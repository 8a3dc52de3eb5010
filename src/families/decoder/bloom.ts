import { AlibiPositions } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads } from "../reading/heads";
import { plainModel } from "./plain";
import { fused, groupsOf, headNames } from "./plain-names";
import { plainSpelling } from "./plain-spelling";

/**
 * BLOOM: linear biases instead of positions, a norm after the embedding.
 *
 * @see BigScience Workshop 2022, BLOOM (arXiv 2211.05100), section 3.2
 */
export const bloom: Family<DecoderModel> = {
  modelTypes: ["bloom"],
  classes: "Bloom",
  heads: decoderHeads,
  defaults: { n_head: 8, n_layer: 2, hidden_dropout: 0, eos_token_id: 2 },
  aliases: { num_hidden_layers: "n_layer", num_attention_heads: "n_head", n_embed: "hidden_size" },
  layers: { n_layer: "transformer.h.*" },
  spelling: plainSpelling("transformer.", "word_embeddings"),
  toModel: (config) => {
    // With tensor parallelism, the exact form leaves out biases.
    if (config.whole("pretraining_tp", 1) > 1) config.only({ slow_but_exact: false });
    const heads = config.size("n_head");
    const scoreBias = new AlibiPositions({ heads, positions: "unmasked" });
    const residual = config.rate("hidden_dropout", 0);
    return plainModel(config, {
      vocabSize: config.size("vocab_size"),
      // There is no table of positions that would end.
      contextLength: config.whole("seq_length", 2048),
      dModel: config.size("hidden_size"),
      heads,
      layers: config.size("n_layer"),
      activation: "geluTanh",
      norms: { epsilon: config.epsilon("layer_norm_epsilon", 1e-5) },
      norm: config.boolean("apply_residual_connection_post_layernorm", false) ? "input" : "pre",
      attention: () => ({ scoreBias }),
      position: false,
      embeddingNorm: true,
      dropout: { attention: config.rate("attention_dropout", 0), residual },
    });
  },
  names: (model) => [
    ...layer("embedding", "transformer.word_embeddings"),
    ...layer("embeddingNorm", "transformer.word_embeddings_layernorm"),
    ...layer("blocks.*.attentionNorm", "transformer.h.*.input_layernorm"),
    ...fused("transformer.h.*.self_attention.query_key_value", { groups: groupsOf(model) }),
    ...layer("blocks.*.attention.output", "transformer.h.*.self_attention.dense"),
    ...layer("blocks.*.feedForwardNorm", "transformer.h.*.post_attention_layernorm"),
    ...layer("blocks.*.feedForward.up", "transformer.h.*.mlp.dense_h_to_4h"),
    ...layer("blocks.*.feedForward.down", "transformer.h.*.mlp.dense_4h_to_h"),
    ...layer("norm", "transformer.ln_f"),
    ...headNames(model),
  ],
};
