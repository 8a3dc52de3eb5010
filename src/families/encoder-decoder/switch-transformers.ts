import { FeedForward, MixtureOfExperts, TopKRouter } from "../../blocks";
import { type EncoderDecoderModel, EncoderModel } from "../../models";
import { initials } from "../../tensor";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { translatorHeads } from "../reading/heads";
import { t5, t5Model } from "./t5";
import type { FeedForwardAt } from "./t5-blocks";
import { t5Names, t5Spelling } from "./t5-names";

/**
 * Switch Transformers: T5 with a mixture in some layers, of which each token gets one expert. An expert takes no more
 * tokens of a text than `expert_capacity`, so texts are no longer than that: none of theirs is then left out.
 *
 * @see Fedus et al. 2021, Switch Transformers (arXiv 2101.03961)
 */
export const switchTransformers: Family<EncoderDecoderModel | EncoderModel> = {
  ...t5,
  modelTypes: ["switch_transformers"],
  classes: "SwitchTransformers",
  heads: { ...translatorHeads, EncoderModel: "none" },
  defaults: {
    ...{ num_heads: 12, num_layers: 12, num_decoder_layers: 12, num_experts: 8, expert_capacity: 64 },
    ...{ num_sparse_encoder_layers: 3, num_sparse_decoder_layers: 3 },
  },
  spelling: t5Spelling("SwitchTransformers"),
  names: (model, has) => [
    ...t5Names(model, has),
    ...mixtureNames(model instanceof EncoderModel ? "" : "encoder.", "transformer.encoder.block.*.layer.1.mlp"),
    ...mixtureNames("decoder.", "transformer.decoder.block.*.layer.2.mlp"),
  ],
  toModel(config, has) {
    // Untied, both sides have token vectors of their own.
    config.only({ router_dtype: "float32", tie_word_embeddings: true });
    const contextLength = config.whole("expert_capacity");
    return t5Model(config, has, { start: 0, contextLength, feedForwardAt: feedForwardAt(config) });
  },
};

/** A mixture, or a layer of one kind for all tokens. */
function feedForwardAt(config: ConfigFields): FeedForwardAt {
  const dModel = config.size("d_model");
  const layers = config.whole("num_layers");
  const steps = {
    encoder: stepOf(config, "encoder", layers),
    decoder: stepOf(config, "decoder", config.whole("num_decoder_layers", layers)),
  };
  const initial = initials.normal(config.deviation("initializer_factor", 1));
  const bias = config.boolean("router_bias", false);
  return (side, at, usual) => {
    const step = steps[side];
    if (step === 0 || (step > 1 && at % step !== 1)) return new FeedForward(usual);
    const experts = config.sizeOf("num_experts", dModel);
    return new MixtureOfExperts({
      experts: Array.from({ length: experts }, () => new FeedForward(usual)),
      router: new TopKRouter({ dModel, experts, topK: 1, bias, initial }),
    });
  };
}

/** Of how many layers one has a mixture, the second of them; 0 for none. Without any number, transformers makes one. */
function stepOf(config: ConfigFields, side: "encoder" | "decoder", layers: number): number {
  const count = (name: string): number => (config.get(name) === 0 ? 0 : config.whole(name));
  if (config.get(`${side}_sparse_step`) !== undefined) return count(`${side}_sparse_step`);
  const sparse = count(`num_sparse_${side}_layers`);
  return sparse === 0 ? layers : Math.floor(layers / sparse);
}

const mixtureNames = (ours: string, theirs: string): NameRule[] => [
  ...layer(`${ours}blocks.*.feedForward.up`, `${theirs}.wi`),
  ...layer(`${ours}blocks.*.feedForward.down`, `${theirs}.wo`),
  ...layer(`${ours}blocks.*.feedForward.router`, `${theirs}.router.classifier`),
  ...layer(`${ours}blocks.*.feedForward.experts.*.up`, `${theirs}.experts.expert_*.wi`),
  ...layer(`${ours}blocks.*.feedForward.experts.*.down`, `${theirs}.experts.expert_*.wo`),
];
