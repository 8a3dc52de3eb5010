import { PositionalEncoding, SparseMixerRouter } from "../../blocks";
import type { DecoderModel } from "../../models";
import { initials } from "../../tensor";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { rotaryFields } from "../reading/rotary-fields";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";
import { mixtureNames, mixtureOf, windowOf } from "./mixture";

/**
 * Phi-3.5-MoE: LayerNorm, biases, and a mixture in every layer whose two experts are chosen one after the other.
 *
 * @see Abdin et al. 2024, Phi-3 Technical Report (arXiv 2404.14219)
 */
export const phimoe: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["phimoe"],
  classes: "Phimoe",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification"),
  aliases: { num_experts: "num_local_experts" },
  defaults: {
    max_position_embeddings: 131_072,
    num_attention_heads: 32,
    num_hidden_layers: 32,
    num_local_experts: 16,
    num_key_value_heads: 8,
    rms_norm_eps: 1e-5,
    eos_token_id: 2,
    rope_theta: 1e6,
  },
  names: (model, has) => [
    ...llamaNames(model),
    ...mixtureNames(model, has, {
      at: "model.layers.*.block_sparse_moe",
      parts: ["w1", "w3", "w2"],
      memory: { at: "model.layers.*.mlp", router: "router" },
    }),
  ],
  toModel(config) {
    const jitter = config.epsilon("router_jitter_noise", 0.01);
    const initial = initials.normal(config.deviation("initializer_range", 0.02));
    return llamaModel(config, {
      rereads: true,
      normalization: "layerNorm",
      head: { bias: config.boolean("lm_head_bias", false) },
      attention: (_, { headDim }) => ({ window: windowOf(config), position: positionsOf(config, headDim) }),
      feedForward: (_, base) =>
        mixtureOf(config, base, {
          count: "num_local_experts",
          width: base.dFeedForward,
          router: (experts) => new SparseMixerRouter({ dModel: base.dModel, experts, jitter, initial }),
        }),
    });
  },
};

/** The short factors hold at all lengths; what cosines and sines are multiplied by depends on the length. */
function positionsOf(config: ConfigFields, headDim: number): PositionalEncoding {
  const fields = rotaryFields(config, { headDim, base: 1e6 });
  if (fields.scaling === undefined) return new PositionalEncoding(fields);
  const name = config.get("rope_scaling") === undefined ? "rope_parameters" : "rope_scaling";
  const parameters = config.object(name);
  const scale = (field: string) => {
    if (parameters.get(field) === undefined) throw parameters.error(field, "a number above 0");
    return parameters.positive(field, 1);
  };
  if (fields.scaling.kind !== "longrope") throw config.error(name, "no other rule than longrope");
  const { shortFactors } = fields.scaling;
  const scales = { attentionFactor: scale("short_mscale"), longAttentionFactor: scale("long_mscale") };
  return new PositionalEncoding({ ...fields, scaling: { ...fields.scaling, longFactors: shortFactors, ...scales } });
}
