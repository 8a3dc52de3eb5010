import { PositionalEncoding } from "../../blocks";
import type { DecoderModel } from "../../models";
import { activations } from "../activations";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { gptAliases } from "./gpt-aliases";
import { gptDropout, gptEnds, gptSizes } from "./gpt-names";
import { plainModel } from "./plain";
import { headNames, separate } from "./plain-names";
import { plainSpelling } from "./plain-spelling";

/**
 * GPT-J: attention and feed-forward layer side by side behind one norm, rotary positions of the first dimensions of a
 * head, a head with a bias.
 *
 * @see Wang and Komatsuzaki 2021, GPT-J-6B
 */
export const gptj: Family<DecoderModel> = {
  modelTypes: ["gptj"],
  classes: "GPTJ",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification", "ForQuestionAnswering"),
  defaults: { n_head: 16, n_layer: 28, n_positions: 2048, eos_token_id: 50_256 },
  aliases: gptAliases,
  layers: { n_layer: "transformer.h.*" },
  spelling: plainSpelling("transformer.", "wte", {
    ignored: ["transformer.h.*.attn.bias", "transformer.h.*.attn.masked_bias"],
  }),
  toModel: gptjModel,
  names: (model) => [...gptjNames, ...separate("transformer.h.*.attn"), ...headNames(model)],
};

/** The model of GPT-J's kin. */
export function gptjModel(config: ConfigFields): DecoderModel {
  const sizes = gptSizes(config);
  const dimensions = config.size("rotary_dim", 64);
  const headDim = sizes.dModel / sizes.heads;
  const position = new PositionalEncoding({ kind: "rotary", headDim, dimensions, interleaved: true });
  return plainModel(config, {
    ...sizes,
    dFeedForward: config.size("n_inner", 4 * sizes.dModel),
    activation: config.choice("activation_function", activations, "gelu_new"),
    parallel: 1,
    attention: () => ({ bias: false, position }),
    position: false,
    headBias: true,
    tied: false,
    dropout: gptDropout(config, 0),
  });
}

/** The names of everything but queries, keys, values and the head. */
export const gptjNames: readonly NameRule[] = [
  ...gptEnds,
  ...layer("blocks.*.attentionNorm", "transformer.h.*.ln_1"),
  ...layer("blocks.*.attention.output", "transformer.h.*.attn.out_proj"),
  ...layer("blocks.*.feedForward.up", "transformer.h.*.mlp.fc_in"),
  ...layer("blocks.*.feedForward.down", "transformer.h.*.mlp.fc_out"),
];
