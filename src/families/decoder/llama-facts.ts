import type { Family, Spelling } from "../family";
import { decoderHeads } from "../reading/heads";

/** The names that the heads of Llama's kin have before their fields. */
const headNames = ["lm_head.", "score.", "qa_outputs."] as const;

/** How checkpoints in Llama's spelling name their tensors beside the rules. */
const spelling = {
  prefix: { text: "model.", outside: headNames },
  tied: { "lm_head.weight": "model.embed_tokens.weight" },
  ignored: ["model.layers.*.self_attn.rotary_emb.inv_freq", "model.rotary_emb.inv_freq"],
} as const satisfies Spelling;

/** What families in Llama's spelling have in common, beside code. */
export const llamaFacts = {
  heads: decoderHeads,
  layers: { num_hidden_layers: "model.layers.*" },
  spelling,
} as const satisfies Partial<Family>;

/** The spelling of families whose models for question answering have the prefix `transformer.` instead. */
export const olderSpelling: Spelling = {
  ...spelling,
  prefix: { text: "model.", outside: headNames, others: { ForQuestionAnswering: "transformer." } },
};
