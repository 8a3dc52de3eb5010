import { AcrossHeads } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";

/**
 * BitNet b1.58: norms inside attention and feed-forward layers, before their last projection. Weights are as stored;
 * nothing is rounded to three values here.
 *
 * @see Wang et al. 2025, BitNet b1.58 2B4T Technical Report (arXiv 2504.12285)
 */
export const bitnet: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["bitnet"],
  classes: "BitNet",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  defaults: {
    ...{ num_attention_heads: 20, num_hidden_layers: 30 },
    ...{ num_key_value_heads: 5, hidden_act: "relu2", rms_norm_eps: 1e-5, rope_theta: 500_000 },
    ...{ eos_token_id: 128_001, intermediate_size: 6912, max_position_embeddings: 2048 },
  },
  names: (model) => [
    ...llamaNames(model),
    ...layer("blocks.*.attention.context.norm.layer", "model.layers.*.self_attn.attn_sub_norm"),
    ...layer("blocks.*.feedForward.hiddenNorm", "model.layers.*.mlp.ffn_sub_norm"),
  ],
  toModel(config) {
    const dModel = config.size("hidden_size");
    config.only({ head_dim: dModel / config.size("num_attention_heads") });
    return llamaModel(config, {
      attention: (_, { norm }) => ({ context: { norm: new AcrossHeads({ layer: norm(dModel) }) } }),
      feedForward: (_, { norm, dFeedForward }) => ({ hiddenNorm: norm(dFeedForward), bias: false }),
    });
  },
};
