import { ClampedFeedForward, MixtureOfExperts, TopKRouter } from "../../blocks";
import type { DecoderModel } from "../../models";
import { initials } from "../../tensor";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { layerTypes } from "../reading/layer-types";
import { type LlamaBase, llamaKin, llamaModel, llamaNames } from "./llama-model";

const at = "model.layers.*.mlp";
const own = "blocks.*.feedForward.experts.*";

/** Gate and up alternate in the columns of one matrix of all experts, [experts, in, out]. */
const names = (width: number): NameRule[] => [
  ...layer("blocks.*.feedForward.router", `${at}.router`),
  { ours: "blocks.*.attention.sinks", theirs: "model.layers.*.self_attn.sinks" },
  {
    ...{ ours: [`${own}.gate.weight`, `${own}.up.weight`], theirs: `${at}.experts.gate_up_proj` },
    ...{ stacked: true, transpose: true, groups: width },
  },
  {
    ...{ ours: [`${own}.gate.bias`, `${own}.up.bias`], theirs: `${at}.experts.gate_up_proj_bias` },
    ...{ stacked: true, groups: width },
  },
  { ours: `${own}.down.weight`, theirs: `${at}.experts.down_proj`, stacked: true, transpose: true },
  { ours: `${own}.down.bias`, theirs: `${at}.experts.down_proj_bias`, stacked: true },
];

/**
 * gpt-oss: attention sinks, a window in every second layer, and mixtures of clamped gated experts with biases. Its
 * published experts of 4 bits (MXFP4) are decoded when they are loaded, and saved in float.
 *
 * @see OpenAI 2025, gpt-oss-120b & gpt-oss-20b Model Card (arXiv 2508.10925), section 2
 */
export const gptOss: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["gpt_oss"],
  classes: "GptOss",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification", "ForTokenClassification"),
  aliases: { num_experts: "num_local_experts" },
  defaults: {
    ...{ max_position_embeddings: 131_072, num_attention_heads: 64, num_hidden_layers: 36 },
    ...{ num_local_experts: 128, num_experts_per_tok: 4, num_key_value_heads: 8, head_dim: 64 },
    ...{ sliding_window: 128, rms_norm_eps: 1e-5, attention_bias: true, rope_theta: 150_000 },
    rope_parameters: {
      ...{ rope_type: "yarn", factor: 32, beta_fast: 32, beta_slow: 1, truncate: false },
      original_max_position_embeddings: 4096,
    },
  },
  names: (model) => [...llamaNames(model), ...names(widthOf(model))],
  toModel(config) {
    const known = ["full_attention", "sliding_attention"] as const;
    const kinds = layerTypes(config, config.size("num_hidden_layers"), known, (at) => known[(at + 1) % 2]!);
    return llamaModel(config, {
      attention: (at) => ({
        sinks: true,
        window: kinds[at] === "sliding_attention" ? config.whole("sliding_window") : undefined,
      }),
      feedForward: (_, base) => mixture(config, base),
    });
  },
};

function mixture(config: ConfigFields, { dModel, dFeedForward }: LlamaBase): MixtureOfExperts {
  const experts = config.sizeOf("num_local_experts", dModel);
  const initial = initials.normal(config.deviation("initializer_range", 0.02));
  const limits = { limit: config.positive("swiglu_limit", 7), alpha: config.number("swiglu_alpha", 1.702) };
  const topK = config.size("num_experts_per_tok");
  return new MixtureOfExperts({
    experts: Array.from(
      { length: experts },
      () => new ClampedFeedForward({ dModel, dFeedForward, initial, ...limits }),
    ),
    router: new TopKRouter({ dModel, experts, topK, scores: "softmaxOfChosen", bias: true, initial }),
  });
}

/** The width inside each expert. */
function widthOf(model: DecoderModel): number {
  for (const module of model.modules().values())
    if (module instanceof ClampedFeedForward) return module.up.weight.shape[0]!;
  return 1;
}
