import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";
import { mixtureNames, mixtureOf, windowOf } from "./mixture";

/**
 * Mixtral: Mistral with a mixture of experts in every layer.
 *
 * @see Jiang et al. 2024, Mixtral of Experts (arXiv 2401.04088)
 */
export const mixtral: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["mixtral"],
  classes: "Mixtral",
  aliases: { num_experts: "num_local_experts" },
  defaults: {
    ...{ max_position_embeddings: 131_072, num_attention_heads: 32, num_hidden_layers: 32 },
    ...{ num_local_experts: 8, num_experts_per_tok: 2, num_key_value_heads: 8, rms_norm_eps: 1e-5 },
    ...{ eos_token_id: 2, rope_theta: 1e6 },
  },
  names: (model, has) => [
    ...llamaNames(model),
    ...mixtureNames(model, has, {
      at: "model.layers.*.block_sparse_moe",
      parts: ["w1", "w3", "w2"],
      memory: { at: "model.layers.*.mlp", router: "gate" },
    }),
  ],
  toModel: (config) =>
    llamaModel(config, {
      attention: () => ({ bias: false, window: windowOf(config) }),
      feedForward: (_, base) =>
        mixtureOf(config, base, {
          count: "num_local_experts",
          width: base.dFeedForward,
          router: { topK: config.size("num_experts_per_tok"), renormalize: true },
        }),
    }),
};
