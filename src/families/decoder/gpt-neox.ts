import { PositionalEncoding } from "../../blocks";
import type { DecoderModel } from "../../models";
import { activations } from "../activations";
import type { Family } from "../family";
import { layer } from "../name-map";
import { contextLengthOf } from "../reading/context-length";
import { decoderHeads } from "../reading/heads";
import { rotaryFields } from "../reading/rotary-fields";
import { plainModel } from "./plain";
import { fused, groupsOf, headNames } from "./plain-names";
import { plainSpelling } from "./plain-spelling";

/**
 * GPT-NeoX (Pythia): attention and feed-forward layer side by side, each behind a norm, or one after the other; rotary
 * positions of a part of each head.
 *
 * @see Black et al. 2022, GPT-NeoX-20B (arXiv 2204.06745)
 */
export const gptNeoX: Family<DecoderModel> = {
  modelTypes: ["gpt_neox"],
  classes: "GPTNeoX",
  heads: decoderHeads,
  defaults: { num_attention_heads: 64, num_hidden_layers: 44, eos_token_id: 2 },
  layers: { num_hidden_layers: "gpt_neox.layers.*" },
  spelling: plainSpelling("gpt_neox.", "embed_in", {
    head: "embed_out",
    ignored: ["bias", "masked_bias", "rotary_emb.inv_freq"].map((name) => `gpt_neox.layers.*.attention.${name}`),
  }),
  toModel: (config) => {
    const dModel = config.size("hidden_size");
    const heads = config.size("num_attention_heads");
    const bias = config.boolean("attention_bias", true);
    const residual = config.rate("hidden_dropout", 0);
    const position = new PositionalEncoding(
      rotaryFields(config, {
        headDim: dModel / heads,
        base: 10_000,
        fraction: 0.25,
        baseField: "rotary_emb_base",
        fractionField: "rotary_pct",
      }),
    );
    return plainModel(config, {
      vocabSize: config.size("vocab_size"),
      contextLength: contextLengthOf(config, 2048),
      dModel,
      heads,
      layers: config.size("num_hidden_layers"),
      dFeedForward: config.size("intermediate_size"),
      activation: config.choice("hidden_act", activations, "gelu"),
      norms: { epsilon: config.epsilon("layer_norm_eps", 1e-5) },
      parallel: config.boolean("use_parallel_residual", true) ? 2 : undefined,
      attention: () => ({ bias, position }),
      position: false,
      tied: false,
      dropout: { embedding: residual, attention: config.rate("attention_dropout", 0), residual },
    });
  },
  names: (model, has) => [
    ...layer("embedding", "gpt_neox.embed_in"),
    ...layer("blocks.*.attentionNorm", "gpt_neox.layers.*.input_layernorm"),
    ...fused("gpt_neox.layers.*.attention.query_key_value", { groups: groupsOf(model) }),
    ...layer("blocks.*.attention.output", "gpt_neox.layers.*.attention.dense"),
    ...layer("blocks.*.feedForwardNorm", "gpt_neox.layers.*.post_attention_layernorm"),
    ...layer("blocks.*.feedForward.up", "gpt_neox.layers.*.mlp.dense_h_to_4h"),
    ...layer("blocks.*.feedForward.down", "gpt_neox.layers.*.mlp.dense_4h_to_h"),
    ...layer("norm", "gpt_neox.final_layer_norm"),
    ...headNames(model, { languageModel: has("lm_head.weight") ? "lm_head" : "embed_out" }),
  ],
};
