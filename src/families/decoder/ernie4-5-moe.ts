import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";
import { mixtureNames, mixtureOf, withoutFurtherTokens } from "./mixture";

/**
 * ERNIE 4.5's mixtures: interleaved rotary positions, experts chosen with a correction, and shared experts.
 *
 * @see Baidu ERNIE Team 2025, ERNIE 4.5 Technical Report
 */
export const ernie45Moe: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["ernie4_5_moe"],
  classes: "Ernie4_5_Moe",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  aliases: { num_experts: "moe_num_experts", num_experts_per_tok: "moe_k" },
  spelling: withoutFurtherTokens(
    ...["mtp_block", "mtp_emb_norm", "mtp_hidden_norm", "mtp_linear_proj"].map((one) => `model.${one}.**`),
  ),
  defaults: {
    ...{ max_position_embeddings: 131_072, num_attention_heads: 20, num_hidden_layers: 28 },
    ...{ num_key_value_heads: 4, rms_norm_eps: 1e-5, tie_word_embeddings: true, eos_token_id: 2, pad_token_id: 0 },
    ...{ moe_num_experts: 64, moe_k: 6, moe_num_shared_experts: 2, moe_intermediate_size: 1536, rope_theta: 5e5 },
    ...{ moe_layer_start_index: 1, moe_layer_end_index: -1, moe_layer_interval: 1, moe_norm_min: 1e-12 },
  },
  names: (model, has) => [
    ...llamaNames(model),
    ...mixtureNames(model, has, { at: "model.layers.*.mlp", shared: "shared_experts" }),
    {
      ...{ ours: "blocks.*.feedForward.router.correction", unitAxis: 0 },
      theirs: "model.layers.*.mlp.moe_statics.e_score_correction_bias",
    },
  ],
  toModel(config) {
    const bias = config.boolean("use_bias", false);
    const [start, end] = [config.number("moe_layer_start_index", 1), config.number("moe_layer_end_index", -1)];
    const step = config.whole("moe_layer_interval");
    const [width, topK] = [config.size("moe_intermediate_size"), config.size("moe_k")];
    const leastSum = config.positive("moe_norm_min", 1e-12);
    const shared = config.count("moe_num_shared_experts", { fallback: 2 }) * width;
    return llamaModel(config, {
      rotary: { interleaved: true },
      head: { bias },
      attention: () => ({ bias }),
      feedForward: (at, base) =>
        at < start || (end !== -1 && at > end) || (at + 1) % step !== 0
          ? { bias }
          : mixtureOf(config, base, {
              ...{ count: "moe_num_experts", width, shared, sharedBias: bias },
              router: { topK, correction: true, renormalize: true, leastSum },
            }),
    });
  },
};
