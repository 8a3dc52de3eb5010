import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { llamaKin, llamaModel } from "./llama-model";

/** Helium: Llama that rotates neighbours. @see Kyutai 2025, Helium 1 */
export const helium: Family<DecoderModel> = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification", "ForTokenClassification"),
  modelTypes: ["helium"],
  classes: "Helium",
  defaults: {
    ...{ num_attention_heads: 20, num_hidden_layers: 24 },
    ...{ num_key_value_heads: 20, head_dim: 128, rope_theta: 100_000, max_position_embeddings: 4096 },
    ...{ rms_norm_eps: 1e-8, pad_token_id: 3, eos_token_id: 2 },
  },
  toModel: (config) =>
    llamaModel(config, {
      rotary: { interleaved: true },
      attention: () => ({ outputBias: false }),
      feedForwardBias: config.boolean("mlp_bias", false),
    }),
};
