import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";

/**
 * HyperCLOVA X SEED Think: Granite with norms after each layer as well, and logits that are multiplied by their factor.
 *
 * @see Kim et al. 2025, Peri-LN (arXiv 2502.02732)
 */
export const hyperclovax: Family<DecoderModel> = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  modelTypes: ["hyperclovax"],
  classes: "HyperCLOVAX",
  defaults: { num_attention_heads: 32, num_hidden_layers: 32, max_position_embeddings: 2048, eos_token_id: 2 },
  names: (model) => [
    ...llamaNames(model),
    ...layer("blocks.*.attentionOutputNorm", "model.layers.*.post_norm1"),
    ...layer("blocks.*.feedForwardOutputNorm", "model.layers.*.post_norm2"),
  ],
  toModel: (config) =>
    llamaModel(config, {
      embeddingScale: config.number("embedding_multiplier", 1),
      attention: (_, { headDim }) => ({ scale: config.number("attention_multiplier", headDim ** -0.5) }),
      feedForwardBias: config.boolean("mlp_bias", false),
      block: {
        norm: config.boolean("use_post_norm", true) ? "sandwich" : "pre",
        residualScale: config.number("residual_multiplier", 1),
      },
      head: { scale: config.number("logits_scaling", 1) },
    }),
};
