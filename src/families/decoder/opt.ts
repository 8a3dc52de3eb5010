import { Chain, Embedding, LayerNorm, Linear } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { FlatConfig } from "../../models/internal";
import type { Initial } from "../../tensor";
import { activationName, activations } from "../activations";
import type { ConfigFields, ConfigObject } from "../config-fields";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { allow, settingsOf, tokensField } from "../settings";
import { plainModel } from "./plain";
import { headNames, separate } from "./plain-names";
import { plainSpelling } from "./plain-spelling";

/**
 * OPT: pre-norm, learned positions of the tokens that the mask keeps, relu. The one of 350 million parameters is
 * post-norm, with an embedding and a head that are narrower than its blocks.
 *
 * @see Zhang et al. 2022, OPT: Open Pre-trained Transformer Language Models (arXiv 2205.01068)
 */
export const opt: Family<DecoderModel> = {
  modelTypes: ["opt"],
  classes: "OPT",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification", "ForQuestionAnswering"),
  defaults: {
    max_position_embeddings: 2048,
    num_attention_heads: 12,
    num_hidden_layers: 12,
    eos_token_id: 2,
    pad_token_id: 1,
  },
  layers: { num_hidden_layers: "model.decoder.layers.*" },
  spelling: plainSpelling("model.", "decoder.embed_tokens"),
  names: (model) => [
    ...layer("embedding", "model.decoder.embed_tokens"),
    ...layer("embedding.layers.table", "model.decoder.embed_tokens"),
    ...layer("embedding.layers.projection", "model.decoder.project_in"),
    // Position m is row m + 2.
    { ours: "position.weight", theirs: "model.decoder.embed_positions.weight", unusedRows: 2 },
    ...layer("blocks.*.attentionNorm", "model.decoder.layers.*.self_attn_layer_norm"),
    ...separate("model.decoder.layers.*.self_attn"),
    ...layer("blocks.*.attention.output", "model.decoder.layers.*.self_attn.out_proj"),
    ...layer("blocks.*.feedForwardNorm", "model.decoder.layers.*.final_layer_norm"),
    ...layer("blocks.*.feedForward.up", "model.decoder.layers.*.fc1"),
    ...layer("blocks.*.feedForward.down", "model.decoder.layers.*.fc2"),
    ...layer("norm", "model.decoder.final_layer_norm"),
    ...layer("norm.layers.norm", "model.decoder.final_layer_norm"),
    ...layer("norm.layers.projection", "model.decoder.project_out"),
    ...headNames(model),
  ],
  toModel,
  toConfig,
};

function toModel(config: ConfigFields): DecoderModel {
  config.only({ layerdrop: 0 });
  const [vocabSize, dModel] = [config.size("vocab_size"), config.size("hidden_size")];
  const width = config.size("word_embed_proj_dim", dModel);
  const bias = config.boolean("enable_bias", true);
  const affine = config.boolean("layer_norm_elementwise_affine", true);
  const before = config.boolean("do_layer_norm_before", true);
  const removed = config.boolean("_remove_final_layer_norm", false);
  const norms = { weight: affine, bias: affine };
  const norm = before && !removed ? new LayerNorm({ dModel, ...norms }) : undefined;
  const ends = width === dModel ? { last: norm ?? (false as const) } : narrowEnds({ vocabSize, dModel, width, norm });
  return plainModel(config, {
    ...{ vocabSize, dModel, norms, ...ends },
    contextLength: config.size("max_position_embeddings"),
    heads: config.size("num_attention_heads"),
    layers: config.size("num_hidden_layers"),
    dFeedForward: config.size("ffn_dim"),
    activation: config.choice("activation_function", activations, "relu"),
    feedForwardBias: bias,
    attention: () => ({ bias }),
    norm: before ? "pre" : "post",
    positions: "unmasked",
    deviation: "init_std",
    dropout: { attention: config.rate("attention_dropout", 0), residual: config.rate("dropout", 0.1) },
  });
}

interface Widths {
  vocabSize: number;
  dModel: number;
  width: number;
  norm: LayerNorm | undefined;
}

/** An embedding and a head that are narrower than the blocks. */
function narrowEnds({ vocabSize, dModel, width, norm }: Widths) {
  const project = (inFeatures: number, outFeatures: number) => new Linear({ inFeatures, outFeatures, bias: false });
  const projection = project(dModel, width);
  return {
    narrow: (initial: Initial) => {
      const table = new Embedding({ vocabSize, dModel: width, initial });
      return { width, table, embedding: new Chain({ layers: { table, projection: project(width, dModel) } }) };
    },
    last: new Chain({ layers: norm ? { norm, projection } : { projection } }),
  };
}

function toConfig(flat: FlatConfig): ConfigObject {
  const settings = settingsOf(flat, "gpt");
  const { dModel, heads, bias } = settings;
  allow(settings, { norm: "pre", normalization: "layerNorm", position: "learned", gated: false, epsilon: 1e-5 });
  allow(settings, { feedForwardBias: bias, keyValueHeads: heads, headDim: dModel / heads });
  allow(settings, { embeddingScale: 1, headBias: false, crossAttention: false });
  allow(settings, { embeddingDropout: 0, feedForwardDropout: 0 });
  return {
    architectures: ["OPTForCausalLM"],
    model_type: "opt",
    vocab_size: settings.vocabSize,
    max_position_embeddings: settings.contextLength,
    hidden_size: dModel,
    word_embed_proj_dim: dModel,
    num_attention_heads: heads,
    num_hidden_layers: settings.layers,
    ffn_dim: settings.dFeedForward,
    activation_function: activationName(settings.activation),
    enable_bias: bias,
    do_layer_norm_before: true,
    _remove_final_layer_norm: !settings.finalNorm,
    tie_word_embeddings: settings.tied,
    dropout: settings.dropout,
    attention_dropout: settings.attentionDropout,
    init_std: settings.initialDeviation,
    bos_token_id: null,
    eos_token_id: tokensField(settings.endTokens),
    pad_token_id: settings.padToken ?? null,
  };
}
