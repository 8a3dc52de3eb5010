import type { DecoderModel } from "../../models";
import { activations } from "../activations";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { gptAliases } from "./gpt-aliases";
import { gptBlock, gptDropout, gptEnds, gptSizes } from "./gpt-names";
import { plainModel } from "./plain";
import { fused, groupsOf, headNames } from "./plain-names";
import { plainSpelling } from "./plain-spelling";

/**
 * GPTBigCode (SantaCoder, StarCoder): GPT-2 with one head of keys and values for all heads of queries.
 *
 * @see Ben Allal et al. 2023, SantaCoder (arXiv 2301.03988)
 */
export const gptBigCode: Family<DecoderModel> = {
  modelTypes: ["gpt_bigcode"],
  classes: "GPTBigCode",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification", "ForTokenClassification"),
  defaults: { n_head: 12, n_layer: 12, n_positions: 1024, eos_token_id: 50_256 },
  aliases: gptAliases,
  layers: { n_layer: "transformer.h.*" },
  spelling: plainSpelling("transformer.", "wte", {
    ignored: ["transformer.bias", "transformer.h.*.attn.bias", "transformer.h.*.attn.masked_bias"],
  }),
  toModel: (config) => {
    const keyValueHeads = config.boolean("multi_query", true) ? 1 : undefined;
    const scale = config.boolean("scale_attn_weights", true) ? undefined : 1;
    return plainModel(config, {
      ...gptSizes(config),
      dFeedForward: config.size("n_inner", 4 * config.size("n_embd")),
      activation: config.choice("activation_function", activations, "gelu_pytorch_tanh"),
      attention: () => ({ keyValueHeads, scale }),
      dropout: gptDropout(config, 0.1),
    });
  },
  names: (model) => [
    ...gptEnds,
    ...fused("transformer.h.*.attn.c_attn", { groups: groupsOf(model) }),
    ...gptBlock(),
    ...headNames(model),
  ],
};
