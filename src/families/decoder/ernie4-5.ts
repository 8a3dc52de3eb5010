import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { llamaKin, llamaModel } from "./llama-model";

/** ERNIE 4.5, the dense form: Llama that rotates neighbours. @see Baidu 2025, ERNIE 4.5 Technical Report */
export const ernie45: Family<DecoderModel> = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  modelTypes: ["ernie4_5"],
  classes: "Ernie4_5",
  defaults: {
    ...{ num_attention_heads: 16, num_hidden_layers: 18 },
    ...{ num_key_value_heads: 2, head_dim: 128, rope_theta: 500_000, max_position_embeddings: 131_072 },
    ...{ rms_norm_eps: 1e-5, tie_word_embeddings: true, pad_token_id: 0, eos_token_id: 2 },
  },
  toModel(config) {
    const bias = config.boolean("use_bias", false);
    return llamaModel(config, {
      rotary: { interleaved: true },
      attention: () => ({ bias, dropout: 0 }),
      feedForward: () => ({ bias }),
    });
  },
};
