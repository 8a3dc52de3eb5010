import type { DecoderModel } from "../../models";
import { activations } from "../activations";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { fused, gptAliases, gptBlock, gptDropout, gptEnds, gptSizes, groupsOf } from "./gpt-names";
import { plainModel } from "./plain";
import { headNames, plainSpelling } from "./plain-head";

/**
 * GPTBigCode (SantaCoder, StarCoder): GPT-2 with one head of keys and values for all heads of queries.
 *
 * @see Ben Allal et al. 2023, SantaCoder (arXiv 2301.03988)
 */
export const gptBigCode: Family<DecoderModel> = {
  modelTypes: ["gpt_bigcode"],
  classes: "GPTBigCode",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification", "ForTokenClassification"),
  aliases: gptAliases,
  layers: { n_layer: "transformer.h.*" },
  spelling: plainSpelling("transformer.", "wte", {
    ignored: ["transformer.bias", "transformer.h.*.attn.bias", "transformer.h.*.attn.masked_bias"],
  }),
  toModel: (config) => {
    config.only({ add_cross_attention: false, is_encoder_decoder: false });
    const keyValueHeads = config.boolean("multi_query", true) ? 1 : undefined;
    const scale = config.boolean("scale_attn_weights", true) ? undefined : 1;
    return plainModel(config, {
      ...gptSizes(config),
      dFeedForward: config.size("n_inner", 4 * config.size("n_embd")),
      activation: config.choice("activation_function", activations, "gelu_pytorch_tanh"),
      attention: () => ({ keyValueHeads, scale }),
      dropout: gptDropout(config, 0.1),
      tokens: { end: 50_256 },
    });
  },
  names: (model) => [
    ...gptEnds,
    ...fused("transformer.h.*.attn.c_attn", { groups: groupsOf(model) }),
    ...gptBlock(),
    ...headNames(model),
  ],
};
