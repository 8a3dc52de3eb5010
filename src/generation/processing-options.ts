import type { GenerateOptions } from "./options";

type Lengths = "maxLength" | "maxNewTokens" | "maxTime" | "decoderPrompt" | "endTokens" | "mask";
type Strategies = "beams" | "beamGroups" | "diversityPenalty" | "lengthPenalty" | "earlyStopping" | "sequences";
type MoreStrategies = "penaltyAlpha" | "draft" | "promptLookup" | "guidance" | "seed" | "signal" | "cache" | "without";
type Outputs = "onToken" | "outputScores" | "outputLogits" | "alternatives";
export type Filters =
  | ("temperature" | "topNSigma" | "topH" | "topK" | "topP" | "minP" | "typicalP" | "epsilonCutoff" | "etaCutoff")
  | ("xtc" | "mirostat");
export type Finals = "watermark" | "renormalize";
/** All others are rules: a new option does not compile until it is listed above or has its processor in the table. */
export type Rules = Exclude<keyof GenerateOptions, Lengths | Strategies | MoreStrategies | Outputs | Filters | Finals>;

/** The options that are rules, and what comes last. */
export const rules: Readonly<Record<Rules | Finals, true>> = {
  sequenceBias: true,
  encoderRepetitionPenalty: true,
  repetitionPenalty: true,
  frequencyPenalty: true,
  presencePenalty: true,
  dry: true,
  noRepeatNgram: true,
  encoderNoRepeatNgram: true,
  badWords: true,
  minLength: true,
  minNewTokens: true,
  constraint: true,
  forcedStartToken: true,
  forcedEndToken: true,
  exponentialDecay: true,
  suppressTokens: true,
  beginSuppressTokens: true,
  processors: true,
  watermark: true,
  renormalize: true,
};
/** Those that run only when sampling. */
export const filters: Readonly<Record<Filters, true>> = {
  temperature: true,
  topNSigma: true,
  topH: true,
  topK: true,
  topP: true,
  minP: true,
  typicalP: true,
  epsilonCutoff: true,
  etaCutoff: true,
  xtc: true,
  mirostat: true,
};

/** The options that only sampling has: filters, except that temperature 0 asks for the best token. */
export const ofSampling = Object.keys(filters).filter((name) => name !== "temperature") as readonly Exclude<
  Filters,
  "temperature"
>[];
