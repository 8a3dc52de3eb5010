import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { slidingLayers, slidingWindow } from "../reading/layer-types";
import { llamaKin, llamaModel, olderSpelling, perHeadNorms } from "./llama-model";
import { outputNormNames } from "./olmo";

/**
 * EXAONE 4: Llama with norms of what layers give and of the queries and keys of each head. The form with a sliding
 * window has no positions in the layers that see all tokens.
 *
 * @see LG AI Research 2025, EXAONE 4.0 (arXiv 2507.11407)
 */
export const exaone4: Family<DecoderModel> = {
  ...llamaKin,
  spelling: olderSpelling,
  modelTypes: ["exaone4"],
  classes: "Exaone4",
  defaults: {
    ...{ num_attention_heads: 32, num_hidden_layers: 32 },
    ...{ num_key_value_heads: 32, max_position_embeddings: 2048, rms_norm_eps: 1e-5, eos_token_id: 2 },
    ...{ sliding_window: 4096, sliding_window_pattern: 4 },
  },
  names: outputNormNames,
  toModel(config) {
    const window = slidingWindow(config);
    const sights = slidingLayers(config, (layer) => {
      return window !== undefined && (layer + 1) % config.whole("sliding_window_pattern") !== 0;
    });
    return llamaModel(config, {
      block: { norm: "output" },
      attention: (layer, base) => {
        const slides = sights[layer] === "sliding_attention";
        const position = window === undefined || slides ? base.rotary() : undefined;
        return { ...perHeadNorms(base), bias: false, position, window: slides ? window : undefined };
      },
      feedForward: () => ({ bias: false }),
    });
  },
};
