import type { EncoderDecoderModel, EncoderModel } from "../../models";
import type { Family } from "../family";
import { t5, t5Model } from "./t5";
import { t5Spelling } from "./t5-names";

/**
 * UMT5: mT5 with relative positions of its own in every layer.
 *
 * @see Chung et al. 2023, UniMax: Fairer and more Effective Language Sampling (arXiv 2304.09151)
 */
export const umt5: Family<EncoderDecoderModel | EncoderModel> = {
  ...t5,
  modelTypes: ["umt5"],
  defaults: { ...t5.defaults, num_heads: 6, num_layers: 8 },
  classes: "UMT5",
  spelling: t5Spelling("UMT5"),
  toModel: (config, has) => t5Model(config, has, { ownPositions: true, feedForward: "gated-gelu", start: 0 }),
};
