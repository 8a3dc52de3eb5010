import type { DecoderModel, EncoderDecoderModel } from "../../models";
import type { Family } from "../family";
import { bart, bartModel } from "./bart";

/**
 * mBART: BART with pre-norm and a norm after the last block. A target begins with the token of its language.
 *
 * @see Liu et al. 2020, Multilingual Denoising Pre-training for Neural Machine Translation (arXiv 2001.08210)
 */
export const mbart: Family<EncoderDecoderModel | DecoderModel> = {
  ...bart,
  modelTypes: ["mbart"],
  classes: "MBart",
  toModel: (config, has) =>
    bartModel(config, has, { norm: "pre", shift: "lastToken", tokens: { pad: 1, begin: 0, end: 2 } }),
};
