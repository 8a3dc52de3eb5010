import { PositionalEncoding } from "../../blocks";
import type { DecoderModel, EncoderDecoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { translatorHeads } from "../reading/heads";
import { bart, bartModel } from "./bart";
import { bartNames } from "./bart-names";

/**
 * M2M-100 and NLLB: pre-norm, and sinusoidal positions that skip padding and are not stored. A target begins with the
 * token of its language.
 *
 * @see Fan et al. 2020, Beyond English-Centric Multilingual Machine Translation (arXiv 2010.11125); NLLB Team 2022 (arXiv
 * 2207.04672)
 */
export const m2m100: Family<EncoderDecoderModel | DecoderModel> = {
  ...bart,
  modelTypes: ["m2m_100"],
  defaults: { ...bart.defaults, attention_dropout: 0.1 },
  classes: "M2M100",
  heads: translatorHeads,
  names: (model) => bartNames(model),
  toModel: (config, has) =>
    bartModel(config, has, {
      ...{ norm: "pre", embeddingNorm: false, position: sinusoids, positions: "unpadded" },
      ...{ activation: "relu", scaled: true },
    }),
};

/** The first token is at the position after that of padding. */
function sinusoids(config: ConfigFields): PositionalEncoding {
  const pad = config.token("pad_token_id", 1);
  if (pad === undefined || pad >= config.size("vocab_size"))
    throw config.error("pad_token_id", "a token of the vocabulary, because positions are counted from it");
  const dModel = config.size("d_model");
  return new PositionalEncoding({ kind: "sinusoidal", dModel, layout: "halves", inclusive: true, offset: pad + 1 });
}
