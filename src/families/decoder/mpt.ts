import { AlibiPositions, Clamp } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads } from "../reading/heads";
import { plainModel } from "./plain";
import { fused, headNames } from "./plain-names";
import { plainSpelling } from "./plain-spelling";

/**
 * MPT: linear biases instead of positions, no biases of layers or norms; queries, keys and values may be clipped.
 * `expansion_ratio`, `alibi_bias_max` and `alibi` itself change nothing, in transformers either.
 *
 * @see MosaicML 2023, Introducing MPT-7B
 */
export const mpt: Family<DecoderModel> = {
  modelTypes: ["mpt"],
  defaults: { n_heads: 16, n_layers: 24 },
  classes: "Mpt",
  heads: decoderHeads,
  aliases: { hidden_size: "d_model", num_attention_heads: "n_heads", num_hidden_layers: "n_layers" },
  layers: { n_layers: "transformer.blocks.*" },
  spelling: plainSpelling("transformer.", "wte"),
  toModel: (config) => {
    const attention = config.object("attn_config");
    const heads = config.size("n_heads");
    const limit = attention.number("clip_qkv", 0);
    const clip = limit === 0 ? undefined : { clip: new Clamp({ minimum: -limit, maximum: limit }) };
    const scoreBias = new AlibiPositions({ heads });
    const scale = attention.get("softmax_scale") === undefined ? undefined : attention.number("softmax_scale", 1);
    const rate = attention.rate("attn_pdrop", 0);
    return plainModel(config, {
      vocabSize: config.size("vocab_size"),
      contextLength: config.whole("max_seq_len", 2048),
      dModel: config.size("d_model"),
      heads,
      layers: config.size("n_layers"),
      activation: "gelu",
      feedForwardBias: false,
      norms: { epsilon: config.epsilon("layer_norm_epsilon", 1e-5), bias: false },
      attention: () => ({ bias: false, scale, scoreBias, queries: clip, keys: clip, values: clip }),
      position: false,
      dropout: { attention: rate, residual: rate },
    });
  },
  names: (model) => [
    ...layer("embedding", "transformer.wte"),
    ...layer("blocks.*.attentionNorm", "transformer.blocks.*.norm_1"),
    ...fused("transformer.blocks.*.attn.Wqkv"),
    ...layer("blocks.*.attention.output", "transformer.blocks.*.attn.out_proj"),
    ...layer("blocks.*.feedForwardNorm", "transformer.blocks.*.norm_2"),
    ...layer("blocks.*.feedForward.up", "transformer.blocks.*.ffn.up_proj"),
    ...layer("blocks.*.feedForward.down", "transformer.blocks.*.ffn.down_proj"),
    ...layer("norm", "transformer.norm_f"),
    ...headNames(model),
  ],
};
