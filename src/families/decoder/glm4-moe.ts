import type { DecoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { type LlamaBase, llamaKin, llamaModel, llamaNames, perHeadNorms } from "./llama-model";
import { type Mixture, mixtureNames, mixtureOf, withoutFurtherTokens } from "./mixture";

/**
 * GLM-4.5: partial rotary positions, and from a layer on mixtures whose experts are chosen as in DeepSeek V3.
 *
 * @see GLM Team 2025, GLM-4.5 (arXiv 2508.06471)
 */
export const glm4Moe: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["glm4_moe"],
  classes: "Glm4Moe",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  aliases: { num_local_experts: "n_routed_experts", num_mtp_layers: "num_nextn_predict_layers" },
  spelling: withoutFurtherTokens("model.layers.46.**", "model.layers.92.**"),
  defaults: {
    ...{ max_position_embeddings: 131_072, num_attention_heads: 96, num_hidden_layers: 46 },
    ...{ num_key_value_heads: 8, rms_norm_eps: 1e-5, n_routed_experts: 128, num_experts_per_tok: 8 },
    ...{ moe_intermediate_size: 1408, n_shared_experts: 1, norm_topk_prob: true },
  },
  names: (model, has) => [
    ...llamaNames(model),
    ...mixtureNames(model, has, {
      at: "model.layers.*.mlp",
      correction: "gate.e_score_correction_bias",
      shared: "shared_experts",
    }),
  ],
  toModel(config) {
    // The layers that predict further tokens are not loaded.
    config.count("num_nextn_predict_layers", { fallback: 1 });
    const first = config.count("first_k_dense_replace", { fallback: 1 });
    return llamaModel(config, {
      rotary: { fraction: 0.5 },
      attention: (_, base) => ({
        outputBias: false,
        ...(config.boolean("use_qk_norm", false) && perHeadNorms(base)),
      }),
      feedForward: (at, base) => (at < first ? {} : groupLimited(config, base, "n_routed_experts", "n_shared_experts")),
    });
  },
};

/** A mixture with DeepSeek V3's choice: sigmoids with a correction, from the best groups only. */
export function groupLimited(
  config: ConfigFields,
  base: LlamaBase,
  count: string,
  shared: string,
): ReturnType<typeof mixtureOf> {
  const width = config.size("moe_intermediate_size");
  const [experts, groups] = [config.whole(count), config.whole("n_group", 1)];
  if (experts % groups !== 0) throw config.error("n_group", `a divisor of ${experts}, the number of experts`);
  const router: Mixture["router"] = {
    topK: config.size("num_experts_per_tok"),
    scores: "sigmoid",
    correction: true,
    groups: { count: groups, topK: config.whole("topk_group", 1) },
    renormalize: config.boolean("norm_topk_prob", true),
    scale: config.number("routed_scaling_factor", 1),
  };
  return mixtureOf(config, base, { count, width, router, shared: config.count(shared, { fallback: 1 }) * width });
}
