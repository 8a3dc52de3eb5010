import type { DecoderModel } from "../../models";
import type { FlatConfig } from "../../models/internal";
import { activationName, activations } from "../activations";
import type { ConfigFields, ConfigObject } from "../config-fields";
import type { NameRule } from "../name-map";
import { allow, settingsOf, tokensField } from "../settings";
import { gptBlock, gptDropout, gptEnds, gptSizes } from "./gpt-names";
import { plainModel } from "./plain";
import { fused, headNames } from "./plain-names";

/** Linear layers are saved as [in, out]. */
const transpose = true;

export const names = (model: DecoderModel): NameRule[] => [
  ...gptEnds,
  ...fused("transformer.h.*.attn.c_attn", { transpose }),
  ...gptBlock({ transpose }),
  ...headNames(model),
];

export function toModel(config: ConfigFields): DecoderModel {
  const sizes = gptSizes(config);
  const scaled = config.boolean("scale_attn_weights", true);
  const byLayer = config.boolean("scale_attn_by_inverse_layer_idx", false);
  const plain = scaled ? Math.sqrt(sizes.heads / sizes.dModel) : 1;
  const scale = (layer: number) => plain / (byLayer ? layer + 1 : 1);
  return plainModel(config, {
    ...sizes,
    dFeedForward: config.size("n_inner", 4 * sizes.dModel),
    activation: config.choice("activation_function", activations, "gelu_new"),
    attention: (layer) => (scaled && !byLayer ? {} : { scale: scale(layer) }),
    dropout: gptDropout(config, 0.1),
  });
}

export function toConfig(flat: FlatConfig): ConfigObject {
  const settings = settingsOf(flat, "gpt");
  const { dModel, heads, dropout } = settings;
  allow(settings, { norm: "pre", normalization: "layerNorm", position: "learned", gated: false, finalNorm: true });
  allow(settings, { bias: true, keyValueHeads: heads, headDim: dModel / heads });
  allow(settings, { embeddingScale: 1, headBias: false, crossAttention: false });
  return {
    architectures: ["GPT2LMHeadModel"],
    model_type: "gpt2",
    vocab_size: settings.vocabSize,
    n_positions: settings.contextLength,
    n_embd: dModel,
    n_head: heads,
    n_layer: settings.layers,
    n_inner: settings.dFeedForward,
    activation_function: activationName(settings.activation),
    layer_norm_epsilon: settings.epsilon,
    tie_word_embeddings: settings.tied,
    attn_pdrop: settings.attentionDropout,
    embd_pdrop: settings.embeddingDropout,
    resid_pdrop: dropout,
    initializer_range: settings.initialDeviation,
    bos_token_id: null,
    eos_token_id: tokensField(settings.endTokens),
    pad_token_id: settings.padToken ?? null,
  };
}
