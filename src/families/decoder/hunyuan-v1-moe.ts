import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";
import { mixtureNames, mixtureOf } from "./mixture";

/**
 * Hunyuan-A13B: norms of queries and keys after the rotation, and mixtures with a shared expert in every layer.
 *
 * @see Tencent Hunyuan Team 2025, Hunyuan-A13B Technical Report
 */
export const hunyuanV1Moe: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["hunyuan_v1_moe"],
  classes: "HunYuanMoEV1",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification"),
  aliases: { num_experts_per_tok: "moe_topk", num_local_experts: "num_experts" },
  defaults: {
    max_position_embeddings: 2048,
    num_attention_heads: 32,
    num_hidden_layers: 32,
    rms_norm_eps: 1e-5,
    eos_token_id: 2,
    pad_token_id: 0,
    num_experts: 1,
    moe_topk: 1,
  },
  names: (model, has) => [
    ...llamaNames(model),
    ...layer("blocks.*.attention.queries.norm", "model.layers.*.self_attn.query_layernorm"),
    ...layer("blocks.*.attention.keys.norm", "model.layers.*.self_attn.key_layernorm"),
    ...mixtureNames(model, has, { at: "model.layers.*.mlp", router: "gate.wg", shared: "shared_mlp" }),
  ],
  toModel(config) {
    config.only({ pretraining_tp: 1 });
    const each = config.counts("moe_topk");
    return llamaModel(config, {
      rotary: { alpha: true },
      attention: (_, { headDim, norm, rotary }) => ({
        queries: { position: rotary(), norm: norm(headDim) },
        keys: { position: rotary(), norm: norm(headDim) },
        position: undefined,
      }),
      feedForward: (at, base) =>
        mixtureOf(config, base, {
          ...{ count: "num_experts", width: base.dFeedForward, shared: base.dFeedForward },
          router: { topK: each?.[at] ?? config.size("moe_topk"), renormalize: true },
        }),
    });
  },
};
