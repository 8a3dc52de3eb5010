import type { DecoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { slidingLayers, slidingWindow } from "../reading/layer-types";
import { llamaKin, llamaModel, olderSpelling } from "./llama-model";

/**
 * SmolLM 3: Llama without positions in every fourth layer.
 *
 * @see Yang et al. 2025, RoPE to NoPE and Back Again (arXiv 2501.18795)
 */
export const smollm3: Family<DecoderModel> = {
  ...llamaKin,
  spelling: olderSpelling,
  modelTypes: ["smollm3"],
  classes: "SmolLM3",
  defaults: {
    ...{ num_attention_heads: 16, num_hidden_layers: 36 },
    ...{ num_key_value_heads: 4, rope_theta: 2_000_000, max_position_embeddings: 32_768, tie_word_embeddings: true },
    ...{ pad_token_id: 128_004, eos_token_id: 128_001 },
  },
  toModel(config) {
    const rotates = rotatingLayers(config);
    const given = slidingWindow(config);
    const window = config.boolean("use_sliding_window", false) ? given : undefined;
    const sights = slidingLayers(config, (layer) => window !== undefined && !rotates[layer]);
    return llamaModel(config, {
      feedForwardBias: config.boolean("mlp_bias", false),
      attention: (layer, { rotary }) => ({
        position: rotates[layer] ? rotary() : undefined,
        window: sights[layer] === "sliding_attention" ? window : undefined,
      }),
    });
  },
};

/** Which layers have positions: 1 in `no_rope_layers`; if that is absent, all but every `no_rope_layer_interval`th. */
function rotatingLayers(config: ConfigFields): readonly boolean[] {
  const layers = config.size("num_hidden_layers");
  const given = config.get("no_rope_layers");
  const interval = config.whole("no_rope_layer_interval", 4);
  if (given === undefined) return Array.from({ length: layers }, (_, layer) => (layer + 1) % interval !== 0);
  if (!Array.isArray(given) || given.length < layers || !given.every((one) => one === 0 || one === 1))
    throw config.error("no_rope_layers", `a list of ${layers}, 1 for a layer with positions and 0 for one without`);
  return given.map((one) => one === 1);
}
