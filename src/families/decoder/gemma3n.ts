import type { Activation, Embedding } from "../../blocks";
import { DecoderModel } from "../../models";
import { activations } from "../activations";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { slidingLayers } from "../reading/layer-types";
import { AlternatingBlock, StreamsEmbedding, StreamsNorm } from "./alternating-streams";
import { gemma3Rotary, sandwichNames } from "./gemma";
import { LaurelBlock } from "./laurel-block";
import { llamaKin, llamaModel } from "./llama-model";
import { PerLayerEmbedding, PerLayerInput } from "./per-layer-inputs";
import { countOf, limit, sharingLayers, sharingSpelling } from "./sharing-layers";
import { SparseActivation } from "./sparse-activation";

/**
 * Gemma 3n's text half: several streams of hidden states, of which each layer computes one and predicts the others; a
 * low-rank layer beside attention; numbers of their own for each layer; last layers that take the keys of earlier ones;
 * sparse hidden values in the first ones.
 *
 * @see Gemma 3n's model card; Baykal et al. 2023 (arXiv 2301.13310) for the streams
 */
export const gemma3nText: Family<DecoderModel> = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  modelTypes: ["gemma3n_text"],
  classes: ["Gemma3n", "Gemma3nText"],
  aliases: { hidden_activation: "hidden_act" },
  spelling: sharingSpelling,
  defaults: {
    ...{ num_attention_heads: 8, num_hidden_layers: 35 },
    ...{ num_key_value_heads: 2, head_dim: 256, max_position_embeddings: 32_768, sliding_window: 512 },
    ...{ hidden_act: "gelu_pytorch_tanh", tie_word_embeddings: true, pad_token_id: 0, eos_token_id: 1 },
    ...{ hidden_size_per_layer_input: 256, vocab_size_per_layer_input: 262_144, num_kv_shared_layers: 15 },
    ...{ altup_num_inputs: 4, altup_active_idx: 0, laurel_rank: 64, final_logit_softcapping: 30 },
  },
  names: (model) => [
    ...sandwichNames(model).map(moved),
    ...layer("embedding.inner.tokens", "model.embed_tokens"),
    ...layer("embedding.inner.table", "model.embed_tokens_per_layer"),
    ...layer("embedding.inner.projection", "model.per_layer_model_projection"),
    ...layer("embedding.inner.norm", "model.per_layer_projection_norm"),
    ...layer("embedding.projections.*", "model.altup_projections.*"),
    ...layer("norm.inner", "model.norm"),
    ...layer("norm.projections.*", "model.altup_unembed_projections.*"),
    ...layer("blocks.*.block.left", "model.layers.*.laurel.linear_left"),
    ...layer("blocks.*.block.right", "model.layers.*.laurel.linear_right"),
    ...layer("blocks.*.block.laurelNorm", "model.layers.*.laurel.post_laurel_norm"),
    ...layer("blocks.*.router", "model.layers.*.altup.modality_router"),
    ...layer("blocks.*.routerNorm", "model.layers.*.altup.router_norm"),
    ...layer("blocks.*.prediction", "model.layers.*.altup.prediction_coefs"),
    ...layer("blocks.*.correction", "model.layers.*.altup.correction_coefs"),
    { ours: "blocks.*.inputScale", theirs: "model.layers.*.altup.correct_output_scale" },
    ...layer("blocks.*.input.gate", "model.layers.*.per_layer_input_gate"),
    ...layer("blocks.*.input.projection", "model.layers.*.per_layer_projection"),
    ...layer("blocks.*.input.norm", "model.layers.*.post_per_layer_input_norm"),
  ],
  toModel,
};

/** Our blocks lie in those that predict the other streams. */
const moved = (rule: NameRule): NameRule => {
  const place = (ours: string) => ours.replace("blocks.*.", "blocks.*.block.");
  return { ...rule, ours: typeof rule.ours === "string" ? place(rule.ours) : rule.ours.map(place) };
};

function toModel(config: ConfigFields): DecoderModel {
  const layers = config.size("num_hidden_layers");
  const sights = slidingLayers(config, (at) => (at + 1) % 5 !== 0);
  const own = layers - countOf(config, "num_kv_shared_layers", layers);
  const plain = llamaModel(config, {
    embeddingScale: Math.fround(Math.sqrt(config.size("hidden_size"))),
    head: { softcap: limit(config, "final_logit_softcapping") },
    rotary: gemma3Rotary,
    attention: sharingLayers(config, sights, own, (at, { headDim, keyValueHeads, rotary }) => ({
      ...{ headDim, keyValueHeads, position: rotary(sights[at]) },
    })),
    feedForward: (at) => ({
      ...{ bias: false, dFeedForward: widthOf(config, at, layers), activation: activationOf(config, at, layers) },
    }),
    block: (_, { attention, feedForward, base: { dModel, epsilon } }) =>
      new LaurelBlock({ dModel, epsilon, attention, feedForward, rank: config.size("laurel_rank") }),
  });
  return withStreams(config, plain, layers);
}

/** `intermediate_size` may list a width for each layer. */
function widthOf(config: ConfigFields, at: number, layers: number): number {
  const list = config.counts("intermediate_size");
  if (list === undefined) return config.size("intermediate_size");
  if (list.length !== layers || list.includes(0))
    throw config.error("intermediate_size", `${layers} whole numbers of 1 or more, one for each layer`);
  return list[at]!;
}

/** The activation of a layer; sparse in the first ten of a model with more layers, if the config does not say. */
function activationOf(config: ConfigFields, at: number, layers: number): Activation {
  const activation: Activation = config.choice("hidden_act", activations);
  const shares = config.get("activation_sparsity_pattern") ?? Array.from({ length: layers }, absentShare(layers));
  const isShare = (value: unknown) => typeof value === "number" && value >= 0 && value < 1;
  if (!Array.isArray(shares) || shares.length !== layers || !shares.every(isShare))
    throw config.error("activation_sparsity_pattern", `${layers} numbers from 0 up to but not including 1`);
  return shares[at] === 0 ? activation : new SparseActivation({ share: shares[at], activation });
}

const absentShare = (layers: number) => (_: unknown, at: number) => (layers > 10 && at < 10 ? 0.95 : 0);

/** The model with several streams, and with numbers of their own for each layer. */
function withStreams(config: ConfigFields, plain: DecoderModel, layers: number): DecoderModel {
  const [dModel, streams] = [config.size("hidden_size"), config.size("altup_num_inputs")];
  const active = countOf(config, "altup_active_idx", streams - 1);
  const epsilon = config.epsilon("rms_norm_eps", 1e-6);
  const activation = config.choice("hidden_act", activations);
  const source = new PerLayerEmbedding(plain.embedding as Embedding, {
    ...{ dModel, layers, epsilon, width: config.size("hidden_size_per_layer_input") },
    vocabSize: config.size("vocab_size_per_layer_input"),
  });
  const scaled = config.boolean("altup_correct_scale", true);
  return new DecoderModel({
    ...plain.config,
    embedding: new StreamsEmbedding(source, { dModel, streams }),
    blocks: plain.blocks.map((block, layer) => {
      const input = new PerLayerInput({ layer, dModel, activation, epsilon, source });
      return new AlternatingBlock({ dModel, streams, epsilon, block, input, active, scaled });
    }),
    norm: new StreamsNorm(plain.norm!, { dModel, streams }),
    head: plain.head,
  });
}
