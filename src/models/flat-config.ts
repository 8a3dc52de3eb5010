import {
  type Activation,
  type BlockConfig,
  Embedding,
  makeNorm,
  type Norm,
  type Normalization,
  PositionalEncoding,
} from "../blocks";
import { activation, depth, epsilon, normalization, rate, size } from "../blocks/internal";
import { type Checks, checkOptions, expectBoolean, numberIn, oneOf } from "../checks";
import { epsilonNames, knownAs } from "../synonyms";
import { type Initial, initials } from "../tensor";
import { checkTokens, contextLength, type ModelParts, token, tokens } from "./parts";

/** The sizes that every model has. */
export interface ModelConfig {
  vocabSize: number;
  /** The largest number of tokens in a text. */
  contextLength: number;
  dModel: number;
  heads: number;
  layers: number;
  /** 4 · dModel if omitted. */
  dFeedForward?: number | undefined;
  keyValueHeads?: number | undefined;
  headDim?: number | undefined;
  activation?: Activation | undefined;
  gated?: boolean | undefined;
  bias?: boolean | undefined;
  /** A bias in feed-forward layers; `bias` if omitted. */
  feedForwardBias?: boolean | undefined;
  norm?: "pre" | "post" | undefined;
  normalization?: Normalization | undefined;
  epsilon?: number | undefined;
  /** The share of embeddings, sublayers' outputs and attention weights to zero in training. */
  dropout?: number | undefined;
  /** The share of embeddings only; `dropout` if omitted. */
  embeddingDropout?: number | undefined;
  /** The share of attention weights only; `dropout` if omitted. */
  attentionDropout?: number | undefined;
  /** The share of feed-forward layers' hidden values; 0 if omitted. */
  feedForwardDropout?: number | undefined;
  position?: "learned" | "rotary" | "sinusoidal" | "sinusoidalHalves" | undefined;
  /** The base of rotary frequencies; 10000 if omitted. */
  rotaryBase?: number | undefined;
  /** The factor of token vectors; 1 if omitted. */
  embeddingScale?: number | undefined;
  /** The standard deviation of initial weights; 0.02 if omitted. */
  initialDeviation?: number | undefined;
  /** The tokens that end a text. */
  endTokens?: readonly number[] | undefined;
  /** The token that pads short rows. */
  padToken?: number | undefined;
}

export const modelChecks: Checks<ModelConfig> = /* @__PURE__ */ knownAs(
  {
    options: [
      epsilonNames,
      "attentionDropout attnDropout attentionProbsDropoutProb attnPdrop attentionDropoutProb",
      "embeddingDropout embdPdrop embedDropout embedPdrop",
      "feedForwardDropout activationDropout ffnDropout ffDropout mlpDropout",
      "layers numLayers nLayer nLayers numHiddenLayers depth layer encoderLayers decoderLayers numEncoderLayers numDecoderLayers numBlocks nBlocks",
      "position positionEmbeddingType positionalEncoding positionEncoding positionEmbedding posEmb",
      "rotaryBase ropeTheta theta ropeBase rotaryEmbBase",
      "embeddingScale scaleEmbedding embeddingMultiplier",
      "initialDeviation initializerRange initStd std initializerStd",
      "typeVocabSize numTokenTypes numTypes",
      "labels numLabels numClasses nClasses classes",
    ],
    words: [
      "languageModel lm causalLm clm textGeneration",
      "maskedLanguageModel mlm maskedLm fillMask",
      "sequenceClass sequenceClassification textClassification classification classifier",
      "tokenClass tokenClassification ner",
      "questionAnswering qa squad",
    ],
    advice: [
      [
        "dModel",
        "tieWordEmbeddings tieWeights tieEmbeddings",
        "factories share the embedding's weight; build a model of parts to have another",
      ],
    ],
  },
  {
    vocabSize: size,
    contextLength,
    dModel: size,
    heads: size,
    layers: depth,
    dFeedForward: size,
    keyValueHeads: size,
    headDim: size,
    activation,
    gated: expectBoolean,
    bias: expectBoolean,
    norm: oneOf(["pre", "post"]),
    normalization,
    epsilon,
    feedForwardBias: expectBoolean,
    dropout: rate,
    embeddingDropout: rate,
    attentionDropout: rate,
    feedForwardDropout: rate,
    position: oneOf(["learned", "rotary", "sinusoidal", "sinusoidalHalves"]),
    rotaryBase: numberIn({ least: 1 }),
    embeddingScale: numberIn(),
    initialDeviation: numberIn({ least: 0 }),
    endTokens: tokens,
    padToken: token,
  },
);

/** @throws TypeError or RangeError that names the field */
export function checkConfig<Config extends ModelConfig>(
  where: string,
  config: Config,
  checks: Checks<Config>,
): asserts config is Config {
  const sizes = ["vocabSize", "contextLength", "dModel", "heads", "layers"] as const;
  checkOptions(where, config, checks, sizes);
  if (config.rotaryBase !== undefined && config.position !== "rotary")
    throw new TypeError(`${where}: rotaryBase has no effect without position: "rotary"`);
  checkTokens(where, config);
}

/** A copy, so that later changes by the caller do not change what is saved. */
export const owned = <Config extends ModelConfig & { head?: object | undefined }>(config: Config): Config => ({
  ...config,
  ...(config.endTokens && { endTokens: [...config.endTokens] }),
  ...(config.head && { head: { ...config.head } }),
});

export const initialOf = (config: ModelConfig): Initial => initials.normal(config.initialDeviation ?? 0.02);

/** The parts that encoders and decoders of a flat config have in common. */
export const commonParts = (config: ModelConfig) =>
  ({
    ...{ vocabSize: config.vocabSize, contextLength: config.contextLength },
    ...{ endTokens: config.endTokens, padToken: config.padToken },
    embeddingDropout: config.embeddingDropout ?? config.dropout,
    position: addedPositionOf(config),
  }) satisfies Partial<ModelParts>;

export const normOf = ({ dModel, epsilon, normalization = "layerNorm" }: ModelConfig): Norm =>
  makeNorm(normalization, { dModel, epsilon });

export function embeddingOf(config: ModelConfig): Embedding {
  const { vocabSize, dModel, embeddingScale: scale } = config;
  return new Embedding({ vocabSize, dModel, scale, initial: initialOf(config) });
}

/** The encoding added to token vectors; attention applies rotary positions. */
function addedPositionOf(config: ModelConfig): PositionalEncoding | undefined {
  const { position = "learned", dModel, contextLength } = config;
  if (position === "rotary") return undefined;
  return position === "learned"
    ? new PositionalEncoding({ kind: "learned", dModel, contextLength, initial: initialOf(config) })
    : new PositionalEncoding({
        kind: "sinusoidal",
        dModel,
        layout: position === "sinusoidal" ? "interleaved" : "halves",
      });
}

/** The config of every block of a model. */
export function blockConfigOf(config: ModelConfig): BlockConfig {
  const { dModel, heads, headDim = dModel / heads, rotaryBase } = config;
  const { keyValueHeads, dFeedForward, activation, gated, bias, norm, normalization, epsilon, dropout } = config;
  const { feedForwardBias, attentionDropout, feedForwardDropout } = config;
  const rotary = config.position === "rotary";
  return {
    ...{ dModel, heads, keyValueHeads, headDim: config.headDim, bias, dropout },
    ...{ dFeedForward, activation, gated, norm, normalization, epsilon },
    ...{ feedForwardBias, attentionDropout, feedForwardDropout },
    initial: initialOf(config),
    position: rotary ? new PositionalEncoding({ kind: "rotary", headDim, base: rotaryBase }) : undefined,
  };
}
