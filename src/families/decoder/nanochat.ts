import { RMSNorm } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";

/**
 * nanochat: Llama with norms that have no weights, of the embedding, and of queries and keys after a rotation the other
 * way; a feed-forward layer of relu² without a gate; capped logits.
 *
 * @see Karpathy 2025, nanochat
 */
export const nanochat: Family<DecoderModel> = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  modelTypes: ["nanochat"],
  classes: "NanoChat",
  defaults: {
    ...{ num_attention_heads: 6, num_hidden_layers: 12 },
    ...{ max_position_embeddings: 2048, hidden_act: "relu2", final_logit_softcapping: 15 },
    ...{ pad_token_id: 1, eos_token_id: 1 },
  },
  names: (model) => [
    ...llamaNames(model),
    ...layer("blocks.*.feedForward.up", "model.layers.*.mlp.fc1"),
    ...layer("blocks.*.feedForward.down", "model.layers.*.mlp.fc2"),
  ],
  toModel(config) {
    const capped = config.get("final_logit_softcapping") !== undefined;
    return llamaModel(config, {
      normalization: (norm) => new RMSNorm({ ...norm, weight: false }),
      embeddingNorm: true,
      rotary: { reversed: true },
      attention: (_, { rotary, norm, headDim }) => ({
        position: undefined,
        queries: { position: rotary(), norm: norm(headDim) },
        keys: { position: rotary(), norm: norm(headDim) },
      }),
      feedForward: () => ({ gated: false, bias: false }),
      head: capped ? { softcap: config.positive("final_logit_softcapping", 15) } : {},
    });
  },
};
