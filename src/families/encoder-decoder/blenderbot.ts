import type { DecoderModel, EncoderDecoderModel } from "../../models";
import type { Family } from "../family";
import { headsOf } from "../reading/heads";
import { bart, bartHeads, bartModel } from "./bart";
import { bartNames } from "./bart-names";

/**
 * Blenderbot: BART with pre-norm, a norm after the last block, and none of the embedding.
 *
 * @see Roller et al. 2020, Recipes for building an open-domain chatbot (arXiv 2004.13637)
 */
export const blenderbot: Family<EncoderDecoderModel | DecoderModel> = {
  ...bart,
  modelTypes: ["blenderbot"],
  defaults: {
    ...bart.defaults,
    decoder_attention_heads: 32,
    decoder_layers: 24,
    encoder_attention_heads: 32,
    encoder_layers: 2,
    max_position_embeddings: 128,
  },
  classes: "Blenderbot",
  heads: headsOf(bartHeads, "ForConditionalGeneration", "Model", "ForCausalLM"),
  names: (model) => bartNames(model),
  toModel: (config, has) =>
    bartModel(config, has, { norm: "pre", embeddingNorm: false, tokens: { pad: 0, begin: 1, end: 2, start: 1 } }),
};
