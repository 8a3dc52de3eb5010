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
import { knownAs } from "../synonyms";
import { optionSynonyms } from "./option-synonyms";
import type {
  DryOptions,
  GenerateOptions,
  GuidanceOptions,
  MirostatOptions,
  WatermarkOptions,
  XtcOptions,
} from "./options";

/** Options that are not built yet. */
const unavailable: ReadonlySet<string> = new Set<keyof GenerateOptions>([
  ...(["topH", "topNSigma", "mirostat", "xtc", "dry", "watermark", "renormalize", "sequenceBias"] as const),
  ...(["encoderRepetitionPenalty", "frequencyPenalty", "presencePenalty", "exponentialDecay", "processors"] as const),
  ...(["beams", "beamGroups", "diversityPenalty", "lengthPenalty", "earlyStopping"] as const),
  ...(["penaltyAlpha", "draft", "promptLookup", "constraint"] as const),
]);

const token = wholeIn({ least: 0 });
const share = numberIn({ above: 0, most: 1 });
const cutoff = numberIn({ above: 0, below: 1 });
const tokens = arrayOf(token, "an array of token ids");
const positive = numberIn({ above: 0 });
const least0 = wholeIn({ least: 0 });
const least1 = wholeIn({ least: 1 });
const rows: Check = (where, name, value) => {
  arrayOf(tokens, "rows of token ids")(where, name, value);
  const empty = (value as readonly (readonly number[])[]).findIndex((word) => word.length === 0);
  if (empty >= 0) throw new RangeError(`${where}: ${name}[${empty}] has no tokens`);
};
/** One list of tokens, or one for each row. */
const prompts: Check = (where, name, value) =>
  (Array.isArray(value) && Array.isArray(value[0]) ? rows : tokens)(where, name, value);

/** A check for an option that has options of its own. */
const nested =
  <Options extends object>(inner: Checks<Options>, required: readonly (keyof Options & string)[] = []): Check =>
  (where, name, value) =>
    checkOptions(`${where}: ${name}`, value, inner, required);

/** One check per option, so that none can be added unchecked. */
const checks: Checks<GenerateOptions> = /* @__PURE__ */ knownAs(optionSynonyms, {
  maxLength: least1,
  minLength: least0,
  maxNewTokens: least0,
  minNewTokens: least0,
  temperature: numberIn({ least: 0 }),
  topK: least1,
  topP: share,
  minP: share,
  typicalP: share,
  epsilonCutoff: cutoff,
  etaCutoff: cutoff,
  topH: share,
  topNSigma: positive,
  mirostat: nested<MirostatOptions>({ tau: positive, eta: positive }),
  xtc: nested<XtcOptions>({ threshold: cutoff, probability: share }, ["threshold", "probability"]),
  repetitionPenalty: positive,
  encoderRepetitionPenalty: positive,
  frequencyPenalty: numberIn(),
  presencePenalty: numberIn(),
  dry: nested<DryOptions>(
    {
      multiplier: numberIn({ least: 0 }),
      base: numberIn({ least: 1 }),
      allowedLength: least0,
      range: least1,
      breakers: tokens,
    },
    ["multiplier"],
  ),
  noRepeatNgram: least0,
  encoderNoRepeatNgram: least0,
  badWords: rows,
  sequenceBias: arrayOf((where, name, value) => {
    if (!Array.isArray(value) || value.length !== 2) throw wrongKind(where, name, "[tokens, bias]", value);
    rows(where, name, [value[0]]);
    numberIn()(where, `${name}[1]`, value[1]);
  }, "an array of [tokens, bias]"),
  suppressTokens: tokens,
  beginSuppressTokens: tokens,
  forcedStartToken: token,
  forcedEndToken: token,
  exponentialDecay: nested({ start: least0, factor: positive }, ["start", "factor"]),
  renormalize: expectBoolean,
  guidance: nested<GuidanceOptions>({ scale: numberIn(), negativePrompt: prompts }, ["scale"]),
  watermark: nested<WatermarkOptions>({
    greenShare: cutoff,
    bias: positive,
    key: least0,
    seeding: oneOf(["left", "self"]),
    width: least1,
  }),
  processors: arrayOf(expectFunction, "an array of functions"),
  constraint: expectFunction,
  beams: least1,
  beamGroups: least1,
  diversityPenalty: numberIn({ least: 0 }),
  lengthPenalty: numberIn(),
  earlyStopping: oneOf([true, false, "never"]),
  sequences: least1,
  penaltyAlpha: share,
  draft: nested({ model: unchecked, tokens: least1 }, ["model", "tokens"]),
  promptLookup: nested<NonNullable<GenerateOptions["promptLookup"]>>({ tokens: least1, maxNgram: least1 }, ["tokens"]),
  decoderPrompt: prompts,
  endTokens: tokens,
  mask: (where, name, value) => {
    if (!Array.isArray(value)) throw wrongKind(where, name, "[batch][seq] of 1 and 0", value);
  },
  seed: least0,
  signal: expectSignal,
  onToken: expectFunction,
  cache: expectBoolean,
  outputScores: expectBoolean,
  outputLogits: expectBoolean,
  alternatives: least1,
  without: arrayOf(expectString, "an array of field names"),
});

const available = /* @__PURE__ */ Object.fromEntries(Object.entries(checks).filter(([name]) => !unavailable.has(name)));

/** Options that are tokens. */
const ofTokens = [
  ...(["badWords", "suppressTokens", "beginSuppressTokens", "forcedStartToken", "forcedEndToken"] as const),
  "endTokens" as const,
];

/** Options that only sampling has. */
export const ofSampling = [
  "topK",
  "topP",
  "minP",
  "typicalP",
  "epsilonCutoff",
  "etaCutoff",
  "topH",
  "topNSigma",
  "mirostat",
  "xtc",
] as const;

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
  checkOptions<object>(where, withoutUnavailable(where, options), { ...available, ...more });
  const [idle] = options.temperature === 0 ? ofSampling.filter((name) => options[name] !== undefined) : [];
  if (idle !== undefined)
    throw new RangeError(`${where}: ${idle} has no effect at temperature 0; omit it, or use a higher temperature`);
}

/** @throws RangeError if scores are requested from a function that does not return them */
export function refuseScores(where: string, options: GenerateOptions): void {
  const given = (["outputScores", "outputLogits"] as const).find((name) => options[name]);
  if (given !== undefined)
    throw new RangeError(`${where}: ${given} has no effect, because no scores are returned; use generate`);
}

/** @throws TypeError for a planned option, unless it is undefined */
function withoutUnavailable(where: string, options: unknown): unknown {
  if (typeof options !== "object" || options === null) return options;
  const present = Object.keys(options).filter((name) => unavailable.has(name));
  const given = present.find((name) => Reflect.get(options, name) !== undefined);
  if (given !== undefined) throw new TypeError(`${where}: ${given} is not available`);
  if (present.length === 0) return options;
  return Object.fromEntries(Object.entries(options).filter(([name]) => !unavailable.has(name)));
}

/** @throws RangeError for a token outside the vocabulary */
export function checkTokens(where: string, options: GenerateOptions, vocabSize: number): void {
  for (const name of ofTokens)
    for (const id of [options[name] ?? []].flat(2))
      if (id >= vocabSize)
        throw new RangeError(`${where}: ${name} has token ${id}, which is outside the vocabulary of ${vocabSize}`);
}
