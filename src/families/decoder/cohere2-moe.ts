import { LayerNorm, type Normalization, ParallelBlock } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { layerTypes } from "../reading/layer-types";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";
import { mixtureNames, mixtureOf } from "./mixture";

/** Command A+'s mixtures: Cohere 2's parallel blocks, of which the first may be dense. */
export const cohere2Moe: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["cohere2_moe"],
  classes: "Cohere2Moe",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  defaults: {
    ...{ max_position_embeddings: 8192, num_attention_heads: 64, num_hidden_layers: 40 },
    ...{ head_dim: 128, tie_word_embeddings: true, eos_token_id: 255001, pad_token_id: 0, sliding_window: 4096 },
    ...{ num_experts: 8, num_experts_per_tok: 2, logit_scale: 0.0625 },
  },
  names: (model, has) => [
    ...llamaNames(model),
    ...mixtureNames(model, has, { at: "model.layers.*.mlp", shared: "shared_experts" }),
  ],
  toModel(config) {
    const { kinds, dense, prefixPattern } = layersOf(config);
    const normalization = normalizationOf(config);
    const width = config.size("intermediate_size");
    const topK = config.size("num_experts_per_tok");
    const scores = config.oneOf("expert_selection_fn", ["softmax", "sigmoid"], "softmax");
    const renormalize = scores === "sigmoid" && config.boolean("norm_topk_prob", true);
    const shared = config.count("num_shared_experts", { fallback: 0 }) * width;
    const average = config.oneOf("shared_expert_combination_strategy", ["average", "sum"], "average") === "average";
    return llamaModel(config, {
      normalization,
      rotary: { interleaved: true },
      head: { scale: config.number("logit_scale", 0.0625) },
      block: (_, { attention, feedForward, base }) =>
        new ParallelBlock({ dModel: base.dModel, epsilon: base.epsilon, normalization, attention, feedForward }),
      attention: (at, { rotary }) => {
        const window = kinds[at] === "sliding_attention" ? config.whole("sliding_window") : undefined;
        const rotates = window !== undefined || (dense(at) && prefixPattern === 1);
        return { window, position: rotates ? rotary() : undefined };
      },
      feedForward: (at, base) =>
        dense(at)
          ? { dFeedForward: config.size("prefix_dense_intermediate_size", width) }
          : mixtureOf(config, base, {
              ...{ count: "num_experts", width, shared, sharing: average ? "mean" : "sum" },
              router: { topK, scores: scores === "softmax" ? "softmaxOfChosen" : scores, renormalize },
            }),
    });
  },
};

/** Which layers have windows, and which are dense. */
function layersOf(config: ConfigFields) {
  const layers = config.size("num_hidden_layers");
  const first = config.count("first_k_dense_replace", { fallback: 0 });
  const prefixPattern = config.whole("prefix_dense_sliding_window_pattern", 1);
  const pattern = config.whole("sliding_window_pattern", 4);
  const isFull = (at: number) => (at < first ? (at + 1) % prefixPattern : (at - first + 1) % pattern) === 0;
  const kinds = layerTypes(config, layers, ["full_attention", "sliding_attention"], (at) =>
    isFull(at) ? "full_attention" : "sliding_attention",
  );
  const widths = layerTypes(
    config,
    layers,
    ["dense", "sparse"],
    (at) => (at < first ? "dense" : "sparse"),
    "mlp_layer_types",
  );
  return { kinds, dense: (at: number) => widths[at] === "dense", prefixPattern };
}

/** RMSNorm if its epsilon is given, else LayerNorm without a bias. */
function normalizationOf(config: ConfigFields): Normalization {
  if (config.get("rms_norm_eps") !== undefined) return "rmsNorm";
  const epsilon = config.epsilon("layer_norm_eps", 1e-5);
  return ({ dModel }) => new LayerNorm({ dModel, epsilon, bias: false });
}
