import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { llamaKin, llamaModel, olderSpelling } from "./llama-model";

/** Arcee's AFM: Llama with a feed-forward layer of relu² without a gate. @see So et al. 2021, Primer (arXiv 2109.08668) */
export const arcee: Family<DecoderModel> = {
  ...llamaKin,
  spelling: olderSpelling,
  modelTypes: ["arcee"],
  classes: "Arcee",
  defaults: {
    num_attention_heads: 32,
    num_hidden_layers: 32,
    hidden_act: "relu2",
    max_position_embeddings: 4096,
    rms_norm_eps: 1e-5,
    eos_token_id: 128_001,
  },
  toModel: (config) =>
    llamaModel(config, { feedForwardBias: config.boolean("mlp_bias", false), feedForward: () => ({ gated: false }) }),
};
