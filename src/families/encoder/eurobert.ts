import {
  FeedForward,
  HeadTransform,
  MultiHeadAttention,
  PositionalEncoding,
  RMSNorm,
  TokenPooling,
} from "../../blocks";
import type { EncoderModel } from "../../models";
import { llamaKin, llamaNames } from "../decoder/llama-model";
import type { Family } from "../family";
import { layer } from "../name-map";
import { encoderHeads, headsOf } from "../reading/heads";
import { rotaryFields } from "../reading/rotary-fields";
import { encoderModel } from "./encoder-base";
import { encoderSizes } from "./encoder-sizes";

/**
 * EuroBERT: Llama's blocks, where every token sees the whole text.
 *
 * @see Boizard et al. 2025, EuroBERT (arXiv 2503.05500)
 */
export const eurobert: Family<EncoderModel> = {
  modelTypes: ["eurobert"],
  defaults: { max_position_embeddings: 8192, num_attention_heads: 12, num_hidden_layers: 12 },
  classes: "EuroBert",
  heads: headsOf(encoderHeads, "Model", "ForMaskedLM", "ForSequenceClassification", "ForTokenClassification"),
  layers: { num_hidden_layers: "model.layers.*" },
  spelling: { ...llamaKin.spelling, prefix: { text: "model.", outside: ["lm_head.", "dense.", "classifier."] } },
  names: (model) => [
    ...llamaNames(model),
    ...layer("head.transform.dense", "dense"),
    ...layer("head.projection", model.head?.kind === "maskedLanguageModel" ? "lm_head" : "classifier"),
  ],
  toModel(config) {
    config.only({ pretraining_tp: 1 });
    const whole = encoderSizes(config, { activation: "silu", epsilon: 1e-5, dropout: 0, padToken: 128_001, fields });
    const sizes = { ...whole, endTokens: config.endTokens(128_001), dropout: 0 };
    const { dModel, heads, epsilon, initial, dFeedForward, activation, attentionDropout } = sizes;
    const headDim = config.size("head_dim", dModel / heads);
    const keyValueHeads = config.size("num_key_value_heads", heads);
    const position = new PositionalEncoding(rotaryFields(config, { headDim }));
    const bias = config.boolean("attention_bias", false);
    const feedForwardBias = config.boolean("mlp_bias", false);
    const isClass = config.head === "sequenceClass";
    return encoderModel(config, sizes, false, {
      types: 0,
      position: false,
      embeddingNorm: false,
      block: () => ({
        ...{ norm: "pre", normalization: "rmsNorm", initial: undefined },
        attention: new MultiHeadAttention({
          ...{ dModel, heads, keyValueHeads, headDim, position, bias, dropout: attentionDropout, initial },
        }),
        feedForward: new FeedForward({ dModel, dFeedForward, activation, gated: true, bias: feedForwardBias, initial }),
      }),
      norm: new RMSNorm({ dModel, epsilon }),
      ...{ masked: false, maskedBias: feedForwardBias, tied: false, dropout: 0 },
      transform: isClass ? new HeadTransform({ dModel, norm: false, initial }) : undefined,
      ...(isClass && config.choice("classifier_pooling", poolings, "late")),
    });
  },
};

const fields = { epsilon: "rms_norm_eps", attentionDropout: "attention_dropout" };

const masked = new TokenPooling({ kind: "mean", skip: "masked" });
const poolings = {
  bos: { pooler: new TokenPooling({ kind: "first" }) },
  mean: { pooler: masked },
  late: { scorePooling: masked },
};
