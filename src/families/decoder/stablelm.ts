import { ParallelBlock, PerHeadNorm } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";

/**
 * StableLM: Llama with layer norms and rotary positions in a quarter of each head; the larger ones run both layers side
 * by side and normalize each head of queries and keys.
 *
 * @see Bellagente et al. 2024, Stable LM 2 1.6B Technical Report (arXiv 2402.17834)
 */
export const stablelm: Family<DecoderModel> = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification", "ForTokenClassification"),
  modelTypes: ["stablelm"],
  classes: "StableLm",
  aliases: { layer_norm_eps: "rms_norm_eps" },
  defaults: {
    num_attention_heads: 32,
    num_hidden_layers: 32,
    num_key_value_heads: 32,
    max_position_embeddings: 4096,
    rms_norm_eps: 1e-5,
    eos_token_id: 0,
  },
  names: (model) => [
    ...llamaNames(model),
    {
      ours: "blocks.*.attention.queries.norm.weights.*",
      theirs: "model.layers.*.self_attn.q_layernorm.norms.*.weight",
    },
    { ours: "blocks.*.attention.keys.norm.weights.*", theirs: "model.layers.*.self_attn.k_layernorm.norms.*.weight" },
  ],
  toModel(config) {
    const [bias, normed] = [config.boolean("use_qkv_bias", false), config.boolean("qk_layernorm", false)];
    const dropout = config.rate("hidden_dropout", 0);
    const normOf = (heads: number, headDim: number, epsilon: number) =>
      normed ? { norm: new PerHeadNorm({ heads, headDim, epsilon }) } : undefined;
    return llamaModel(config, {
      normalization: "layerNorm",
      rotary: { fraction: 0.25 },
      attention: (_, { heads, keyValueHeads, headDim, epsilon }) => ({
        ...{ bias, outputBias: false },
        queries: normOf(heads, headDim, epsilon),
        keys: normOf(keyValueHeads, headDim, epsilon),
      }),
      feedForward: () => ({ bias: false }),
      block: config.boolean("use_parallel_residual", false)
        ? (_, { attention, feedForward, base: { dModel, epsilon } }) =>
            new ParallelBlock({ dModel, epsilon, dropout, attention, feedForward })
        : { dropout },
    });
  },
};
