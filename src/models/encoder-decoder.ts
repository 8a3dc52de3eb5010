import { depth, pick, size } from "../blocks/internal";
import { type Checks, checkOptions, expectBoolean } from "../checks";
import { type Bert, encoderOf } from "./bert";
import type { EncoderDecoderConfig } from "./configs";
import { EncoderDecoderModel } from "./encoder-decoder-model";
import { built, type InitializeOptions, initializeChecks } from "./factory";
import { checkConfig, type ModelConfig, modelChecks, owned } from "./flat-config";
import { decoderOf, type Gpt } from "./gpt";
import { token } from "./parts";

const checks: Checks<EncoderDecoderConfig> = {
  ...modelChecks,
  decoderLayers: depth,
  decoderHeads: size,
  decoderDFeedForward: size,
  startToken: token,
  headBias: expectBoolean,
};

/** An EncoderDecoderModel of the parts that `encoderDecoder` makes. */
export type Translator = EncoderDecoderModel & { readonly encoder: Bert; readonly decoder: Gpt };

/**
 * An encoder and a decoder in the style of the original Transformer: post-norm, sinusoidal positions, relu, one embedding
 * scaled by √dModel, which the head shares.
 *
 * @see Vaswani et al. 2017, Attention Is All You Need (arXiv 1706.03762)
 * @example
 * ```ts
 * import { encoderDecoder } from "transformer-blocks";
 * const model = encoderDecoder({ vocabSize: 50, contextLength: 32, dModel: 16, heads: 2, layers: 2 }, { seed: 1 });
 * model.forward([[1, 2, 3, 4]], [[5, 6]]).shape; // [1, 2, 50]
 * ```
 */
export function encoderDecoder(config: EncoderDecoderConfig, options: InitializeOptions = {}): Translator {
  checkConfig("encoderDecoder", config, checks);
  checkOptions("encoderDecoder", options, initializeChecks);
  // Scaled by √dModel, vectors of this deviation have unit variance.
  const { dModel } = config;
  const defaults = { norm: "post", position: "sinusoidal", activation: "relu" } as const;
  const scaled = { embeddingScale: Math.sqrt(dModel), initialDeviation: 1 / Math.sqrt(dModel) };
  const whole = owned({ ...defaults, ...scaled, ...config });
  return built(modelOf(whole), { factory: "encoderDecoder", config: whole }, options);
}

function modelOf(config: EncoderDecoderConfig): Translator {
  const shared = pick<ModelConfig>(config, modelChecks);
  const { decoderLayers: layers = config.layers, decoderHeads: heads = config.heads, headBias, startToken } = config;
  const dFeedForward = config.decoderDFeedForward ?? config.dFeedForward;
  const encoder = encoderOf(shared);
  const decoder = decoderOf(
    { ...shared, layers, heads, dFeedForward, headBias, crossAttention: true },
    encoder.embedding,
  );
  return new EncoderDecoderModel({ encoder, decoder, startToken }) as Translator;
}
