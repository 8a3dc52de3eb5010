import type { ConfigFields } from "../config-fields";
import { layer, type NameRule } from "../name-map";

/** The sizes of a config with GPT-2's names of fields. */
export function gptSizes(config: ConfigFields) {
  const dModel = config.size("n_embd");
  return {
    vocabSize: config.size("vocab_size"),
    contextLength: config.size("n_positions"),
    dModel,
    heads: config.size("n_head"),
    layers: config.size("n_layer"),
    norms: { epsilon: config.epsilon("layer_norm_epsilon", 1e-5) },
  };
}

/** The shares to zero in training, in GPT-2's names. */
export const gptDropout = (config: ConfigFields, rate: number) => ({
  embedding: config.rate("embd_pdrop", rate),
  attention: config.rate("attn_pdrop", rate),
  residual: config.rate("resid_pdrop", rate),
});

/** Everything in GPT-2's blocks but the queries, keys and values. */
export const gptBlock = (how: { transpose?: boolean } = {}): NameRule[] => [
  ...layer("blocks.*.attentionNorm", "transformer.h.*.ln_1"),
  ...layer("blocks.*.attention.output", "transformer.h.*.attn.c_proj", how),
  ...layer("blocks.*.feedForwardNorm", "transformer.h.*.ln_2"),
  ...layer("blocks.*.feedForward.up", "transformer.h.*.mlp.c_fc", how),
  ...layer("blocks.*.feedForward.down", "transformer.h.*.mlp.c_proj", how),
];

/** GPT-2's embeddings and last norm. */
export const gptEnds: readonly NameRule[] = [
  ...layer("embedding", "transformer.wte"),
  ...layer("position", "transformer.wpe"),
  ...layer("norm", "transformer.ln_f"),
];
