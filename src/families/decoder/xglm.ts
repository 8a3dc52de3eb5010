import { PositionalEncoding } from "../../blocks";
import type { DecoderModel } from "../../models";
import { activations } from "../activations";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { plainModel } from "./plain";
import { headNames, separate } from "./plain-names";
import { plainSpelling } from "./plain-spelling";

/**
 * XGLM: pre-norm, sinusoidal positions from 2 on, scaled token vectors.
 *
 * @see Lin et al. 2021, Few-shot Learning with Multilingual Language Models (arXiv 2112.10668)
 */
export const xglm: Family<DecoderModel> = {
  modelTypes: ["xglm"],
  classes: "XGLM",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  defaults: { attention_heads: 16, num_layers: 24, eos_token_id: 2, pad_token_id: 1 },
  aliases: { num_attention_heads: "attention_heads", hidden_size: "d_model", num_hidden_layers: "num_layers" },
  layers: { num_layers: "model.layers.*" },
  spelling: plainSpelling("model.", "embed_tokens", { ignored: ["model.embed_positions.weights"] }),
  toModel: (config) => {
    config.only({ layerdrop: 0 });
    const dModel = config.size("d_model");
    // transformers gives no vector to position pad − 2.
    if ((config.token("pad_token_id") ?? 0) > 1) config.only({ pad_token_id: 1 });
    const residual = config.rate("dropout", 0.1);
    return plainModel(config, {
      vocabSize: config.size("vocab_size"),
      contextLength: config.whole("max_position_embeddings", 2048),
      dModel,
      heads: config.size("attention_heads"),
      layers: config.size("num_layers"),
      dFeedForward: config.size("ffn_dim"),
      activation: config.choice("activation_function", activations, "gelu"),
      position: new PositionalEncoding({ kind: "sinusoidal", dModel, layout: "halves", inclusive: true, offset: 2 }),
      embeddingScale: config.boolean("scale_embedding", true) ? Math.sqrt(dModel) : 1,
      deviation: "init_std",
      dropout: {
        ...{ embedding: residual, residual },
        attention: config.rate("attention_dropout", 0.1),
        hidden: config.rate("activation_dropout", 0),
      },
    });
  },
  names: (model) => [
    ...layer("embedding", "model.embed_tokens"),
    ...layer("blocks.*.attentionNorm", "model.layers.*.self_attn_layer_norm"),
    ...separate("model.layers.*.self_attn"),
    ...layer("blocks.*.attention.output", "model.layers.*.self_attn.out_proj"),
    ...layer("blocks.*.feedForwardNorm", "model.layers.*.final_layer_norm"),
    ...layer("blocks.*.feedForward.up", "model.layers.*.fc1"),
    ...layer("blocks.*.feedForward.down", "model.layers.*.fc2"),
    ...layer("norm", "model.layer_norm"),
    ...headNames(model),
  ],
};
