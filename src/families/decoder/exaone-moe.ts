import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layerTypes } from "../reading/layer-types";
import { glm4Moe, groupLimited } from "./glm4-moe";
import { llamaModel, llamaNames, perHeadNorms } from "./llama-model";
import { mixtureNames, withoutFurtherTokens } from "./mixture";

/**
 * K-EXAONE: norms of queries and keys, windows with full layers that have no positions between them, and DeepSeek V3's
 * mixtures.
 *
 * @see LG AI Research, K-EXAONE Technical Report
 */
export const exaoneMoe: Family<DecoderModel> = {
  ...glm4Moe,
  modelTypes: ["exaone_moe"],
  classes: "ExaoneMoe",
  aliases: {},
  spelling: withoutFurtherTokens("mtp.**", "model.mtp.**"),
  defaults: {
    ...{ max_position_embeddings: 2048, num_attention_heads: 32, num_hidden_layers: 32 },
    ...{ num_experts: 64, num_experts_per_tok: 8, moe_intermediate_size: 1024, rms_norm_eps: 1e-5 },
    ...{
      routed_scaling_factor: 2.5,
      sliding_window: 4096,
      sliding_window_pattern: 4,
      eos_token_id: 53,
      pad_token_id: 0,
    },
  },
  names: (model, has) => [
    ...llamaNames(model),
    ...mixtureNames(model, has, {
      at: "model.layers.*.mlp",
      correction: "e_score_correction_bias",
      shared: "shared_experts",
    }),
  ],
  toModel(config) {
    const layers = config.size("num_hidden_layers");
    const windowed = config.get("sliding_window") !== undefined;
    const period = config.whole("sliding_window_pattern", 4);
    const known = ["full_attention", "sliding_attention"] as const;
    const kinds = layerTypes(config, layers, known, (at) =>
      windowed && (at + 1) % period !== 0 ? "sliding_attention" : "full_attention",
    );
    const first = config.count("first_k_dense_replace", { fallback: 1 });
    const widths = layerTypes(
      config,
      layers,
      ["dense", "sparse"] as const,
      (at) => (at < first ? "dense" : "sparse"),
      "mlp_layer_types",
    );
    return llamaModel(config, {
      attention: (at, base) => {
        const slides = kinds[at] === "sliding_attention";
        return {
          ...perHeadNorms(base),
          ...(windowed && !slides && { position: undefined }),
          ...{ bias: false, window: slides ? config.whole("sliding_window") : undefined },
        };
      },
      feedForward: (at, base) =>
        widths[at] === "dense" ? {} : groupLimited(config, base, "num_experts", "num_shared_experts"),
    });
  },
};
