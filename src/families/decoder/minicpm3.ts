import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { latentLayers, latentNames } from "./latent";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";

/**
 * MiniCPM3: latent attention, with factors of the token vectors, of each layer's output and of the scores.
 *
 * @see Hu et al. 2024, MiniCPM (arXiv 2404.06395), section 3
 */
export const minicpm3: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["minicpm3"],
  classes: "MiniCPM3",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification"),
  defaults: {
    ...{ num_attention_heads: 40, num_hidden_layers: 62 },
    ...{ kv_lora_rank: 256, q_lora_rank: 768, qk_rope_head_dim: 32, qk_nope_head_dim: 64, eos_token_id: 2 },
    ...{ scale_emb: 12, scale_depth: 1.4, dim_model_base: 256, rms_norm_eps: 1e-5, tie_word_embeddings: true },
    ...{ intermediate_size: 6400, max_position_embeddings: 32768, num_key_value_heads: 40 },
  },
  names: (model) => [...llamaNames(model), ...latentNames(model)],
  toModel(config) {
    config.only({ pretraining_tp: 1 });
    const [dModel, layers] = [config.size("hidden_size"), config.size("num_hidden_layers")];
    const valueDim = Math.floor(dModel / config.size("num_attention_heads"));
    const attention = latentLayers(config, { interleaved: false, valueDim });
    return llamaModel(config, {
      embeddingScale: config.number("scale_emb", 12),
      block: { residualScale: config.number("scale_depth", Math.sqrt(layers)) / Math.sqrt(layers) },
      head: { scale: config.positive("dim_model_base", dModel) / dModel },
      attention: (_, base) => attention(base),
      feedForwardBias: config.boolean("mlp_bias", false),
    });
  },
};
