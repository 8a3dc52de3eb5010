import { Chain } from "../../blocks";
import type { DecoderModel, EncoderDecoderModel } from "../../models";
import type { Family } from "../family";
import { bartModel } from "./bart";
import { bartNames } from "./bart-names";
import { blenderbot } from "./blenderbot";

/**
 * The small Blenderbot: BART whose decoder normalizes the token vectors before it adds positions.
 *
 * @see Roller et al. 2020, Recipes for building an open-domain chatbot (arXiv 2004.13637)
 */
export const blenderbotSmall: Family<EncoderDecoderModel | DecoderModel> = {
  ...blenderbot,
  modelTypes: ["blenderbot-small"],
  defaults: {
    ...blenderbot.defaults,
    decoder_attention_heads: 16,
    decoder_layers: 8,
    encoder_attention_heads: 16,
    encoder_layers: 8,
    max_position_embeddings: 512,
  },
  classes: "BlenderbotSmall",
  names: (model) => bartNames(model),
  toModel: (config, has) =>
    bartModel(config, has, {
      normedVectors: (table, norm) => new Chain({ layers: { table, norm } }),
      tokens: { pad: 0, begin: 1, end: 2, start: 1 },
    }),
};
