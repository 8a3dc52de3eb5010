import { SparseMixerRouter } from "../../blocks";
import type { DecoderModel } from "../../models";
import { initials } from "../../tensor";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { llamaModel, llamaNames, llamaSpelling } from "./llama-model";
import { mixtureNames, mixtureOf, windowOf } from "./mixture";

/**
 * Phi-3.5-MoE: LayerNorm, biases, and a mixture in every layer whose two experts are chosen one after the other.
 *
 * @see Abdin et al. 2024, Phi-3 Technical Report (arXiv 2404.14219)
 */
export const phimoe: Family<DecoderModel> = {
  modelTypes: ["phimoe"],
  classes: "Phimoe",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification"),
  aliases: { num_experts: "num_local_experts" },
  defaults: { num_local_experts: 16, num_key_value_heads: 8, rms_norm_eps: 1e-5, eos_token_id: 2, rope_theta: 1e6 },
  layers: { num_hidden_layers: "model.layers.*" },
  spelling: llamaSpelling,
  names: (model, has) => [
    ...llamaNames(model),
    ...mixtureNames(model, has, { at: "model.layers.*.block_sparse_moe", parts: ["w1", "w3", "w2"] }),
  ],
  toModel(config) {
    const jitter = config.epsilon("router_jitter_noise", 0.01);
    const initial = initials.normal(config.deviation("initializer_range", 0.02));
    return llamaModel(config, {
      normalization: "layerNorm",
      head: { bias: config.boolean("lm_head_bias", false) },
      attention: () => ({ window: windowOf(config) }),
      feedForward: (_, base) =>
        mixtureOf(config, base, {
          count: "num_local_experts",
          width: base.dFeedForward,
          router: (experts) => new SparseMixerRouter({ dModel: base.dModel, experts, jitter, initial }),
        }),
    });
  },
};
