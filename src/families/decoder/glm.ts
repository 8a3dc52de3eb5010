import type { DecoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { type Differences, llamaKin, llamaModel, llamaNames } from "./llama-model";

/** Gate and up projection in one tensor. */
export const fusedGate = (theirs: string): NameRule[] =>
  layer(["blocks.*.feedForward.gate", "blocks.*.feedForward.up"], `model.layers.*.mlp.${theirs}`);

const glmModel = (config: ConfigFields, block: Differences["block"]): DecoderModel =>
  llamaModel(config, {
    block,
    rotary: { interleaved: true, fraction: 0.5 },
    attention: () => ({ outputBias: false }),
    feedForward: () => ({ bias: false }),
  });

/**
 * GLM-4: Llama that rotates neighbours in half of each head, with biases of queries, keys and values.
 *
 * @see Team GLM 2024, ChatGLM (arXiv 2406.12793)
 */
export const glm: Family<DecoderModel> = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification", "ForTokenClassification"),
  modelTypes: ["glm"],
  classes: "Glm",
  defaults: {
    ...{ num_attention_heads: 32, num_hidden_layers: 40 },
    ...{ num_key_value_heads: 2, head_dim: 128, max_position_embeddings: 131_072, rms_norm_eps: 1.5625e-7 },
    ...{ attention_bias: true, pad_token_id: 151_329, eos_token_id: [151_329, 151_336, 151_338] },
  },
  names: (model) => [...llamaNames(model), ...fusedGate("gate_up_proj")],
  toModel: (config) => glmModel(config, {}),
};

/** GLM-4-0414: GLM-4 with norms after each layer as well. */
export const glm4: Family<DecoderModel> = {
  ...glm,
  modelTypes: ["glm4"],
  defaults: { ...glm.defaults, num_attention_heads: 32, num_hidden_layers: 40 },
  classes: "Glm4",
  names: (model) => [
    ...llamaNames(model),
    ...fusedGate("gate_up_proj"),
    ...layer("blocks.*.attentionOutputNorm", "model.layers.*.post_self_attn_layernorm"),
    ...layer("blocks.*.feedForwardOutputNorm", "model.layers.*.post_mlp_layernorm"),
  ],
  toModel: (config) => glmModel(config, { norm: "sandwich" }),
};
