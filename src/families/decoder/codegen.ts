import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { decoderHeads, headsOf } from "../reading/heads";
import { gptj, gptjModel, gptjNames } from "./gptj";
import { fused, headNames } from "./plain-names";

/**
 * CodeGen: GPT-J with queries, values and keys in one tensor, which was trained in four parts.
 *
 * @see Nijkamp et al. 2022, CodeGen (arXiv 2203.13474)
 */
export const codegen: Family<DecoderModel> = {
  ...gptj,
  modelTypes: ["codegen"],
  defaults: { ...gptj.defaults, n_head: 16, n_layer: 28, n_positions: 2048 },
  classes: "CodeGen",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  spelling: { ...gptj.spelling, ignored: ["transformer.h.*.attn.causal_mask"] },
  toModel: gptjModel,
  names: (model) => [
    ...gptjNames,
    ...fused("transformer.h.*.attn.qkv_proj", { groups: 4 }, ["query", "value", "key"]),
    ...headNames(model),
  ],
};
