import type { GenerateOptions } from "./options";
import type { Processor } from "./processor";
import { topK, topP } from "./processors/filters";
import { temperature } from "./processors/temperature";

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

const rules: Readonly<Record<Rules | Finals, true>> = {
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
const filters: Readonly<Record<Filters, true>> = {
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

const common: readonly string[] = ["temperature", "topK", "topP"] satisfies Filters[];

/**
 * The processors of these options, in order. The common ones are here, so that a page loads the others when it asks for
 * them.
 *
 * @param minLength the smallest length at which a row may end, prompt included
 */
export function processorsOf(
  where: string,
  options: GenerateOptions,
  ends: ReadonlySet<number>,
  minLength: number,
): readonly Processor[] | Promise<readonly Processor[]> {
  const asked: Readonly<Record<string, unknown>> = { ...options, minLength: minLength || undefined };
  const isCommon =
    (options.beams ?? 1) === 1 &&
    Object.keys({ ...rules, ...filters }).every(
      (name) =>
        common.includes(name) ||
        (asked[name] ?? undefined) === undefined ||
        (name === "minNewTokens" && asked[name] === 0),
    );
  if (!isCommon) return import("./pipeline").then(({ rulesOf }) => rulesOf(where, options, ends, minLength));
  const { temperature: t, topK: k, topP: p } = options;
  if (!t) return [];
  return [
    ...(t === 1 ? [] : [temperature(t)]),
    ...(k === undefined ? [] : [topK(k)]),
    ...((p ?? 1) === 1 ? [] : [topP(p!)]),
  ];
}

/** @throws RangeError for a token that is forced and suppressed */
export function expectForcible(where: string, options: GenerateOptions): void {
  for (const name of ["forcedStartToken", "forcedEndToken"] as const) {
    const forced = [options[name] ?? []].flat();
    if (forced.length === 0 || forced.some((id) => !options.suppressTokens?.includes(id))) continue;
    throw new RangeError(
      `${where}: ${name} ${forced.join(", ")} is also in suppressTokens, which leaves no token; remove it from one of them`,
    );
  }
}
