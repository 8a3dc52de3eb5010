import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";

/** Hunyuan, the dense form: Llama with norms of the queries and keys of each head, after their rotation. */
export const hunyuanDense: Family<DecoderModel> = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification"),
  modelTypes: ["hunyuan_v1_dense"],
  classes: "HunYuanDenseV1",
  defaults: {
    num_attention_heads: 32,
    num_hidden_layers: 32,
    max_position_embeddings: 2048,
    rms_norm_eps: 1e-5,
    pad_token_id: 0,
    eos_token_id: 2,
  },
  names: (model) => [
    ...llamaNames(model),
    ...layer("blocks.*.attention.queries.norm", "model.layers.*.self_attn.query_layernorm"),
    ...layer("blocks.*.attention.keys.norm", "model.layers.*.self_attn.key_layernorm"),
  ],
  toModel(config) {
    config.only({ pretraining_tp: 1 });
    return llamaModel(config, {
      rotary: { alpha: true },
      attention: (_, { rotary, norm, headDim }) => ({
        position: undefined,
        queries: { position: rotary(), norm: norm(headDim) },
        keys: { position: rotary(), norm: norm(headDim) },
      }),
      feedForward: () => ({ bias: false }),
    });
  },
};
