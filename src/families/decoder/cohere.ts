import { LayerNorm, type NormConfig, ParallelBlock, PerHeadNorm } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import type { NameRule } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { slidingLayers, slidingWindow } from "../reading/layer-types";
import { type Differences, type LlamaBase, llamaKin, llamaModel, llamaNames } from "./llama-model";

const normalization = ({ dModel, epsilon }: NormConfig) => new LayerNorm({ dModel, epsilon, bias: false });

const kin = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  aliases: { layer_norm_eps: "rms_norm_eps" },
  defaults: {
    ...{ rms_norm_eps: 1e-5, max_position_embeddings: 8192, pad_token_id: 0, eos_token_id: 255_001 },
    ...{ tie_word_embeddings: true, logit_scale: 0.0625 },
  },
};

const cohereModel = (config: ConfigFields, base: number, attention: Differences["attention"]): DecoderModel =>
  llamaModel(config, {
    normalization,
    rotary: { interleaved: true, base },
    head: { scale: config.number("logit_scale", 0.0625) },
    block: (_, { attention: attends, feedForward, base: { dModel, epsilon } }) =>
      new ParallelBlock({ dModel, epsilon, normalization, attention: attends, feedForward }),
    feedForward: () => ({ bias: false }),
    attention,
  });

/** Each head of queries and keys has a norm with its own weight. */
const ownNorms = ({ heads, keyValueHeads, headDim, epsilon }: LlamaBase) => ({
  queries: { norm: new PerHeadNorm({ heads, headDim, epsilon }) },
  keys: { norm: new PerHeadNorm({ heads: keyValueHeads, headDim, epsilon }) },
});

const stacked = (ours: string, theirs: string): NameRule => ({
  ours: `blocks.*.attention.${ours}.norm.weights.*`,
  theirs: `model.layers.*.self_attn.${theirs}.weight`,
  stacked: true,
});

/** Cohere's Command R: attention and a gated feed-forward layer side by side, and neighbours that are rotated. */
export const cohere: Family<DecoderModel> = {
  ...kin,
  modelTypes: ["cohere"],
  defaults: { ...kin.defaults, num_attention_heads: 64, num_hidden_layers: 40 },
  classes: "Cohere",
  names: (model) => [...llamaNames(model), stacked("queries", "q_norm"), stacked("keys", "k_norm")],
  toModel(config) {
    const normed = config.boolean("use_qk_norm", false);
    return cohereModel(config, 500_000, (_, base) => (normed ? ownNorms(base) : {}));
  },
};

/**
 * Cohere's Command R7B and A: three layers with a window and rotary positions to one without either.
 *
 * @see Cohere 2025, Command A (arXiv 2504.00698), section 2.1
 */
export const cohere2: Family<DecoderModel> = {
  ...kin,
  modelTypes: ["cohere2"],
  classes: "Cohere2",
  defaults: {
    num_attention_heads: 64,
    num_hidden_layers: 40,
    ...kin.defaults,
    sliding_window: 4096,
    sliding_window_pattern: 4,
  },
  toModel(config) {
    const window = slidingWindow(config);
    const sights = slidingLayers(config, (at) => (at + 1) % config.whole("sliding_window_pattern") !== 0);
    return cohereModel(config, 10_000, (at) =>
      window !== undefined && sights[at] === "sliding_attention" ? { window } : { position: undefined },
    );
  },
};
