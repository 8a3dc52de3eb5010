import {
  arrayOf,
  type Check,
  type Checks,
  checkOptions,
  expectBoolean,
  expectFunction,
  expectSignal,
  expectString,
  numberIn,
  oneOf,
  unchecked,
  wholeIn,
  wrongKind,
} from "../checks";
import { isOfKind } from "../describe";
import { knownAs } from "../synonyms";
import { constraintCheck } from "./constraint";
import { optionSynonyms } from "./option-synonyms";
import type { GenerateOptions, GuidanceOptions } from "./options";
import { doorOf } from "./prefix-door";
import { ofSampling } from "./processing-options";
import {
  anyNumber,
  atLeastOne,
  biases,
  count,
  cutoff,
  decayChecks,
  dryChecks,
  mirostatChecks,
  positive,
  share,
  token,
  tokenOrTokens,
  tokens,
  watermarkChecks,
  words,
  xtcChecks,
} from "./processors/checks";

export { ofSampling } from "./processing-options";

/** One list of tokens, or one for each row. */
const prompts: Check = (where, name, value) =>
  (Array.isArray(value) && Array.isArray(value[0]) ? words : tokens)(where, name, value);

/** A check for an option that has options of its own. */
const nested =
  <Options extends object>(inner: Checks<Options>, required: readonly (keyof Options & string)[] = []): Check =>
  (where, name, value) =>
    checkOptions(`${where}: ${name}`, value, inner, required);

/** One check per option, so that none can be added unchecked. */
const checks: Checks<GenerateOptions> = /* @__PURE__ */ knownAs(optionSynonyms, {
  maxLength: atLeastOne,
  minLength: count,
  maxNewTokens: count,
  minNewTokens: count,
  maxTime: numberIn({ least: 0 }),
  temperature: numberIn({ least: 0 }),
  topK: atLeastOne,
  topP: share,
  minP: share,
  typicalP: share,
  epsilonCutoff: cutoff,
  etaCutoff: cutoff,
  topH: share,
  topNSigma: positive,
  mirostat: nested(mirostatChecks),
  xtc: nested(xtcChecks, ["threshold", "probability"]),
  repetitionPenalty: positive,
  encoderRepetitionPenalty: positive,
  frequencyPenalty: anyNumber,
  presencePenalty: anyNumber,
  dry: nested(dryChecks, ["multiplier"]),
  noRepeatNgram: count,
  encoderNoRepeatNgram: count,
  badWords: words,
  sequenceBias: biases,
  suppressTokens: tokens,
  beginSuppressTokens: tokens,
  forcedStartToken: token,
  forcedEndToken: tokenOrTokens,
  exponentialDecay: nested(decayChecks, ["start", "factor"]),
  renormalize: expectBoolean,
  guidance: nested<GuidanceOptions>({ scale: anyNumber, negativePrompt: prompts }, ["scale"]),
  watermark: nested(watermarkChecks),
  processors: arrayOf(expectFunction, "an array of functions"),
  constraint: constraintCheck,
  beams: wholeIn({ least: 1, most: 1000 }),
  beamGroups: wholeIn({ least: 1, most: 1000 }),
  diversityPenalty: numberIn({ least: 0 }),
  lengthPenalty: anyNumber,
  earlyStopping: oneOf([true, false, "never"]),
  sequences: wholeIn({ least: 1, most: 2 ** 20 }),
  penaltyAlpha: numberIn({ least: 0, most: 1 }),
  draft: nested({ model: unchecked, tokens: atLeastOne }, ["model", "tokens"]),
  promptLookup: nested<NonNullable<GenerateOptions["promptLookup"]>>({ tokens: atLeastOne, maxNgram: atLeastOne }, [
    "tokens",
  ]),
  decoderPrompt: prompts,
  endTokens: tokens,
  mask: (where, name, value) => {
    if (!Array.isArray(value)) throw wrongKind(where, name, "[batch][seq] of 1 and 0", value);
  },
  seed: count,
  signal: expectSignal,
  onToken: expectFunction,
  cache: (where, name, value) => {
    if (typeof value !== "boolean" && !isOfKind(value, "KeyValueCache") && doorOf(value) === undefined)
      throw wrongKind(where, name, "true or false, a PrefixCache or a KeyValueCache", value);
  },
  outputScores: expectBoolean,
  outputLogits: expectBoolean,
  alternatives: atLeastOne,
  without: arrayOf(expectString, "an array of field names"),
});

/** Options that are tokens, lists of them, or lists of lists. */
const ofTokens = [
  ...(["badWords", "suppressTokens", "beginSuppressTokens", "forcedStartToken", "forcedEndToken"] as const),
  "endTokens" as const,
];

/**
 * Checks every option.
 *
 * @param more a task's options besides those of `generate`
 * @throws TypeError for an option that is unknown or of the wrong kind; RangeError for a wrong value
 */
export function checkGenerateOptions<More extends object>(
  where: string,
  options: GenerateOptions & More,
  more?: Checks<More>,
): void {
  checkOptions<object>(where, options, { ...checks, ...more });
  // Contrastive search takes the best token, among the best k.
  const counts = (name: keyof GenerateOptions) => name === "topK" && options.penaltyAlpha !== undefined;
  const given = ofSampling.filter((name) => options[name] !== undefined && !counts(name));
  const [idle] = options.temperature === 0 ? given : [];
  if (idle !== undefined)
    throw new RangeError(`${where}: ${idle} has no effect at temperature 0; omit it, or use a higher temperature`);
}

/** @throws RangeError if scores are requested from a function that does not return them */
export function refuseScores(where: string, options: GenerateOptions): void {
  const given = (["outputScores", "outputLogits"] as const).find((name) => options[name]);
  if (given !== undefined)
    throw new RangeError(`${where}: ${given} has no effect, because no scores are returned; use generate`);
}

/** @throws RangeError for a token outside the vocabulary */
export function checkTokens(where: string, options: GenerateOptions, vocabSize: number): void {
  const inside = (name: string, ids: readonly number[]) => {
    const wrong = ids.find((id) => id >= vocabSize);
    if (wrong !== undefined)
      throw new RangeError(`${where}: ${name} has token ${wrong}, which is outside the vocabulary of ${vocabSize}`);
  };
  for (const name of ofTokens) inside(name, [options[name] ?? []].flat(2));
  for (const [at, [ids]] of (options.sequenceBias ?? []).entries()) inside(`sequenceBias[${at}]`, ids);
  inside("dry.breakers", options.dry?.breakers ?? []);
}
