import type { DecoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { layerTypes } from "../reading/layer-types";
import { groupLimited } from "./glm4-moe";
import { latentLayers, latentNames } from "./latent";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";
import { type Mixture, mixtureNames, mixtureOf } from "./mixture";

const common: Pick<Family<DecoderModel>, "layers" | "spelling" | "names"> = {
  ...llamaKin,
  names: (model, has) => [
    ...llamaNames(model),
    ...latentNames(model),
    ...mixtureNames(model, has, {
      at: "model.layers.*.mlp",
      correction: "gate.e_score_correction_bias",
      shared: "shared_experts",
    }),
  ],
};

/** Published files hold the layer that predicts the token after the next one, which no forward pass here uses. */
const published = { ...llamaKin.spelling, unused: ["model.layers.61.**"] };

const ranks = { kv_lora_rank: 512, q_lora_rank: 1536, qk_rope_head_dim: 64, qk_nope_head_dim: 128, v_head_dim: 128 };

/**
 * DeepSeek V2: latent attention, and mixtures of many small experts with some that every token gets.
 *
 * @see DeepSeek-AI 2024, DeepSeek-V2 (arXiv 2405.04434)
 */
export const deepseekV2: Family<DecoderModel> = {
  ...common,
  modelTypes: ["deepseek_v2"],
  classes: "DeepseekV2",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification"),
  aliases: { num_experts: "n_routed_experts" },
  defaults: {
    ...{ num_attention_heads: 32, num_hidden_layers: 32 },
    ...{ ...ranks, eos_token_id: 2, n_routed_experts: 64, n_shared_experts: 2, moe_intermediate_size: 1407 },
    ...{ intermediate_size: 11008, max_position_embeddings: 2048 },
  },
  toModel(config) {
    config.only({ moe_layer_freq: 1, scoring_func: "softmax", pretraining_tp: 1 });
    const attention = latentLayers(config, { interleaved: true });
    const first = config.count("first_k_dense_replace", { fallback: 0 });
    return llamaModel(config, {
      attention: (_, base) => attention(base),
      feedForwardBias: config.boolean("mlp_bias", false),
      feedForward: (at, base) => (at < first ? {} : mixtureOf(config, base, greedy(config))),
    });
  },
};

/** The experts with the greatest shares, of all or of the groups with the greatest ones. */
function greedy(config: ConfigFields): Mixture {
  const isLimited = config.choice("topk_method", { greedy: false, group_limited_greedy: true }, "greedy");
  const width = config.size("moe_intermediate_size");
  return {
    count: "n_routed_experts",
    width,
    router: {
      topK: config.size("num_experts_per_tok"),
      scale: config.number("routed_scaling_factor", 1),
      groups: isLimited
        ? { count: config.whole("n_group"), topK: config.whole("topk_group"), score: "greatest" }
        : undefined,
    },
    shared: config.count("n_shared_experts") * width,
    sharedBias: config.boolean("mlp_bias", false),
  };
}

const ofV3 = {
  ...{ ...ranks, eos_token_id: 1, n_routed_experts: 256, n_shared_experts: 1, moe_intermediate_size: 2048 },
  ...{ num_experts_per_tok: 8, n_group: 8, topk_group: 4, routed_scaling_factor: 2.5, norm_topk_prob: true },
};

/**
 * DeepSeek V3 and R1: experts are chosen by sigmoids with a correction, from the best groups.
 *
 * @see DeepSeek-AI 2024, DeepSeek-V3 (arXiv 2412.19437)
 */
export const deepseekV3: Family<DecoderModel> = {
  ...common,
  spelling: published,
  modelTypes: ["deepseek_v3"],
  classes: "DeepseekV3",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification", "ForTokenClassification"),
  aliases: { num_local_experts: "n_routed_experts", num_mtp_layers: "num_nextn_predict_layers" },
  defaults: {
    num_attention_heads: 128,
    num_hidden_layers: 61,
    ...ofV3,
    intermediate_size: 18432,
    max_position_embeddings: 4096,
  },
  toModel(config) {
    config.count("num_nextn_predict_layers", { fallback: 1 });
    config.only({ moe_layer_freq: 1, scoring_func: "sigmoid", topk_method: "noaux_tc", pretraining_tp: 1 });
    const attention = latentLayers(config, { interleaved: config.boolean("rope_interleave", true) });
    const first = config.count("first_k_dense_replace", { fallback: 3 });
    return llamaModel(config, {
      attention: (_, base) => attention(base),
      feedForward: (at, base) => (at < first ? {} : groupLimited(config, base, "n_routed_experts", "n_shared_experts")),
    });
  },
};

/**
 * DeepSeek V3.2: each query looks only at the keys that an indexer chooses.
 *
 * @see DeepSeek-AI 2025, DeepSeek-V3.2-Exp
 */
export const deepseekV32: Family<DecoderModel> = {
  ...common,
  spelling: published,
  modelTypes: ["deepseek_v32"],
  classes: "DeepseekV32",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  aliases: { num_local_experts: "n_routed_experts" },
  defaults: {
    ...{ num_attention_heads: 128, num_hidden_layers: 61 },
    ...{ ...ofV3, intermediate_size: 18432, max_position_embeddings: 163840 },
    ...{ index_topk: 2048, index_head_dim: 128, index_n_heads: 64 },
  },
  toModel(config) {
    config.only({ moe_layer_freq: 1, scoring_func: "sigmoid", topk_method: "noaux_tc" });
    const attention = latentLayers(config, { interleaved: true, indexed: true });
    const layers = config.size("num_hidden_layers");
    const dense = config.count("first_k_dense_replace", { fallback: 3 });
    layerTypes(config, layers, ["indexed_attention"], () => "indexed_attention");
    const kinds = layerTypes(
      config,
      layers,
      ["dense", "sparse"],
      (at) => (at < dense ? "dense" : "sparse"),
      "mlp_layer_types",
    );
    return llamaModel(config, {
      attention: (_, base) => attention(base),
      feedForward: (at, base) =>
        kinds[at] === "dense" ? {} : groupLimited(config, base, "n_routed_experts", "n_shared_experts"),
    });
  },
};
