import { AcrossHeads, Clamp, LayerNorm, PositionalEncoding } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { slidingLayers, slidingWindow } from "../reading/layer-types";
import { type LlamaBase, llamaKin, llamaModel, llamaNames } from "./llama-model";

const kin = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification"),
  defaults: { max_position_embeddings: 2048, rms_norm_eps: 1e-5, pad_token_id: 1, eos_token_id: 50_279 },
};

const feedForward = () => ({ bias: false });

/**
 * OLMo: Llama with norms that have no weights; `clip_qkv` limits queries, keys and values.
 *
 * @see Groeneveld et al. 2024, OLMo: Accelerating the Science of Language Models (arXiv 2402.00838)
 */
export const olmo: Family<DecoderModel> = {
  ...kin,
  modelTypes: ["olmo"],
  defaults: { ...kin.defaults, num_attention_heads: 32, num_hidden_layers: 32 },
  classes: "Olmo",
  toModel(config) {
    const normalization = ({ dModel }: { dModel: number }) =>
      new LayerNorm({ dModel, epsilon: 1e-5, weight: false, bias: false });
    return llamaModel(config, { normalization, attention: () => clipped(config), feedForward });
  },
};

function clipped(config: ConfigFields) {
  if (config.get("clip_qkv") === undefined) return {};
  const limit = config.positive("clip_qkv", 1);
  const clip = () => ({ clip: new Clamp({ minimum: -limit, maximum: limit }) });
  return { queries: clip(), keys: clip(), values: clip() };
}

/** Norms of all queries and all keys of a token. */
const jointNorms = ({ norm, heads, keyValueHeads, headDim }: LlamaBase) => ({
  queries: { norm: new AcrossHeads({ layer: norm(heads * headDim) }) },
  keys: { norm: new AcrossHeads({ layer: norm(keyValueHeads * headDim) }) },
});

/** The names of blocks that normalize what their layers give. */
export const outputNormNames = (model: DecoderModel): NameRule[] => [
  ...llamaNames(model),
  ...layer("blocks.*.attentionNorm", "model.layers.*.post_attention_layernorm"),
  ...layer("blocks.*.feedForwardNorm", "model.layers.*.post_feedforward_layernorm"),
];

const names = (model: DecoderModel) => [
  ...outputNormNames(model),
  ...layer("blocks.*.attention.queries.norm.layer", "model.layers.*.self_attn.q_norm"),
  ...layer("blocks.*.attention.keys.norm.layer", "model.layers.*.self_attn.k_norm"),
];

/**
 * OLMo 2: Llama that normalizes what its layers give instead of what they take, and all queries and keys of a token
 * together.
 *
 * @see OLMo Team 2024, 2 OLMo 2 Furious (arXiv 2501.00656), section 3.1
 */
export const olmo2: Family<DecoderModel> = {
  ...kin,
  modelTypes: ["olmo2"],
  defaults: { ...kin.defaults, num_attention_heads: 32, num_hidden_layers: 32 },
  classes: "Olmo2",
  names,
  toModel: (config) =>
    llamaModel(config, { block: { norm: "output" }, attention: (_, base) => jointNorms(base), feedForward }),
};

/** The base of OLMo 3's rotary positions, if the config has none. */
const OLMO3_BASE = 500_000;

/** The positions of layers with a window. Older configs, without parameters for each kind of layer, say nothing of them. */
function slidingRotary(config: ConfigFields): (base: LlamaBase) => PositionalEncoding {
  const named = config.object("rope_parameters").get("sliding_attention") !== undefined;
  let plain: PositionalEncoding | undefined;
  return ({ rotary, headDim }) => {
    if (named) return rotary("sliding_attention");
    plain ??= new PositionalEncoding({ kind: "rotary", headDim, base: OLMO3_BASE });
    return plain;
  };
}

/** OLMo 3: OLMo 2 with a sliding window in three of four layers, whose positions are never scaled. */
export const olmo3: Family<DecoderModel> = {
  ...olmo2,
  modelTypes: ["olmo3"],
  classes: "Olmo3",
  defaults: {
    num_attention_heads: 32,
    num_hidden_layers: 32,
    ...kin.defaults,
    sliding_window: 4096,
    rope_theta: OLMO3_BASE,
  },
  toModel(config) {
    const window = slidingWindow(config);
    const sights = slidingLayers(config, (at) => (at + 1) % 4 !== 0);
    const plain = slidingRotary(config);
    return llamaModel(config, {
      block: { norm: "output" },
      attention: (at, base) => ({
        ...jointNorms(base),
        ...(sights[at] === "full_attention"
          ? { position: base.rotary(sights[at]) }
          : { position: plain(base), window }),
      }),
      feedForward,
    });
  },
};
