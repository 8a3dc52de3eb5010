import { constrained } from "./constraint";
import type { GenerateOptions } from "./options";
import type { Filters, Finals, Rules } from "./processing-options";
import type { Processor } from "./processor";
import * as make from "./processors";
import { custom } from "./processors/custom";

/** What processors have to know besides their own option. */
interface Facts {
  /** The function that the caller used, for messages. */
  readonly where: string;
  readonly options: GenerateOptions;
  readonly endTokens: readonly number[];
  /** The smallest number of tokens that a filter leaves. */
  readonly keep: number;
}

type Given<Name extends keyof GenerateOptions> = NonNullable<GenerateOptions[Name]>;
type Table<Names extends keyof GenerateOptions> = {
  readonly [Name in Names]: (value: Given<Name>, facts: Facts) => Processor | readonly Processor[];
};

/** In the order in which they run, which is that of transformers where it has the option. */
export const rules: Table<Rules> = {
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
  constraint: (constraint, { where, endTokens }) => constrained(where, constraint, endTokens),
  forcedStartToken: make.forcedStartToken,
  // A constraint on the text says itself where it ends.
  forcedEndToken: (token, { options }) => (typeof options.constraint === "object" ? [] : make.forcedEndToken(token)),
  exponentialDecay: (decay, { endTokens }) => make.exponentialDecay({ ...decay, endTokens }),
  suppressTokens: make.suppressTokens,
  beginSuppressTokens: (tokens, { options }) =>
    make.beginSuppressTokens(tokens, { afterForced: options.forcedStartToken !== undefined }),
  processors: (processors, { where }) => processors.map((processor, place) => custom(where, processor, place)),
};

/** They run only when sampling. */
export const filters: Table<Filters> = {
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

export const finals: Table<Finals> = {
  watermark: make.watermark,
  renormalize: (asked) => (asked ? make.renormalize() : []),
};

/**
 * The processors of these options, in order. Filters run if the temperature is above 0.
 *
 * @param minLength the smallest length at which a row may end, prompt included
 */
export function rulesOf(
  where: string,
  options: GenerateOptions,
  ends: ReadonlySet<number>,
  minLength: number,
): readonly Processor[] {
  const endTokens = [...ends];
  // Beams must be able to go on where the best tokens are those that end.
  const keep = (options.beams ?? 1) > 1 ? Math.max(endTokens.length, 1) + 1 : 1;
  const facts = { where, options: { ...options, minLength }, endTokens, keep };
  return [...made(rules, facts), ...(options.temperature ? made(filters, facts) : []), ...made(finals, facts)];
}

function made<Names extends keyof GenerateOptions>(table: Table<Names>, facts: Facts): readonly Processor[] {
  return (Object.keys(table) as Names[]).flatMap((name) => {
    const value = facts.options[name];
    return value === undefined || value === null ? [] : table[name](value as Given<Names>, facts);
  });
}
