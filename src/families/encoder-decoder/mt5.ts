import type { EncoderDecoderModel, EncoderModel } from "../../models";
import type { Family } from "../family";
import { t5, t5Model } from "./t5";
import { t5Spelling } from "./t5-names";

/**
 * mT5: T5 1.1 in 101 languages. transformers never scales what its head gets.
 *
 * @see Xue et al. 2021, mT5: A massively multilingual pre-trained text-to-text transformer (arXiv 2010.11934)
 */
export const mt5: Family<EncoderDecoderModel | EncoderModel> = {
  ...t5,
  modelTypes: ["mt5"],
  defaults: { ...t5.defaults, num_heads: 6, num_layers: 8 },
  classes: "MT5",
  spelling: t5Spelling("MT5"),
  toModel: (config, has) => t5Model(config, has, { scaled: false, feedForward: "gated-gelu", start: 0 }),
};
