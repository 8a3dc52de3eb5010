import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { slidingWindow } from "../reading/layer-types";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";

/**
 * StarCoder 2: Llama with layer norms, biases everywhere, and a feed-forward layer without a gate.
 *
 * @see Lozhkov et al. 2024, StarCoder 2 and The Stack v2 (arXiv 2402.19173)
 */
export const starcoder2: Family<DecoderModel> = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification", "ForTokenClassification"),
  modelTypes: ["starcoder2"],
  classes: "Starcoder2",
  aliases: { norm_epsilon: "rms_norm_eps" },
  defaults: {
    ...{ num_attention_heads: 24, num_hidden_layers: 30 },
    ...{ num_key_value_heads: 2, max_position_embeddings: 4096, rms_norm_eps: 1e-5, tie_word_embeddings: true },
    ...{ hidden_act: "gelu_pytorch_tanh", initializer_range: 0.018042, eos_token_id: 50_256 },
  },
  names: (model) => [
    ...llamaNames(model),
    ...layer("blocks.*.feedForward.up", "model.layers.*.mlp.c_fc"),
    ...layer("blocks.*.feedForward.down", "model.layers.*.mlp.c_proj"),
  ],
  toModel(config) {
    const [bias, window] = [config.boolean("use_bias", true), slidingWindow(config)];
    return llamaModel(config, {
      normalization: "layerNorm",
      attention: () => ({ bias, window }),
      feedForward: () => ({ bias, gated: false }),
      block: { dropout: config.rate("residual_dropout", 0) },
      embeddingDropout: config.rate("embedding_dropout", 0),
    });
  },
};
