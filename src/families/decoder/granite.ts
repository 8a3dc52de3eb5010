import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { llamaKin, llamaModel } from "./llama-model";

/**
 * Granite 3: Llama with factors of the embedding, the scores, what layers give and the logits.
 *
 * @see Yang et al. 2022, Tensor Programs V (arXiv 2203.03466), for such factors
 */
export const granite: Family<DecoderModel> = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  modelTypes: ["granite"],
  classes: "Granite",
  defaults: { num_attention_heads: 32, num_hidden_layers: 32, max_position_embeddings: 2048, eos_token_id: 2 },
  toModel(config) {
    const scale = config.number("attention_multiplier", 1);
    return llamaModel(config, {
      embeddingScale: config.number("embedding_multiplier", 1),
      attention: () => ({ scale }),
      feedForwardBias: config.boolean("mlp_bias", false),
      block: { residualScale: config.number("residual_multiplier", 1) },
      head: { scale: 1 / config.positive("logits_scaling", 1) },
    });
  },
};
