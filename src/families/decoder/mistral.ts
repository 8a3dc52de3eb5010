import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { slidingLayers, slidingWindow } from "../reading/layer-types";
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
  defaults: { num_key_value_heads: 8, sliding_window: 4096, max_position_embeddings: 131_072, eos_token_id: 2 },
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
