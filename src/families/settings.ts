import type { Activation } from "../blocks";
import type { DecoderConfig, EncoderConfig, EncoderDecoderConfig } from "../models";

/** Their names of activations, each with ours. */
export const activations = {
  relu: "relu",
  gelu: "gelu",
  gelu_python: "gelu",
  gelu_new: "geluTanh",
  gelu_fast: "geluTanh",
  gelu_pytorch_tanh: "geluTanh",
  silu: "silu",
  swish: "silu",
} as const satisfies Record<string, Activation>;

type AnyConfig = DecoderConfig & Omit<EncoderConfig, "head"> & EncoderDecoderConfig & Pick<EncoderConfig, "head">;

/** What a model does where its config says nothing. */
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
  rotaryBase: 10_000,
  initialDeviation: 0.02,
  dropout: 0,
} as const satisfies Partial<AnyConfig>;

/** A model's config with all defaults filled in. */
export function settingsOf(config: DecoderConfig | EncoderConfig | EncoderDecoderConfig) {
  const given: Partial<AnyConfig> = Object.fromEntries(
    Object.entries(config).filter(([, value]) => value !== undefined),
  );
  const { dModel, heads } = config;
  const { norm = defaults.norm, normalization } = given;
  return {
    dFeedForward: 4 * dModel,
    keyValueHeads: heads,
    headDim: dModel / heads,
    finalNorm: norm === "pre",
    epsilon: normalization === "rmsNorm" ? 1e-6 : 1e-5,
    ...defaults,
    ...given,
    ...{ dModel, heads },
  };
}

/** @throws RangeError that names the first setting that is none of those allowed */
export function allow(settings: object, allowed: Readonly<Record<string, unknown>>): void {
  const found = new Map(Object.entries(settings));
  for (const [name, wanted] of Object.entries(allowed))
    if (found.get(name) !== wanted)
      throw new RangeError(`${name} must be ${JSON.stringify(wanted)}, not ${JSON.stringify(found.get(name))}`);
}

/** Their name of an activation. @throws RangeError for a function, which no config can hold */
export function activationName(activation: Activation | undefined): string {
  const name = Object.entries(activations).find(([, ours]) => ours === activation)?.[0];
  if (name === undefined) throw new RangeError("activation must be named, not a function");
  return name;
}

/** One token as a number, several as a list, none as null. */
export const tokensField = (tokens: readonly number[] | undefined): number | readonly number[] | null =>
  tokens === undefined || tokens.length === 0 ? null : tokens.length === 1 ? tokens[0]! : tokens;
