import type { DecoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layerTypes } from "../reading/layer-types";
import {
  type Differences,
  type LlamaBase,
  llamaKin,
  llamaModel,
  llamaNames,
  olderSpelling,
  perHeadNorms,
} from "./llama-model";
import { mixtureNames, mixtureOf, windowOf } from "./mixture";

const common: Omit<Family<DecoderModel>, "modelTypes" | "toModel"> = {
  ...llamaKin,
  names: (model, has) => [
    ...llamaNames(model),
    ...mixtureNames(model, has, { at: "model.layers.*.mlp", shared: "shared_expert" }),
    { ours: "blocks.*.feedForward.sharedGate.weight", theirs: "model.layers.*.mlp.shared_expert_gate.weight" },
  ],
};

/**
 * Qwen2-MoE: Qwen 2 with many small experts and one that every token gets, with a gate.
 *
 * @see Qwen Team 2024, Qwen1.5-MoE: Matching 7B Model Performance with 1/3 Activated Parameters
 */
export const qwen2Moe: Family<DecoderModel> = {
  ...common,
  modelTypes: ["qwen2_moe"],
  classes: "Qwen2Moe",
  defaults: {
    ...{ max_position_embeddings: 32_768, num_attention_heads: 16, num_hidden_layers: 24 },
    ...{ num_key_value_heads: 16, num_experts: 60, num_experts_per_tok: 4, moe_intermediate_size: 1408 },
    ...{ shared_expert_intermediate_size: 5632, sliding_window: 4096, max_window_layers: 28 },
  },
  toModel(config) {
    const slides = config.boolean("use_sliding_window", false);
    const windowed = config.count("max_window_layers", { fallback: 28 });
    const kindOf = (at: number) => (slides && at % 2 === 0 && at < windowed ? "sliding_attention" : "full_attention");
    const known = ["full_attention", "sliding_attention"] as const;
    const kinds = layerTypes(config, config.size("num_hidden_layers"), known, kindOf);
    if (!slides && kinds.includes("sliding_attention"))
      throw config.error("layer_types", "no sliding_attention, because use_sliding_window is false");
    return llamaModel(config, {
      attention: (at) => ({
        bias: config.boolean("qkv_bias", true),
        outputBias: false,
        window: kinds[at] === "sliding_attention" ? config.whole("sliding_window") : undefined,
      }),
      feedForward: sparseLayers(config, {
        shared: config.size("shared_expert_intermediate_size"),
        sharedGate: true,
      }),
    });
  },
};

/**
 * Qwen3-MoE: norms of queries and keys, no expert for every token.
 *
 * @see Qwen Team 2025, Qwen3 Technical Report (arXiv 2505.09388)
 */
export const qwen3Moe: Family<DecoderModel> = {
  ...common,
  spelling: olderSpelling,
  modelTypes: ["qwen3_moe"],
  classes: "Qwen3Moe",
  aliases: { num_local_experts: "num_experts" },
  defaults: {
    ...{ max_position_embeddings: 32_768, num_attention_heads: 32, num_hidden_layers: 24 },
    ...{ num_key_value_heads: 4, num_experts: 128, num_experts_per_tok: 8, moe_intermediate_size: 768 },
    sliding_window: 4096,
  },
  toModel: (config) =>
    llamaModel(config, {
      attention: (_, base) => ({
        ...perHeadNorms(base),
        window: config.boolean("use_sliding_window", false) ? windowOf(config) : undefined,
      }),
      feedForward: sparseLayers(config, {}),
    }),
};

/** A mixture in every `decoder_sparse_step`-th layer, except those of `mlp_only_layers`. */
export function sparseLayers(
  config: ConfigFields,
  more: { shared?: number; sharedGate?: boolean },
): NonNullable<Differences["feedForward"]> {
  const step = config.whole("decoder_sparse_step", 1);
  const dense = config.counts("mlp_only_layers") ?? [];
  const topK = config.size("num_experts_per_tok");
  const router = { topK, renormalize: config.boolean("norm_topk_prob", false) };
  const width = config.size("moe_intermediate_size");
  return (at: number, base: LlamaBase) =>
    dense.includes(at) || (at + 1) % step !== 0
      ? {}
      : mixtureOf(config, base, { count: "num_experts", width, router, ...more });
}
