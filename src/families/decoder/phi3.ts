import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { slidingWindow } from "../reading/layer-types";
import { fusedGate } from "./glm";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";

const projections = ["query", "key", "value"].map((part) => `blocks.*.attention.${part}`);

/**
 * Phi-3 and Phi-4: Llama with fused projections, a window, and two sets of rotary frequencies for short and long texts.
 *
 * @see Abdin et al. 2024, Phi-3 Technical Report (arXiv 2404.14219)
 */
export const phi3: Family<DecoderModel> = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification", "ForTokenClassification"),
  modelTypes: ["phi3"],
  classes: "Phi3",
  defaults: {
    ...{ num_attention_heads: 32, num_hidden_layers: 32 },
    ...{ max_position_embeddings: 4096, original_max_position_embeddings: 4096, rms_norm_eps: 1e-5 },
    ...{ pad_token_id: 32_000, eos_token_id: 32_000 },
  },
  names: (model) => [
    ...llamaNames(model),
    ...layer(projections, "model.layers.*.self_attn.qkv_proj"),
    ...fusedGate("gate_up_proj"),
  ],
  toModel(config) {
    const window = slidingWindow(config);
    return llamaModel(config, {
      attention: () => ({ bias: false, window }),
      feedForward: () => ({ bias: false }),
      block: { dropout: config.rate("resid_pdrop", 0) },
      embeddingDropout: config.rate("embd_pdrop", 0),
      rereads: true,
      rotary: { fraction: 1, renamed: { su: "longrope", yarn: "longrope" } },
    });
  },
};
