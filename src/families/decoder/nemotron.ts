import { LayerNorm, type NormConfig } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { llamaKin, llamaModel, olderSpelling } from "./llama-model";

/**
 * Nemotron and Minitron: Llama with layer norms that store their weight minus one, rotary positions in half of each head,
 * and a feed-forward layer of squared ReLUs without a gate.
 *
 * @see Parmar et al. 2024, Nemotron-4 15B Technical Report (arXiv 2402.16819)
 */
export const nemotron: Family<DecoderModel> = {
  ...llamaKin,
  spelling: olderSpelling,
  modelTypes: ["nemotron"],
  classes: "Nemotron",
  aliases: { norm_eps: "rms_norm_eps" },
  defaults: {
    ...{ num_attention_heads: 48, num_hidden_layers: 32 },
    ...{ max_position_embeddings: 4096, rms_norm_eps: 1e-5, hidden_act: "relu2", initializer_range: 0.0134 },
    eos_token_id: 3,
  },
  toModel: (config) =>
    llamaModel(config, {
      normalization: ({ dModel, epsilon }: NormConfig) => new LayerNorm({ dModel, epsilon, offset: 1 }),
      rotary: { fraction: 0.5 },
      feedForwardBias: config.boolean("mlp_bias", false),
      feedForward: () => ({ gated: false }),
    }),
};
