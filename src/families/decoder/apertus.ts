import { XIELU } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { llamaKin, llamaModel, llamaNames, perHeadNorms } from "./llama-model";

/** Where xIELU keeps its numbers. */
const xielu = { alphaPositive: "alpha_p", alphaNegative: "alpha_n", beta: "beta", epsilon: "eps" } as const;

/**
 * Apertus: Llama with norms of the queries and keys of each head, and a feed-forward layer of xIELU without a gate.
 *
 * @see Apertus Team 2025 (arXiv 2509.14233), section 2.1
 */
export const apertus: Family<DecoderModel> = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForTokenClassification"),
  modelTypes: ["apertus"],
  classes: "Apertus",
  defaults: {
    ...{ num_attention_heads: 32, num_hidden_layers: 32 },
    ...{ max_position_embeddings: 65_536, rms_norm_eps: 1e-5, pad_token_id: 3, eos_token_id: 2 },
    ...{ hidden_act: "xielu", rope_theta: 12_000_000 },
    rope_parameters: {
      ...{ rope_type: "llama3", rope_theta: 12_000_000, factor: 8, original_max_position_embeddings: 8192 },
      ...{ low_freq_factor: 1, high_freq_factor: 4 },
    },
  },
  names: (model) => [
    ...llamaNames(model),
    ...layer("blocks.*.attentionNorm", "model.layers.*.attention_layernorm"),
    ...layer("blocks.*.feedForwardNorm", "model.layers.*.feedforward_layernorm"),
    ...Object.entries(xielu).map(([ours, theirs]) => ({
      ours: `blocks.*.feedForward.activation.${ours}`,
      theirs: `model.layers.*.mlp.act_fn.${theirs}`,
    })),
  ],
  toModel: (config) =>
    llamaModel(config, {
      attention: (_, base) => perHeadNorms(base),
      activations: { xielu: () => new XIELU() },
      feedForward: () => ({ gated: false, bias: false }),
    }),
};
