import type { DecoderModel } from "../../models";
import { activations } from "../activations";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads } from "../reading/heads";
import { gptBlock, gptEnds } from "./gpt-names";
import { plainModel } from "./plain";
import { headNames, separate } from "./plain-names";
import { plainSpelling } from "./plain-spelling";

/**
 * GPT-Neo: GPT-2 whose layers see all tokens and the last few in turn, without a scale of scores.
 *
 * @see Black et al. 2021, GPT-Neo (doi 10.5281/zenodo.5297715)
 */
export const gptNeo: Family<DecoderModel> = {
  modelTypes: ["gpt_neo"],
  classes: "GPTNeo",
  heads: decoderHeads,
  defaults: { max_position_embeddings: 2048, num_heads: 16, num_layers: 24, eos_token_id: 50_256 },
  aliases: { num_attention_heads: "num_heads", num_hidden_layers: "num_layers" },
  layers: { num_layers: "transformer.h.*" },
  spelling: plainSpelling("transformer.", "wte", {
    ignored: ["transformer.h.*.attn.attention.bias", "transformer.h.*.attn.attention.masked_bias"],
  }),
  toModel: (config) => {
    const dModel = config.size("hidden_size");
    const kinds = layerKinds(config);
    const residual = config.rate("resid_dropout", 0);
    return plainModel(config, {
      vocabSize: config.size("vocab_size"),
      contextLength: config.size("max_position_embeddings"),
      dModel,
      heads: config.size("num_heads"),
      layers: kinds.length,
      dFeedForward: config.size("intermediate_size", 4 * dModel),
      activation: config.choice("activation_function", activations, "gelu_new"),
      norms: { epsilon: config.epsilon("layer_norm_epsilon", 1e-5) },
      attention: (layer) => ({
        ...{ bias: false, outputBias: true, scale: 1 },
        window: kinds[layer] === "local" ? config.whole("window_size", 256) : undefined,
      }),
      dropout: { embedding: config.rate("embed_dropout", 0), attention: config.rate("attention_dropout", 0), residual },
    });
  },
  names: (model) => [
    ...gptEnds,
    ...gptBlock(),
    ...separate("transformer.h.*.attn.attention"),
    ...layer("blocks.*.attention.output", "transformer.h.*.attn.attention.out_proj"),
    ...headNames(model),
  ],
};

/** "global" or "local" for each layer. `attention_layers` takes precedence; `attention_types` repeats lists of kinds. */
function layerKinds(config: ConfigFields): unknown[] {
  const named = config.get("attention_layers") !== undefined ? "attention_layers" : "attention_types";
  const kinds =
    named === "attention_layers" ? config.get(named) : expanded(config.get(named) ?? [[["global", "local"], 12]]);
  const layers = config.size("num_layers");
  if (!Array.isArray(kinds) || kinds.length !== layers || kinds.some((kind) => kind !== "global" && kind !== "local"))
    throw config.error(named, `"global" or "local" for each of ${layers} layers`);
  return kinds;
}

const MOST = 2 ** 16;

/** [[kinds, times], …] → kinds; undefined if it is something else. */
function expanded(types: unknown): unknown[] | undefined {
  if (!Array.isArray(types)) return undefined;
  const lists = types.map((type: unknown) => {
    const [kinds, times]: unknown[] = Array.isArray(type) ? type : [];
    if (!Array.isArray(kinds) || typeof times !== "number" || !(times >= 0 && times * kinds.length <= MOST)) return [];
    return Array.from({ length: times }, () => kinds).flat();
  });
  return lists.flat();
}
