import { ChunkedWindow, QueryTemperature, RMSNorm } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { layerTypes } from "../reading/layer-types";
import { type LlamaBase, llamaKin, llamaModel, llamaNames } from "./llama-model";
import { fusedNames, mixtureOf } from "./mixture";

const at = "model.layers.*.feed_forward";

/**
 * Llama 4's text model: chunked attention, with full layers that have no positions between them, and mixtures whose
 * scores multiply the experts' inputs.
 *
 * @see Meta 2025, The Llama 4 herd
 */
export const llama4: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["llama4_text"],
  classes: ["Llama4", "Llama4Text"],
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  aliases: { num_experts: "num_local_experts" },
  defaults: {
    ...{ max_position_embeddings: 131_072, num_attention_heads: 40, num_hidden_layers: 48 },
    ...{ num_key_value_heads: 8, head_dim: 128, rms_norm_eps: 1e-5, eos_token_id: 2, rope_theta: 5e5 },
    ...{ num_local_experts: 16, num_experts_per_tok: 1, intermediate_size_mlp: 16384, attention_chunk_size: 8192 },
  },
  names: (model) => [
    ...llamaNames(model),
    ...["gate", "up", "down"].flatMap((part) => [
      ...layer(`blocks.*.feedForward.${part}`, `${at}.${part}_proj`),
      ...layer(`blocks.*.feedForward.shared.${part}`, `${at}.shared_expert.${part}_proj`),
    ]),
    ...layer("blocks.*.feedForward.router", `${at}.router`),
    ...fusedNames(at, true),
  ],
  toModel(config) {
    const layers = config.size("num_hidden_layers");
    const rotates = rotatingLayers(config, layers);
    const chunked = config.get("attention_chunk_size") !== undefined;
    const known = ["full_attention", "chunked_attention"] as const;
    const kinds = layerTypes(config, layers, known, (at) => known[Number(rotates[at] && chunked)]!);
    const sparse = sparseLayers(config, layers);
    const topK = config.size("num_experts_per_tok");
    return llamaModel(config, {
      rotary: { interleaved: true },
      attention: (at, base) => ({
        ...(rotates[at] ? rotated(config, base) : scaled(config)),
        scoreBias:
          kinds[at] === "chunked_attention"
            ? new ChunkedWindow({ size: config.whole("attention_chunk_size") })
            : undefined,
      }),
      feedForward: (at, base) =>
        sparse.includes(at)
          ? mixtureOf(config, base, {
              ...{ count: "num_local_experts", width: base.dFeedForward, shared: base.dFeedForward, weigh: "inputs" },
              router: { topK, scores: "sigmoid" },
            })
          : { dFeedForward: config.size("intermediate_size_mlp") },
    });
  },
};

/** Rotated queries and keys, then norms without weights. */
function rotated(config: ConfigFields, { headDim, epsilon, rotary }: LlamaBase) {
  const norm = () => new RMSNorm({ dModel: headDim, epsilon, weight: false });
  const layers = () => ({ position: rotary(), ...(config.boolean("use_qk_norm", true) && { norm: norm() }) });
  return { position: undefined, queries: layers(), keys: layers() };
}

/** No positions, but queries that grow with them. */
function scaled(config: ConfigFields) {
  if (!config.boolean("attn_temperature_tuning", true)) return { position: undefined };
  const scale = new QueryTemperature({
    scale: config.number("attn_scale", 0.1),
    length: config.positive("floor_scale", 8192),
    first: 1,
    counts: "tokens",
  });
  return { position: undefined, queries: { scale } };
}

/** The layers that rotate: 1 in `no_rope_layers`, where 0 stands for none; all but every n-th if absent or empty. */
function rotatingLayers(config: ConfigFields, layers: number): boolean[] {
  const given = config.counts("no_rope_layers");
  const interval = config.whole("no_rope_layer_interval", 4);
  if (given === undefined || given.length === 0)
    return Array.from({ length: layers }, (_, at) => (at + 1) % interval !== 0);
  if (given.length !== layers) throw config.error("no_rope_layers", `a list of ${layers}, one number for each layer`);
  return given.map((rotates) => rotates !== 0);
}

/** The layers with a mixture: those of `moe_layers`, or every n-th. */
function sparseLayers(config: ConfigFields, layers: number): readonly number[] {
  const step = config.whole("interleave_moe_layer_step", 1);
  const every = () => Array.from({ length: layers }, (_, at) => at).filter((at) => (at + 1) % step === 0);
  return config.counts("moe_layers") ?? every();
}
