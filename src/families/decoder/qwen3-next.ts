import { GatedDeltaNet, Linear, MultiHeadAttention, RMSNorm } from "../../blocks";
import type { DecoderModel } from "../../models";
import { initials } from "../../tensor";
import { activations } from "../activations";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { layersOf, layerTypes } from "../reading/layer-types";
import {
  type Differences,
  type LlamaBase,
  llamaKin,
  llamaModel,
  llamaNames,
  olderSpelling,
  perHeadNorms,
} from "./llama-model";
import { mixtureNames, mixtureOf } from "./mixture";
import { sparseLayers } from "./qwen-moe";

/** How a checkpoint names the projections of a gated delta net: ours, theirs, and its heads of keys. */
type Projections = (ours: string, theirs: string, keyHeads: number) => NameRule[];

const common = (projections: Projections): Pick<Family<DecoderModel>, "heads" | "layers" | "spelling" | "names"> => ({
  ...llamaKin,
  spelling: { ...olderSpelling, unused: ["mtp.**", "model.mtp.**", "model.visual.**"] },
  names: (model, has) => [
    ...llamaNames(model),
    ...layersOf(model, GatedDeltaNet).flatMap((at) => deltaNames(model, at, projections)),
    ...queryNames(model),
    ...mixtureNames(model, has, { at: "model.layers.*.mlp", shared: "shared_expert" }),
    { ours: "blocks.*.feedForward.sharedGate.weight", theirs: "model.layers.*.mlp.shared_expert_gate.weight" },
  ],
});

const defaults = {
  ...{ num_attention_heads: 16, num_key_value_heads: 2, head_dim: 256, max_position_embeddings: 32768 },
  ...{ linear_conv_kernel_dim: 4, linear_key_head_dim: 128, linear_value_head_dim: 128 },
  ...{ linear_num_key_heads: 16, linear_num_value_heads: 32, full_attention_interval: 4, norm_topk_prob: true },
  ...{ num_experts: 512, num_experts_per_tok: 10, moe_intermediate_size: 512, shared_expert_intermediate_size: 512 },
};

/**
 * Qwen3-Next: three of four layers are gated delta nets, the others attention with a gate; mixtures with a shared expert,
 * and norms whose weights are stored minus 1.
 *
 * @see Qwen Team 2025, Qwen3-Next: Towards Ultimate Training & Inference Efficiency
 */
export const qwen3Next: Family<DecoderModel> = {
  ...common((ours, theirs, groups) => [
    ...layer([`${ours}.query`, `${ours}.key`, `${ours}.value`, `${ours}.gate`], `${theirs}.in_proj_qkvz`, { groups }),
    ...layer([`${ours}.step`, `${ours}.decay`], `${theirs}.in_proj_ba`, { groups }),
  ]),
  modelTypes: ["qwen3_next"],
  classes: "Qwen3Next",
  defaults: { num_hidden_layers: 48, ...defaults, intermediate_size: 5632 },
  toModel: (config) => hybrid(config, sparseLayers(config, sharedExpert(config))),
};

const apart: Projections = (ours, theirs) => [
  ...layer([`${ours}.query`, `${ours}.key`, `${ours}.value`], `${theirs}.in_proj_qkv`),
  ...layer(`${ours}.gate`, `${theirs}.in_proj_z`),
  ...layer(`${ours}.step`, `${theirs}.in_proj_b`),
  ...layer(`${ours}.decay`, `${theirs}.in_proj_a`),
];

/** Qwen3.5's text model: as Qwen3-Next, without experts. */
export const qwen35: Family<DecoderModel> = {
  ...common(apart),
  modelTypes: ["qwen3_5_text"],
  classes: ["Qwen3_5Text", "Qwen3_5"],
  defaults: { num_hidden_layers: 32, ...defaults, num_key_value_heads: 4, intermediate_size: 12288 },
  toModel: (config) => hybrid(config, undefined),
};

/** Qwen3.5's text model with a mixture in every layer. */
export const qwen35Moe: Family<DecoderModel> = {
  ...common(apart),
  modelTypes: ["qwen3_5_moe_text"],
  classes: ["Qwen3_5MoeText", "Qwen3_5Moe"],
  defaults: { num_hidden_layers: 40, ...defaults, num_experts: 256, num_experts_per_tok: 8, intermediate_size: 1 },
  toModel(config) {
    const [topK, width] = [config.size("num_experts_per_tok"), config.size("moe_intermediate_size")];
    const mixture = { count: "num_experts", width, router: { topK, renormalize: true }, ...sharedExpert(config) };
    return hybrid(config, (_, base) => mixtureOf(config, base, mixture));
  },
};

const sharedExpert = (config: ConfigFields) => ({
  shared: config.size("shared_expert_intermediate_size"),
  sharedGate: true,
});

/** Attention with a gate or a gated delta net, as `layer_types` says; norms of 1 plus the stored weight. */
function hybrid(config: ConfigFields, feedForward: Differences["feedForward"]): DecoderModel {
  const interval = config.whole("full_attention_interval", 4);
  const absent = (at: number) => ((at + 1) % interval === 0 ? "full_attention" : "linear_attention");
  const layers = config.size("num_hidden_layers");
  const kinds = layerTypes(config, layers, ["linear_attention", "full_attention"], absent);
  const bias = config.boolean("attention_bias", false);
  const initial = initials.normal(config.deviation("initializer_range", 0.02));
  return llamaModel(config, {
    normalization: (norm) => new RMSNorm({ ...norm, offset: 1 }),
    rotary: { fraction: 0.25 },
    attention: (at, base) => {
      if (kinds[at] === "linear_attention") return deltaNet(config, base);
      const { dModel, heads, headDim } = base;
      const gate = new Linear({ inFeatures: dModel, outFeatures: heads * headDim, bias, initial });
      return { ...perHeadNorms(base), gate };
    },
    feedForward,
  });
}

const deltaNet = (config: ConfigFields, { dModel, epsilon }: LlamaBase): GatedDeltaNet =>
  new GatedDeltaNet({
    dModel,
    epsilon,
    keyHeads: config.size("linear_num_key_heads"),
    valueHeads: config.size("linear_num_value_heads"),
    keyDim: config.size("linear_key_head_dim"),
    valueDim: config.size("linear_value_head_dim"),
    kernelSize: config.size("linear_conv_kernel_dim"),
    activation: config.choice("hidden_act", activations, "silu"),
    initial: initials.normal(config.deviation("initializer_range", 0.02)),
  });

function deltaNames(model: DecoderModel, at: number, projections: Projections): NameRule[] {
  const [ours, theirs] = [`blocks.${at}.attention`, `model.layers.${at}.linear_attn`];
  const { query, keyDim } = model.find(ours, GatedDeltaNet);
  return [
    ...projections(ours, theirs, query.weight.shape[0]! / keyDim),
    { ours: `${ours}.convolution.weight`, theirs: `${theirs}.conv1d.weight`, unitAxis: 1 },
    { ours: `${ours}.decayRate`, theirs: `${theirs}.A_log` },
    { ours: `${ours}.decayBias`, theirs: `${theirs}.dt_bias` },
    ...layer(`${ours}.norm`, `${theirs}.norm`),
    ...layer(`${ours}.output`, `${theirs}.out_proj`),
  ];
}

/** Queries and gates of full attention, head by head. */
function queryNames(model: DecoderModel): NameRule[] {
  const [first] = layersOf(model, MultiHeadAttention);
  if (first === undefined) return [];
  const { query, headDim } = model.find(`blocks.${first}.attention`, MultiHeadAttention);
  const ours = "blocks.*.attention";
  const groups = query!.weight.shape[0]! / headDim;
  return layer([`${ours}.query`, `${ours}.gate`], "model.layers.*.self_attn.q_proj", { groups });
}
