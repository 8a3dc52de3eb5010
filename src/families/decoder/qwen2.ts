import type { DecoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { slidingLayers, slidingWindow } from "../reading/layer-types";
import { llamaKin, llamaModel, olderSpelling, perHeadNorms } from "./llama-model";

/** The window of each layer: with `use_sliding_window`, that of the layers after the first `max_window_layers`. */
export function qwenWindows(config: ConfigFields): (layer: number) => number | undefined {
  const given = slidingWindow(config);
  const window = config.boolean("use_sliding_window", false) ? given : undefined;
  const first = config.number("max_window_layers", 28);
  const sights = slidingLayers(config, (layer) => window !== undefined && layer >= first);
  return (layer) => (sights[layer] === "sliding_attention" ? window : undefined);
}

/** The values of absent fields of Qwen 2 and 3. */
export const qwenDefaults = { num_key_value_heads: 32, sliding_window: 4096, max_position_embeddings: 32_768 } as const;

/**
 * Qwen 2 and 2.5, and R1's distillates of them: Llama with biases of queries, keys and values.
 *
 * @see Yang et al. 2024, Qwen2 Technical Report (arXiv 2407.10671)
 */
export const qwen2: Family<DecoderModel> = {
  ...llamaKin,
  spelling: olderSpelling,
  modelTypes: ["qwen2"],
  classes: "Qwen2",
  defaults: { ...qwenDefaults, num_attention_heads: 32, num_hidden_layers: 32 },
  toModel(config) {
    const windowOf = qwenWindows(config);
    return llamaModel(config, {
      attention: (layer) => ({ bias: true, outputBias: false, window: windowOf(layer) }),
      feedForward: () => ({ bias: false }),
    });
  },
};

/**
 * Qwen 3: Qwen 2 with norms of the queries and keys of each head instead of biases.
 *
 * @see Yang et al. 2025, Qwen3 Technical Report (arXiv 2505.09388)
 */
export const qwen3: Family<DecoderModel> = {
  ...qwen2,
  modelTypes: ["qwen3"],
  classes: "Qwen3",
  defaults: { num_attention_heads: 32, num_hidden_layers: 32, ...qwenDefaults, head_dim: 128 },
  toModel(config) {
    const windowOf = qwenWindows(config);
    return llamaModel(config, {
      attention: (layer, base) => ({ ...perHeadNorms(base), window: windowOf(layer) }),
      feedForward: () => ({ bias: false }),
    });
  },
};
