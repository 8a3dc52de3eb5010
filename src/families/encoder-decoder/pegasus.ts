import type { DecoderModel, EncoderDecoderModel } from "../../models";
import type { Family } from "../family";
import { headsOf } from "../reading/heads";
import { bart, bartHeads, bartModel, storedSinusoids } from "./bart";
import { bartNames } from "./bart-names";

/**
 * Pegasus: pre-norm and sinusoidal positions, which newer checkpoints store.
 *
 * @see Zhang et al. 2019, PEGASUS: Pre-training with Extracted Gap-sentences (arXiv 1912.08777)
 */
export const pegasus: Family<EncoderDecoderModel | DecoderModel> = {
  ...bart,
  modelTypes: ["pegasus"],
  classes: "Pegasus",
  heads: headsOf(bartHeads, "ForConditionalGeneration", "Model", "ForCausalLM"),
  names: (model) => bartNames(model),
  toModel: (config, has) =>
    bartModel(config, has, {
      ...{ norm: "pre", embeddingNorm: false, position: storedSinusoids },
      tokens: { pad: 0, end: 1, start: 0 },
    }),
};
