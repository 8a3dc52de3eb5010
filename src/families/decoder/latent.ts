import { KeyIndexer, LatentAttention, PositionalEncoding } from "../../blocks";
import { yarnMagnitude } from "../../blocks/internal";
import type { DecoderModel } from "../../models";
import { initials } from "../../tensor";
import type { ConfigFields } from "../config-fields";
import { layer, type NameRule } from "../name-map";
import { rotaryFields } from "../reading/rotary-fields";
import type { LlamaBase } from "./llama-model";

/** How the attention of DeepSeek and its kin differs between them. */
export interface LatentFamily {
  /** Whether rotated pairs lie side by side, not in the two halves. */
  interleaved: boolean;
  /** The size of each value if the config does not say. */
  valueDim?: number | undefined;
  /** Whether each query looks only at the keys that an indexer chooses. */
  indexed?: boolean | undefined;
}

/** DeepSeek's attention in its own spelling of the fields: a function that makes that of each layer. */
export function latentLayers(config: ConfigFields, family: LatentFamily): (base: LlamaBase) => LatentAttention {
  const rotaryDim = config.size("qk_rope_head_dim");
  const fields = rotaryFields(config, { headDim: rotaryDim });
  const position = new PositionalEncoding({ ...fields, interleaved: family.interleaved });
  const queryRank = config.get("q_lora_rank") === undefined ? undefined : config.size("q_lora_rank");
  const headDim = config.size("qk_nope_head_dim");
  const initial = initials.normal(config.deviation("initializer_range", 0.02));
  return ({ dModel, heads, keyValueHeads }) => {
    if (keyValueHeads !== heads)
      throw config.error("num_key_value_heads", `${heads}, the number of heads, because each has its own keys`);
    const indexDim = family.indexed ? config.size("index_head_dim") : 0;
    return new LatentAttention({
      ...{ dModel, heads, headDim, rotaryDim, queryRank, position, initial },
      keyValueRank: config.size("kv_lora_rank"),
      valueDim: config.size("v_head_dim", family.valueDim),
      scale: scaleOf(config, headDim + rotaryDim),
      bias: config.boolean("attention_bias", false),
      dropout: config.rate("attention_dropout", 0),
      selection: family.indexed
        ? new KeyIndexer({
            ...{ dModel, queryRank: queryRank ?? config.size("q_lora_rank"), headDim: indexDim, initial },
            heads: config.size("index_n_heads"),
            topK: config.whole("index_topk"),
            // The first part of each head, in halves whatever the attention does.
            position: new PositionalEncoding({ ...fields, headDim: indexDim, dimensions: rotaryDim }),
          })
        : undefined,
    });
  };
}

/** 1 / √size, times the square of the magnitude that a scaling rule asks for in all dimensions. */
function scaleOf(config: ConfigFields, size: number): number {
  const [older, newer] = [config.object("rope_scaling"), config.object("rope_parameters")];
  const parameters = older.keys().length > 0 ? older : newer;
  const kind = parameters.get("rope_type") ?? parameters.get("type") ?? "default";
  const ofAll = kind === "default" ? 0 : parameters.number("mscale_all_dim", 0);
  const magnitude = ofAll === 0 ? 1 : yarnMagnitude(parameters.positive("factor", 1), ofAll);
  return magnitude ** 2 / Math.sqrt(size);
}

/** From shapes: the names of parameters stay where a setting was changed, which is then the error. */
function headsIn({ query, key, rotaryKey }: LatentAttention): number {
  const [rows, plain, rotated] = [query, key, rotaryKey].map(({ weight }) => weight.shape[0]!);
  return (rows! - plain!) / rotated!;
}

/** The names of latent attention, with and without compressed queries. */
export function latentNames(model: DecoderModel): NameRule[] {
  const [ours, theirs] = ["blocks.*.attention", "model.layers.*.self_attn"];
  const attention = model.find("blocks.0.attention", LatentAttention);
  const { queryLatent } = attention;
  const groups = headsIn(attention);
  return [
    ...layer(`${ours}.queryLatent`, `${theirs}.q_a_proj`),
    ...layer(`${ours}.queryNorm`, `${theirs}.q_a_layernorm`),
    ...layer(`${ours}.query`, `${theirs}.${queryLatent ? "q_b_proj" : "q_proj"}`),
    ...layer([`${ours}.latent`, `${ours}.rotaryKey`], `${theirs}.kv_a_proj_with_mqa`),
    ...layer(`${ours}.latentNorm`, `${theirs}.kv_a_layernorm`),
    ...layer([`${ours}.key`, `${ours}.value`], `${theirs}.kv_b_proj`, { groups }),
    ...layer(`${ours}.selection.query`, `${theirs}.indexer.wq_b`),
    ...layer(`${ours}.selection.key`, `${theirs}.indexer.wk`),
    ...layer(`${ours}.selection.norm`, `${theirs}.indexer.k_norm`),
    ...layer(`${ours}.selection.weight`, `${theirs}.indexer.weights_proj`),
  ];
}
