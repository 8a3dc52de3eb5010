import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { lfm2Defaults, lfm2FeedForwardNames, lfm2Layers, lfm2Names } from "./lfm2";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";
import { type Mixture, mixtureNames, mixtureOf } from "./mixture";

/** LFM2-MoE: LFM2 with mixtures of experts after the first layers. */
export const lfm2Moe: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["lfm2_moe"],
  classes: "Lfm2Moe",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  aliases: { norm_eps: "rms_norm_eps", tie_embedding: "tie_word_embeddings" },
  defaults: {
    ...{ num_attention_heads: 32, num_hidden_layers: 32 },
    ...{ ...lfm2Defaults, intermediate_size: 7168, moe_intermediate_size: 1792, num_dense_layers: 2 },
    ...{ num_experts: 32, num_experts_per_tok: 4 },
  },
  names: (model, has) => [
    ...llamaNames(model),
    ...lfm2Names(model),
    ...lfm2FeedForwardNames,
    ...mixtureNames(model, has, {
      at: "model.layers.*.feed_forward",
      correction: "expert_bias",
      parts: ["w1", "w3", "w2"],
    }),
  ],
  toModel(config) {
    const dense = config.count("num_dense_layers");
    const router: Mixture["router"] = {
      topK: config.size("num_experts_per_tok"),
      scores: "sigmoid",
      correction: config.boolean("use_expert_bias", true),
      scale: config.number("routed_scaling_factor", 1),
      ...(config.boolean("norm_topk_prob", true) && { renormalize: true, sumEpsilon: 1e-6 }),
    };
    const width = config.size("moe_intermediate_size");
    return llamaModel(config, {
      attention: lfm2Layers(config),
      feedForward: (at, base) =>
        at < dense
          ? { activation: "silu", bias: false }
          : mixtureOf(config, base, { count: "num_experts", width, router, activation: "silu" }),
    });
  },
};
