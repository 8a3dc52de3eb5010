import type { DecoderConfig, EncoderConfig, EncoderDecoderConfig } from "./configs";

const gpt2 = { vocabSize: 50_257, contextLength: 1024 };
const gpt3 = { vocabSize: 50_257, contextLength: 2048 };

/**
 * Published sizes, for `encoderDecoder`, `bert` and `gpt`.
 *
 * @see Vaswani et al. 2017, table 3; Devlin et al. 2018, section 3; Radford et al. 2018 and 2019; Brown et al. 2020
 * (arXiv 2005.14165), table 2.1. In two rows of that table, heads times head size is not the width: here "gpt3-xl" has
 * 16 heads of 128, which gives the stated count, and "gpt3-13b" is 5120 wide, which gives 12.85 billion for the stated
 * 13.0.
 * @example
 * ```ts
 * import { countParameters, gpt, presets } from "transformer-blocks";
 * countParameters(gpt(presets["gpt3-175b"])); // 174604259328
 * ```
 */
export const presets = {
  "transformer-base": {
    vocabSize: 37_000,
    contextLength: 512,
    dModel: 512,
    heads: 8,
    layers: 6,
    dFeedForward: 2048,
    dropout: 0.1,
  },
  "transformer-big": {
    vocabSize: 37_000,
    contextLength: 512,
    dModel: 1024,
    heads: 16,
    layers: 6,
    dFeedForward: 4096,
    dropout: 0.3,
  },
  "bert-base": { vocabSize: 30_522, contextLength: 512, dModel: 768, heads: 12, layers: 12, dropout: 0.1 },
  "bert-large": { vocabSize: 30_522, contextLength: 512, dModel: 1024, heads: 16, layers: 24, dropout: 0.1 },
  gpt1: { vocabSize: 40_478, contextLength: 512, dModel: 768, heads: 12, layers: 12, norm: "post", dropout: 0.1 },
  gpt2: { ...gpt2, dModel: 768, heads: 12, layers: 12 },
  "gpt2-medium": { ...gpt2, dModel: 1024, heads: 16, layers: 24 },
  "gpt2-large": { ...gpt2, dModel: 1280, heads: 20, layers: 36 },
  "gpt2-xl": { ...gpt2, dModel: 1600, heads: 25, layers: 48 },
  "gpt3-small": { ...gpt3, dModel: 768, heads: 12, layers: 12 },
  "gpt3-medium": { ...gpt3, dModel: 1024, heads: 16, layers: 24 },
  "gpt3-large": { ...gpt3, dModel: 1536, heads: 16, layers: 24 },
  "gpt3-xl": { ...gpt3, dModel: 2048, heads: 16, layers: 24 },
  "gpt3-2.7b": { ...gpt3, dModel: 2560, heads: 32, layers: 32 },
  "gpt3-6.7b": { ...gpt3, dModel: 4096, heads: 32, layers: 32 },
  "gpt3-13b": { ...gpt3, dModel: 5120, heads: 40, layers: 40 },
  "gpt3-175b": { ...gpt3, dModel: 12_288, heads: 96, layers: 96 },
} as const satisfies Record<string, DecoderConfig | EncoderConfig | EncoderDecoderConfig>;
