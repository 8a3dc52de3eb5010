import type { DecoderConfig, EncoderConfig, EncoderDecoderConfig } from "../models";
import type { FlatConfig } from "../models/internal";

export { activationName, activations } from "./activations";

type AnyConfig = DecoderConfig & EncoderConfig & EncoderDecoderConfig;

/** The optional settings that have a default. */
type Defaults = { [Name in keyof AnyConfig as undefined extends AnyConfig[Name] ? Name : never]-?: unknown };

/** The defaults of a model's config; undefined if the default depends on other settings. */
const defaults = {
  norm: "post",
  normalization: "layerNorm",
  position: "learned",
  activation: "relu",
  gated: false,
  bias: true,
  tied: true,
  headBias: false,
  crossAttention: false,
  embeddingScale: 1,
  embeddingNorm: false,
  pooler: false,
  typeVocabSize: 0,
  rotaryBase: 10_000,
  initialDeviation: 0.02,
  dropout: 0,
  feedForwardDropout: 0,
  endTokens: [],
  dFeedForward: undefined,
  keyValueHeads: undefined,
  headDim: undefined,
  finalNorm: undefined,
  epsilon: undefined,
  feedForwardBias: undefined,
  embeddingDropout: undefined,
  attentionDropout: undefined,
  decoderLayers: undefined,
  decoderHeads: undefined,
  decoderDFeedForward: undefined,
  head: undefined,
  padToken: undefined,
  startToken: undefined,
} as const satisfies Defaults;

type Filled = Partial<AnyConfig> & { [Name in keyof Defaults]: AnyConfig[Name] } & Record<
    "dModel" | "heads" | "layers" | "dFeedForward" | "dropout",
    number
  >;

/**
 * A factory's config with all defaults filled in.
 *
 * @throws RangeError for the config of another factory
 */
export function settingsOf({ factory, config }: FlatConfig, wanted: FlatConfig["factory"]): Filled {
  if (factory !== wanted) throw new RangeError(`the model must be one that ${wanted} makes, not ${factory}`);
  const given: Partial<AnyConfig> = Object.fromEntries(
    Object.entries(config).filter(([, value]) => value !== undefined),
  );
  const { dModel, heads, layers } = config;
  const { norm = defaults.norm, bias = defaults.bias, dropout = defaults.dropout } = given;
  const { dFeedForward = 4 * dModel } = given;
  return {
    ...given, // first, because differences are reported in this order
    ...defaults,
    keyValueHeads: heads,
    headDim: dModel / heads,
    finalNorm: norm === "pre",
    epsilon: given.normalization === "rmsNorm" ? 1e-6 : 1e-5,
    feedForwardBias: bias,
    embeddingDropout: dropout,
    attentionDropout: dropout,
    decoderLayers: layers,
    decoderHeads: heads,
    decoderDFeedForward: dFeedForward,
    ...given,
    ...{ dModel, heads, layers, dFeedForward, dropout },
  };
}

/**
 * Checks settings that are fixed in a family.
 *
 * @throws RangeError that names the first setting with another value
 */
export function allow(settings: object, allowed: Readonly<Record<string, unknown>>): void {
  const found = new Map(Object.entries(settings));
  for (const [name, wanted] of Object.entries(allowed))
    if (found.get(name) !== wanted)
      throw new RangeError(`${name} must be ${JSON.stringify(wanted)}, not ${JSON.stringify(found.get(name))}`);
}

/** One token as a number, several as a list, none as null. */
export const tokensField = (tokens: readonly number[] | undefined): number | readonly number[] | null =>
  tokens === undefined || tokens.length === 0 ? null : tokens.length === 1 ? tokens[0]! : tokens;
