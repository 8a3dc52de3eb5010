import { initialize, type Module } from "../blocks";
import { seed as expectSeed } from "../blocks/internal";
import { type Checks, checkOptions } from "../checks";
import { checkConfig } from "./config";
import { type DecoderConfig, DecoderModel, decoderChecks } from "./decoder-model";
import { type EncoderDecoderConfig, EncoderDecoderModel, encoderDecoderChecks } from "./encoder-decoder-model";
import { type EncoderConfig, EncoderModel, encoderChecks } from "./encoder-model";

export interface InitializeOptions {
  /** Parameters depend only on the seed and their paths. Without a seed, they are declared but not allocated. */
  seed?: number | undefined;
}

const checks: Checks<InitializeOptions> = { seed: expectSeed };

function built<M extends Module>(model: M, { seed }: InitializeOptions): M {
  return seed === undefined ? model : initialize(model, { seed });
}

/**
 * A decoder in the style of GPT-2: pre-norm, learned positions, tanh GELU, tied head. Any default can be overridden.
 *
 * @see Radford et al. 2019, Language Models are Unsupervised Multitask Learners
 * @example
 * ```ts
 * import { gpt } from "transformer-blocks";
 * const model = gpt({ vocabSize: 65, contextLength: 32, dModel: 16, heads: 2, layers: 2 }, { seed: 1 });
 * model.forward([[1, 2, 3]]).shape; // [1, 3, 65]
 * ```
 */
export function gpt(config: DecoderConfig, options: InitializeOptions = {}): DecoderModel {
  checkConfig("gpt", config, decoderChecks);
  checkOptions("gpt", options, checks);
  return built(new DecoderModel({ norm: "pre", activation: "geluTanh", ...config }), options);
}

/**
 * An encoder in the style of BERT: post-norm, learned positions, two token types, exact GELU, a pooler unless its head
 * does not use one.
 *
 * @see Devlin et al. 2018, BERT (arXiv 1810.04805)
 * @example
 * ```ts
 * import { bert } from "transformer-blocks";
 * const model = bert({ vocabSize: 100, contextLength: 32, dModel: 16, heads: 2, layers: 2 }, { seed: 1 });
 * model.forward([[1, 2, 3]], { mask: [[1, 1, 0]] }).shape; // [1, 3, 16]
 * ```
 */
export function bert(config: EncoderConfig, options: InitializeOptions = {}): EncoderModel {
  checkConfig("bert", config, encoderChecks);
  checkOptions("bert", options, checks);
  const pooler = config.head === undefined || config.head.kind === "sequenceClass";
  const defaults = { norm: "post", activation: "gelu", typeVocabSize: 2, embeddingNorm: true, epsilon: 1e-12 } as const;
  return built(new EncoderModel({ ...defaults, pooler, ...config }), options);
}

/**
 * An encoder and a decoder in the style of the original Transformer: post-norm, sinusoidal positions, relu, one embedding
 * scaled by √dModel.
 *
 * @see Vaswani et al. 2017, Attention Is All You Need (arXiv 1706.03762)
 * @example
 * ```ts
 * import { encoderDecoder } from "transformer-blocks";
 * const model = encoderDecoder({ vocabSize: 50, contextLength: 32, dModel: 16, heads: 2, layers: 2 }, { seed: 1 });
 * model.forward([[1, 2, 3, 4]], [[5, 6]]).shape; // [1, 2, 50]
 * ```
 */
export function encoderDecoder(config: EncoderDecoderConfig, options: InitializeOptions = {}): EncoderDecoderModel {
  checkConfig("encoderDecoder", config, encoderDecoderChecks);
  checkOptions("encoderDecoder", options, checks);
  // Scaled by √dModel, vectors of this deviation have unit variance.
  const { dModel } = config;
  const defaults = { norm: "post", position: "sinusoidal", activation: "relu" } as const;
  const scaled = { embeddingScale: Math.sqrt(dModel), initialDeviation: 1 / Math.sqrt(dModel) };
  return built(new EncoderDecoderModel({ ...defaults, ...scaled, ...config }), options);
}
