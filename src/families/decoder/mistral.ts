import { QueryTemperature } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { slidingLayers, slidingWindow } from "../reading/layer-types";
import { rotaryParameters } from "../reading/rotary-fields";
import { llamaKin, llamaModel, olderSpelling } from "./llama-model";

const withoutBias = () => ({ bias: false });

/**
 * Mistral: Llama with a sliding window and no biases.
 *
 * @see Jiang et al. 2023, Mistral 7B (arXiv 2310.06825)
 */
export const mistral: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["mistral"],
  classes: "Mistral",
  defaults: {
    num_attention_heads: 32,
    num_hidden_layers: 32,
    num_key_value_heads: 8,
    sliding_window: 4096,
    max_position_embeddings: 131_072,
    eos_token_id: 2,
  },
  toModel(config) {
    const window = slidingWindow(config);
    return llamaModel(config, { attention: () => ({ bias: false, window }), feedForward: withoutBias });
  },
};

/** Ministral: Mistral with a window in some layers only. */
export const ministral: Family<DecoderModel> = {
  ...mistral,
  spelling: olderSpelling,
  modelTypes: ["ministral"],
  defaults: { ...mistral.defaults, num_attention_heads: 32, num_hidden_layers: 32 },
  classes: "Ministral",
  toModel(config) {
    const window = slidingWindow(config);
    const sights = slidingLayers(config, () => window !== undefined);
    return llamaModel(config, {
      attention: (layer) => ({ bias: false, window: sights[layer] === "sliding_attention" ? window : undefined }),
      feedForward: withoutBias,
    });
  },
};

/** Ministral 3: Mistral with yarn, and queries that grow with their positions. */
export const ministral3: Family<DecoderModel> = {
  ...mistral,
  modelTypes: ["ministral3"],
  classes: "Ministral3",
  defaults: {
    ...{ num_attention_heads: 32, num_hidden_layers: 34 },
    ...{ num_key_value_heads: 8, head_dim: 128, max_position_embeddings: 262_144, rms_norm_eps: 1e-5 },
    ...{ pad_token_id: 11, eos_token_id: 2 },
    rope_parameters: {
      ...{ type: "yarn", rope_theta: 1_000_000, factor: 16, original_max_position_embeddings: 16_384 },
      ...{ beta_fast: 32, beta_slow: 1, mscale_all_dim: 1, mscale: 1, llama_4_scaling_beta: 0.1 },
    },
  },
  toModel(config) {
    const window = slidingWindow(config);
    const scaling = rotaryParameters(config);
    if (scaling.get("llama_4_scaling_beta") === undefined) throw scaling.error("llama_4_scaling_beta", "a number");
    const scale = scaling.number("llama_4_scaling_beta", 0);
    const length = scaling.whole("original_max_position_embeddings");
    return llamaModel(config, {
      attention: (_, { rotary }) => ({
        ...{ bias: false, window, position: undefined },
        queries: { position: rotary(), temperature: new QueryTemperature({ scale, length }) },
        keys: { position: rotary() },
      }),
      feedForward: withoutBias,
    });
  },
};
