import { type Activation, Embedding, type Normalization, PositionalEncoding } from "../blocks";
import { expectNumber, expectOneOf, expectRate, expectSize } from "../blocks/checks";
import { type Initial, initials } from "../tensor";

/** The sizes every model has. */
export interface ModelConfig {
  vocabSize: number;
  /** The most tokens a text may have. */
  contextLength: number;
  dModel: number;
  heads: number;
  layers: number;
  /** 4 · dModel unless given. */
  dFeedForward?: number | undefined;
  keyValueHeads?: number | undefined;
  headDim?: number | undefined;
  activation?: Activation | undefined;
  gated?: boolean | undefined;
  bias?: boolean | undefined;
  /** A bias in feed-forward layers; as `bias` unless given. */
  feedForwardBias?: boolean | undefined;
  norm?: "pre" | "post" | undefined;
  normalization?: Normalization | undefined;
  epsilon?: number | undefined;
  /** The share that is zeroed in training, of embeddings, sublayers' outputs and attention weights. */
  dropout?: number | undefined;
  /** Of embeddings alone; as `dropout` unless given. */
  embeddingDropout?: number | undefined;
  /** Of attention weights alone; as `dropout` unless given. */
  attentionDropout?: number | undefined;
  /** Of the inner numbers of feed-forward layers; 0 unless given. */
  feedForwardDropout?: number | undefined;
  position?: "learned" | "rotary" | "sinusoidal" | "sinusoidalHalves" | undefined;
  /** The base of rotary frequencies; 10000 unless given. */
  rotaryBase?: number | undefined;
  /** What token vectors are multiplied by; 1 unless given. */
  embeddingScale?: number | undefined;
  /** The standard deviation of the first weights; 0.02 unless given. */
  initialDeviation?: number | undefined;
  /** The tokens that end a text. */
  endTokens?: readonly number[] | undefined;
  /** The token that fills up short rows. */
  padToken?: number | undefined;
}

const sizes = ["vocabSize", "contextLength", "dModel", "heads", "layers"] as const;
const optionalSizes = ["dFeedForward", "keyValueHeads", "headDim"] as const;
const optionalNumbers = ["epsilon", "rotaryBase", "embeddingScale", "initialDeviation"] as const;
const positions = ["learned", "rotary", "sinusoidal", "sinusoidalHalves"];

/** @throws TypeError or RangeError that names the field */
export function checkConfig(factory: string, config: ModelConfig): void {
  if (typeof config !== "object" || config === null) throw new TypeError(`${factory}: the config must be an object`);
  for (const size of sizes) expectSize(factory, size, config[size]);
  for (const size of optionalSizes) if (config[size] !== undefined) expectSize(factory, size, config[size]);
  for (const name of optionalNumbers) if (config[name] !== undefined) expectNumber(factory, name, config[name]);
  for (const rate of ["dropout", "embeddingDropout", "attentionDropout", "feedForwardDropout"] as const)
    expectRate(factory, config[rate] ?? 0);
  expectOneOf(factory, "position", config.position ?? "learned", positions);
}

/** The share of embeddings that is zeroed in training. */
export const embeddingDropoutOf = ({ dropout = 0, embeddingDropout = dropout }: ModelConfig): number =>
  embeddingDropout;

export const initialOf = (config: ModelConfig): Initial => initials.normal(config.initialDeviation ?? 0.02);

export function embeddingOf(config: ModelConfig): Embedding {
  const { vocabSize, dModel, embeddingScale: scale } = config;
  return new Embedding({ vocabSize, dModel, scale, initial: initialOf(config) });
}

/** The encoding that is added to token vectors; rotary positions belong to attention. */
export function addedPositionOf(config: ModelConfig): PositionalEncoding | undefined {
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

/** What every block of a model is made of. */
export function blockConfigOf(config: ModelConfig) {
  const { headDim = config.dModel / config.heads, rotaryBase } = config;
  const rotary = config.position === "rotary";
  return {
    ...config,
    initial: initialOf(config),
    position: rotary ? new PositionalEncoding({ kind: "rotary", headDim, base: rotaryBase }) : undefined,
  };
}
