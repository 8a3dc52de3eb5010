import { DecoderBlock, HeadTransform, LayerNorm, Unchanged } from "../../blocks";
import type { DecoderModel } from "../../models";
import { initials } from "../../tensor";
import { activations } from "../activations";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { slidingLayers, slidingWindow } from "../reading/layer-types";
import type { RotaryFamily } from "../reading/rotary-fields";
import { llamaModel } from "./llama-model";

/**
 * The decoder beside ModernBERT: its layers, each seeing only what comes before, and its head before that of the tokens.
 *
 * @see Weller et al. 2025, Seq vs Seq: An Open Suite of Paired Encoders and Decoders (arXiv 2507.11412)
 */
export const modernbertDecoder: Family<DecoderModel> = {
  modelTypes: ["modernbert-decoder"],
  classes: "ModernBertDecoder",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification"),
  aliases: { norm_eps: "rms_norm_eps", hidden_activation: "hidden_act" },
  defaults: {
    ...{ max_position_embeddings: 8192, num_attention_heads: 12, num_hidden_layers: 22, rms_norm_eps: 1e-5 },
    ...{
      pad_token_id: 50_283,
      eos_token_id: 50_282,
      hidden_act: "gelu",
      tie_word_embeddings: true,
      local_attention: 128,
    },
  },
  layers: { num_hidden_layers: "model.layers.*" },
  spelling: {
    prefix: { text: "model.", outside: ["lm_head.", "decoder.", "head.", "classifier."] },
    tied: { "decoder.weight": "model.embeddings.tok_embeddings.weight" },
  },
  names: ({ head }) => {
    const transform = head?.kind === "languageModel" ? "lm_head" : "head";
    return [
      ...layer("embedding", "model.embeddings.tok_embeddings"),
      ...layer("embeddingNorm", "model.embeddings.norm"),
      ...layer("blocks.*.attentionNorm", "model.layers.*.attn_norm"),
      ...layer("blocks.*.attention.query", "model.layers.*.attn.q_proj"),
      ...layer("blocks.*.attention.key", "model.layers.*.attn.k_proj"),
      ...layer("blocks.*.attention.value", "model.layers.*.attn.v_proj"),
      ...layer("blocks.*.attention.output", "model.layers.*.attn.Wo"),
      ...layer("blocks.*.feedForwardNorm", "model.layers.*.mlp_norm"),
      ...layer(["blocks.*.feedForward.gate", "blocks.*.feedForward.up"], "model.layers.*.mlp.Wi"),
      ...layer("blocks.*.feedForward.down", "model.layers.*.mlp.Wo"),
      ...layer("norm", "model.final_norm"),
      ...layer("head.transform.dense", `${transform}.dense`),
      ...layer("head.transform.norm", `${transform}.norm`),
      ...layer("head.projection", transform === "head" ? "classifier" : "decoder"),
    ];
  },
  toModel(config) {
    const sights = slidingLayers(config, (at) => at % config.whole("global_attn_every_n_layers", 3) !== 0);
    // The older field counts tokens on both sides.
    const window = slidingWindow(config) ?? Math.floor(config.whole("local_attention") / 2);
    const dropout = config.rate("attention_dropout", 0);
    const normalization = normOf(config);
    const transform = transformOf(config);
    const bias = config.boolean("classifier_bias", false);
    return llamaModel(config, {
      ...{ normalization, rotary, embeddingNorm: true, embeddingDropout: config.rate("embedding_dropout", 0) },
      attention: (at, base) => ({
        position: base.rotary(sights[at]),
        window: sights[at] === "sliding_attention" ? window : undefined,
      }),
      feedForward: () => ({ dropout: config.rate("mlp_dropout", 0) }),
      feedForwardBias: config.boolean("mlp_bias", false),
      block: (at, { attention, feedForward, base: { dModel } }) =>
        new DecoderBlock({
          ...{ dModel, norm: "pre", normalization, attention, feedForward, dropout },
          attentionNorm: at === 0 ? new Unchanged() : undefined,
        }),
      head: { transform, bias: config.boolean("decoder_bias", true) },
      classifier: { transform, bias, dropout: config.rate("classifier_dropout", 0) },
    });
  },
};

const rotary = (layerType: string | undefined): Omit<RotaryFamily, "headDim"> =>
  layerType === "full_attention"
    ? { base: 160_000, baseField: "global_rope_theta" }
    : { base: 10_000, baseField: "local_rope_theta" };

/** Norms of the config's epsilon, with a bias or without. */
function normOf(config: ConfigFields): (sizes: { dModel: number }) => LayerNorm {
  const [epsilon, bias] = [config.epsilon("rms_norm_eps", 1e-5), config.boolean("norm_bias", false)];
  return ({ dModel }) => new LayerNorm({ dModel, epsilon, bias });
}

/** The layer before the scores. */
const transformOf = (config: ConfigFields): HeadTransform =>
  new HeadTransform({
    dModel: config.size("hidden_size"),
    norm: normOf(config)({ dModel: config.size("hidden_size") }),
    bias: config.boolean("classifier_bias", false),
    activation: config.choice("classifier_activation", activations, "gelu"),
    initial: initials.normal(config.deviation("initializer_range", 0.02)),
  });
