import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { llamaKin, llamaModel, olderSpelling } from "./llama-model";

/** Seed-OSS: Llama with biases of queries, keys and values, and dropout of what layers give. */
export const seedOss: Family<DecoderModel> = {
  ...llamaKin,
  spelling: olderSpelling,
  modelTypes: ["seed_oss"],
  classes: "SeedOss",
  defaults: {
    ...{ num_attention_heads: 80, num_hidden_layers: 64 },
    ...{ num_key_value_heads: 8, head_dim: 128, max_position_embeddings: 524_288, attention_bias: true },
    ...{ attention_dropout: 0.1, pad_token_id: 1, eos_token_id: 2 },
  },
  toModel(config) {
    config.only({ pretraining_tp: 1 });
    const outputBias = config.boolean("attention_out_bias", false);
    return llamaModel(config, {
      block: { dropout: config.rate("residual_dropout", 0.1) },
      attention: () => ({ outputBias }),
      feedForwardBias: config.boolean("mlp_bias", false),
    });
  },
};
