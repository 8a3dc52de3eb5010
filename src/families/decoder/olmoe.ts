import { AcrossHeads, Clamp } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";
import { mixtureNames, mixtureOf } from "./mixture";

/**
 * OLMoE: norms of queries and keys over all heads, which may be clamped, and a mixture of experts in every layer.
 *
 * @see Muennighoff et al. 2024, OLMoE: Open Mixture-of-Experts Language Models (arXiv 2409.02060)
 */
export const olmoe: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["olmoe"],
  classes: "Olmoe",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  aliases: { num_local_experts: "num_experts" },
  defaults: {
    ...{ max_position_embeddings: 4096, num_attention_heads: 16, num_hidden_layers: 16 },
    ...{ num_experts: 64, num_experts_per_tok: 8, rms_norm_eps: 1e-5, eos_token_id: 50279, pad_token_id: 1 },
  },
  names: (model, has) => [
    ...llamaNames(model),
    ...layer("blocks.*.attention.queries.norm.layer", "model.layers.*.self_attn.q_norm"),
    ...layer("blocks.*.attention.keys.norm.layer", "model.layers.*.self_attn.k_norm"),
    ...mixtureNames(model, has, { at: "model.layers.*.mlp" }),
  ],
  toModel(config) {
    const limit = config.get("clip_qkv") === undefined ? undefined : config.positive("clip_qkv", 1);
    const clamped = limit === undefined ? {} : { clamp: new Clamp({ minimum: -limit, maximum: limit }) };
    const router = {
      topK: config.size("num_experts_per_tok"),
      renormalize: config.boolean("norm_topk_prob", false),
    };
    return llamaModel(config, {
      attention: (_, { heads, keyValueHeads, headDim, norm, rotary }) => ({
        queries: { norm: new AcrossHeads({ layer: norm(heads * headDim) }), ...clamped, position: rotary() },
        keys: { norm: new AcrossHeads({ layer: norm(keyValueHeads * headDim) }), ...clamped, position: rotary() },
        values: clamped,
        position: undefined,
      }),
      feedForward: (_, base) => mixtureOf(config, base, { count: "num_experts", width: base.dFeedForward, router }),
    });
  },
};
