import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layerTypes } from "../reading/layer-types";
import { glm4Moe, groupLimited } from "./glm4-moe";
import { llamaKin, llamaModel, perHeadNorms } from "./llama-model";

/**
 * dots.llm1: norms of queries and keys, a window from some layer on, and DeepSeek V3's mixtures.
 *
 * @see rednote-hilab 2025, dots.llm1 Technical Report (arXiv 2506.05767)
 */
export const dots1: Family<DecoderModel> = {
  ...glm4Moe,
  modelTypes: ["dots1"],
  classes: "Dots1",
  aliases: { num_local_experts: "n_routed_experts" },
  spelling: llamaKin.spelling,
  defaults: {
    ...{ max_position_embeddings: 2048, num_attention_heads: 32, num_hidden_layers: 62 },
    ...{ moe_intermediate_size: 1408, first_k_dense_replace: 0, norm_topk_prob: false },
    ...{ sliding_window: 4096, max_window_layers: 62 },
  },
  toModel(config) {
    const first = config.count("first_k_dense_replace", { fallback: 0 });
    const windowed = config.get("sliding_window") !== undefined;
    const start = config.count("max_window_layers", { fallback: 62 });
    const known = ["full_attention", "sliding_attention"] as const;
    const kinds = layerTypes(config, config.size("num_hidden_layers"), known, (at) =>
      windowed && at >= start ? "sliding_attention" : "full_attention",
    );
    return llamaModel(config, {
      attention: (at, base) => ({
        ...perHeadNorms(base),
        window: kinds[at] === "sliding_attention" ? config.whole("sliding_window") : undefined,
      }),
      feedForward: (at, base) => (at < first ? {} : groupLimited(config, base, "n_routed_experts", "n_shared_experts")),
    });
  },
};
