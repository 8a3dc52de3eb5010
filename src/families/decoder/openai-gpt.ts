import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { gptAliases } from "./gpt-aliases";
import { gptBlock, gptDropout, gptSizes } from "./gpt-names";
import { plainModel } from "./plain";
import { fused, headNames } from "./plain-names";
import { plainSpelling } from "./plain-spelling";

/** Linear layers are saved as [in, out]. */
const transpose = true;

/**
 * GPT: post-norm, learned positions, no norm after the last block.
 *
 * @see Radford et al. 2018, Improving Language Understanding by Generative Pre-Training
 */
export const openaiGpt: Family<DecoderModel> = {
  modelTypes: ["openai-gpt"],
  defaults: { n_head: 12, n_layer: 12, n_positions: 512 },
  classes: "OpenAIGPT",
  heads: { LMHeadModel: "languageModel", ...headsOf(decoderHeads, "Model", "ForSequenceClassification") },
  aliases: gptAliases,
  layers: { n_layer: "transformer.h.*" },
  spelling: plainSpelling("transformer.", "tokens_embed", {
    ignored: ["transformer.h.*.attn.bias", "transformer.position_ids"],
  }),
  toModel: (config) =>
    plainModel(config, {
      ...gptSizes(config),
      // transformers' "gelu" is here the approximation that GPT was trained with.
      activation: config.choice("afn", { gelu: "geluTanh", relu: "relu", silu: "silu", swish: "silu" }, "gelu"),
      norm: "post",
      last: false,
      dropout: gptDropout(config, 0.1),
    }),
  names: (model) => [
    ...layer("embedding", "transformer.tokens_embed"),
    ...layer("position", "transformer.positions_embed"),
    ...fused("transformer.h.*.attn.c_attn", { transpose }),
    ...gptBlock({ transpose }),
    ...headNames(model),
  ],
};
