import type { DecoderModel } from "../../models";
import { codeLater } from "../code-later";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { gptAliases } from "./gpt-aliases";
import { plainSpelling } from "./plain-spelling";

/**
 * GPT-2: pre-norm, learned positions, tied head.
 *
 * @see Radford et al. 2019, Language Models are Unsupervised Multitask Learners
 */
export const gpt2: Family<DecoderModel> = {
  modelTypes: ["gpt2"],
  classes: "GPT2",
  heads: {
    LMHeadModel: "languageModel",
    ...headsOf(decoderHeads, "Model", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering"),
  },
  defaults: { n_head: 12, n_layer: 12, n_positions: 1024, eos_token_id: 50_256 },
  aliases: gptAliases,
  layers: { n_layer: "transformer.h.*" },
  spelling: plainSpelling("transformer.", "wte", {
    ignored: ["transformer.h.*.attn.bias", "transformer.h.*.attn.masked_bias"],
  }),
  ...codeLater("gpt2", () => import("./gpt2-code")),
};
