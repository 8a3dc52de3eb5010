import { ShortConvolution } from "../../blocks";
import type { DecoderModel } from "../../models";
import { initials } from "../../tensor";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { layersOf, layerTypes } from "../reading/layer-types";
import { type Differences, type LlamaBase, llamaKin, llamaModel, llamaNames, perHeadNorms } from "./llama-model";

/** What all models of LFM2 take for absent fields. */
export const lfm2Defaults = {
  ...{ rms_norm_eps: 1e-5, tie_word_embeddings: true, num_key_value_heads: 8, rope_theta: 1_000_000 },
  ...{ eos_token_id: 2, pad_token_id: 0, max_position_embeddings: 128_000 },
};

/**
 * LFM2: most layers are short convolutions between two gates, the others attention with norms of queries and keys.
 *
 * @see Liquid AI 2025, LFM2 Technical Report (arXiv 2511.23404)
 */
export const lfm2: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["lfm2"],
  classes: "Lfm2",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  aliases: { norm_eps: "rms_norm_eps", tie_embedding: "tie_word_embeddings", block_ff_dim: "intermediate_size" },
  defaults: { ...lfm2Defaults, num_attention_heads: 32, num_hidden_layers: 32 },
  names: (model) => [...llamaNames(model), ...lfm2Names(model), ...lfm2FeedForwardNames],
  toModel(config) {
    const dFeedForward = adjustedWidth(config);
    return llamaModel(config, {
      attention: lfm2Layers(config),
      feedForward: () => ({ dFeedForward, activation: "silu", bias: false }),
    });
  },
};

/** Convolution or attention, as `layer_types` says, or in older files `full_attn_idxs`. */
export function lfm2Layers(config: ConfigFields): NonNullable<Differences["attention"]> {
  const layers = config.size("num_hidden_layers");
  const full = config.counts("full_attn_idxs");
  const older = (at: number) => ((full?.includes(at) ?? true) ? "full_attention" : "conv");
  const kinds = layerTypes(config, layers, ["full_attention", "conv"], older);
  const convolution = { kernelSize: config.size("conv_L_cache", 3), bias: config.boolean("conv_bias", false) };
  const initial = initials.normal(config.deviation("initializer_range", 0.02));
  return (at: number, base: LlamaBase) =>
    kinds[at] === "conv"
      ? new ShortConvolution({ dModel: base.dModel, ...convolution, initial })
      : { ...perHeadNorms(base), bias: false, dropout: 0 };
}

/** Two thirds of the width in the config, times a factor, rounded up; or the width itself. */
function adjustedWidth(config: ConfigFields): number {
  const width = config.size("intermediate_size", 12_288);
  if (!config.boolean("block_auto_adjust_ff_dim", true)) return width;
  const scaled = Math.floor(config.positive("block_ffn_dim_multiplier", 1) * Math.floor((2 * width) / 3));
  const multiple = config.whole("block_multiple_of", 256);
  return multiple * Math.ceil(scaled / multiple);
}

/** The names of LFM2's feed-forward layers. */
export const lfm2FeedForwardNames: readonly NameRule[] = [
  ...layer("blocks.*.feedForward.gate", "model.layers.*.feed_forward.w1"),
  ...layer("blocks.*.feedForward.up", "model.layers.*.feed_forward.w3"),
  ...layer("blocks.*.feedForward.down", "model.layers.*.feed_forward.w2"),
];

/** The names of LFM2's layers, but for its feed-forward layers. */
export const lfm2Names = (model: DecoderModel): readonly NameRule[] => [
  ...layer("blocks.*.attentionNorm", "model.layers.*.operator_norm"),
  ...layer("blocks.*.feedForwardNorm", "model.layers.*.ffn_norm"),
  ...layer("blocks.*.attention.queries.norm", "model.layers.*.self_attn.q_layernorm"),
  ...layer("blocks.*.attention.keys.norm", "model.layers.*.self_attn.k_layernorm"),
  ...layer("blocks.*.attention.output", "model.layers.*.self_attn.out_proj"),
  ...layersOf(model, ShortConvolution).flatMap((at) =>
    convolutionNames(`blocks.${at}.attention`, `model.layers.${at}.conv`),
  ),
  ...layer("norm", "model.embedding_norm"),
];

const convolutionNames = (ours: string, theirs: string): NameRule[] => [
  ...layer([`${ours}.inputGate`, `${ours}.outputGate`, `${ours}.value`], `${theirs}.in_proj`),
  { ours: `${ours}.convolution.weight`, theirs: `${theirs}.conv.weight`, unitAxis: 1 },
  { ours: `${ours}.convolution.bias`, theirs: `${theirs}.conv.bias` },
  ...layer(`${ours}.output`, `${theirs}.out_proj`),
];
