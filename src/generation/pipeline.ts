import { constrained } from "./constraint";
import type { GenerateOptions } from "./options";
import type { Processor } from "./processor";
import * as make from "./processors";
import { custom } from "./processors/custom";

/** What processors have to know besides their own option. */
interface Facts {
  readonly options: GenerateOptions;
  readonly endTokens: readonly number[];
  /** The smallest number of tokens that a filter leaves. */
  readonly keep: number;
}

type Given<Name extends keyof GenerateOptions> = NonNullable<GenerateOptions[Name]>;
type Table<Names extends keyof GenerateOptions> = {
  readonly [Name in Names]: (value: Given<Name>, facts: Facts) => Processor | readonly Processor[];
};

type Lengths = "maxLength" | "maxNewTokens" | "maxTime" | "decoderPrompt" | "endTokens" | "mask";
type Strategies = "beams" | "beamGroups" | "diversityPenalty" | "lengthPenalty" | "earlyStopping" | "sequences";
type MoreStrategies = "penaltyAlpha" | "draft" | "promptLookup" | "guidance" | "seed" | "signal" | "cache" | "without";
type Outputs = "onToken" | "outputScores" | "outputLogits" | "alternatives";
type Filters =
  | ("temperature" | "topNSigma" | "topH" | "topK" | "topP" | "minP" | "typicalP" | "epsilonCutoff" | "etaCutoff")
  | ("xtc" | "mirostat");
type Finals = "watermark" | "renormalize";
/** All others are rules: a new option does not compile until it is listed above or has its processor in the table. */
type Rules = Exclude<keyof GenerateOptions, Lengths | Strategies | MoreStrategies | Outputs | Filters | Finals>;

/** In the order in which they run, which is that of transformers where it has the option. */
const rules: Table<Rules> = {
  sequenceBias: make.sequenceBias,
  encoderRepetitionPenalty: make.encoderRepetitionPenalty,
  repetitionPenalty: make.repetitionPenalty,
  frequencyPenalty: make.frequencyPenalty,
  presencePenalty: make.presencePenalty,
  dry: make.dry,
  noRepeatNgram: make.noRepeatNgram,
  encoderNoRepeatNgram: make.encoderNoRepeatNgram,
  badWords: (words, { endTokens }) => make.badWords(words, { endTokens }),
  minLength: (length, { endTokens }) => make.minLength(length, { endTokens }),
  minNewTokens: (least, { endTokens }) => make.minNewTokens(least, { endTokens }),
  constraint: (constraint, { endTokens }) => constrained(constraint, endTokens),
  forcedStartToken: make.forcedStartToken,
  // A constraint on the text says itself where it ends.
  forcedEndToken: (token, { options }) => (typeof options.constraint === "object" ? [] : make.forcedEndToken(token)),
  exponentialDecay: (decay, { endTokens }) => make.exponentialDecay({ ...decay, endTokens }),
  suppressTokens: make.suppressTokens,
  beginSuppressTokens: (tokens, { options }) =>
    make.beginSuppressTokens(tokens, { afterForced: options.forcedStartToken !== undefined }),
  processors: (processors) => processors.map(custom),
};

/** They run only when sampling. */
const filters: Table<Filters> = {
  // Beams need more tokens than the best one, which is all that a lower temperature leaves.
  temperature: (t, { keep }) => (t === 1 ? [] : make.temperature(keep > 1 ? Math.max(t, 1e-30) : t)),
  topNSigma: (n, { keep }) => make.topNSigma(n, { keep }),
  topH: make.topH,
  topK: (k, { keep }) => make.topK(k, { keep }),
  topP: (p, { keep }) => (p === 1 ? [] : make.topP(p, { keep })),
  minP: (p, { keep }) => make.minP(p, { keep }),
  typicalP: (mass, { keep }) => (mass === 1 ? [] : make.typicalP(mass, { keep })),
  epsilonCutoff: (epsilon, { keep }) => make.epsilonCutoff(epsilon, { keep }),
  etaCutoff: (epsilon, { keep }) => make.etaCutoff(epsilon, { keep }),
  xtc: (options, { keep }) => make.xtc({ ...options, keep }),
  mirostat: make.mirostat,
};

const finals: Table<Finals> = {
  watermark: make.watermark,
  renormalize: (asked) => (asked ? make.renormalize() : []),
};

/** The options that only sampling has: filters, except that temperature 0 asks for the best token. */
export const ofSampling = Object.keys(filters).filter((name) => name !== "temperature") as readonly Exclude<
  Filters,
  "temperature"
>[];

/**
 * The processors of these options, in order. Filters run if the temperature is above 0.
 *
 * @param minLength the smallest length at which a row may end, prompt included
 * @throws RangeError for a token that is forced and suppressed
 */
export function rulesOf(options: GenerateOptions, ends: ReadonlySet<number>, minLength: number): readonly Processor[] {
  expectForcible(options);
  const endTokens = [...ends];
  // Beams must be able to go on where the best tokens are those that end.
  const keep = (options.beams ?? 1) > 1 ? Math.max(endTokens.length, 1) + 1 : 1;
  const facts = { options: { ...options, minLength }, endTokens, keep };
  return [...made(rules, facts), ...(options.temperature ? made(filters, facts) : []), ...made(finals, facts)];
}

function expectForcible(options: GenerateOptions): void {
  for (const name of ["forcedStartToken", "forcedEndToken"] as const) {
    const forced = [options[name] ?? []].flat();
    if (forced.length === 0 || forced.some((id) => !options.suppressTokens?.includes(id))) continue;
    throw new RangeError(
      `generate: ${name} ${forced.join(", ")} is also in suppressTokens, which leaves no token; remove it from one of them`,
    );
  }
}

function made<Names extends keyof GenerateOptions>(table: Table<Names>, facts: Facts): readonly Processor[] {
  return (Object.keys(table) as Names[]).flatMap((name) => {
    const value = facts.options[name];
    return value === undefined || value === null ? [] : table[name](value as Given<Names>, facts);
  });
}
