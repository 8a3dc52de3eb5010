import {
  arrayOf,
  type Checks,
  checkOptions,
  expectBoolean,
  expectFunction,
  expectSignal,
  expectString,
  numberIn,
  wholeIn,
  wrongKind,
} from "../checks";
import type { Signal } from "../platform";
import { knownAs } from "../synonyms";
import { optionSynonyms } from "./option-synonyms";

/** A token that was added to a row. */
export interface NewToken {
  row: number;
  id: number;
}

/**
 * The options of `generate`. Every field is optional; unknown ones are refused. Omitted options come from the model's
 * generation_config.json.
 *
 * Sampling is used with a temperature above 0 or, if the temperature is omitted, with an option that only sampling has:
 * `topK`, `topP`, `minP`, `typicalP`, `epsilonCutoff`, `etaCutoff` or `seed`. Otherwise the best token is taken every
 * time.
 */
export interface GenerateOptions {
  /** The largest number of new tokens in a row; 20 if omitted, or fewer if the context is too short. */
  maxNewTokens?: number | undefined;
  /**
   * The smallest number of new tokens in a row; 0 if omitted. More than `maxNewTokens` is an error, but a value from
   * generation_config.json is ignored if `maxNewTokens` is given.
   */
  minNewTokens?: number | undefined;
  /** Divides scores before sampling; 0 takes the best token every time; 1 if omitted when sampling. */
  temperature?: number | undefined;
  /**
   * Sample from the k best tokens and those that tie with the last of them. If omitted, all; but 50 if
   * generation_config.json has `do_sample` without `top_k`, as in transformers (`without: ["top_k"]` gives all).
   */
  topK?: number | undefined;
  /** Sample from the smallest set of best tokens with at least this share of the probability, in (0, 1]. */
  topP?: number | undefined;
  /** Sample from the tokens at least this many times as probable as the best one, in (0, 1]. */
  minP?: number | undefined;
  /**
   * Sample from the tokens whose surprise is closest to the entropy, up to this share of the probability, in (0, 1].
   */
  typicalP?: number | undefined;
  /** Sample from the tokens of at least this probability, in (0, 1). */
  epsilonCutoff?: number | undefined;
  /** Sample from the tokens of at least this probability, or a lower one if many are probable, in (0, 1). */
  etaCutoff?: number | undefined;
  /** Divides positive scores of tokens already in the row, and multiplies negative ones; 1 changes nothing. */
  repetitionPenalty?: number | undefined;
  /** No sequence of this many tokens is repeated within a row; 0 allows all. */
  noRepeatNgram?: number | undefined;
  /** No sequence of this many tokens of the source (of the prompt, for a decoder) is repeated. */
  encoderNoRepeatNgram?: number | undefined;
  /** Sequences of tokens that are never generated. */
  badWords?: readonly (readonly number[])[] | undefined;
  /** Tokens that are never generated. */
  suppressTokens?: readonly number[] | undefined;
  /** Tokens that are not generated first. */
  beginSuppressTokens?: readonly number[] | undefined;
  /** The second token of a row, such as the language of a translation. */
  forcedStartToken?: number | undefined;
  /** The token to end a row with when its length limit is reached. */
  forcedEndToken?: number | undefined;
  /** The tokens that end a row, included in it; the model's own if omitted, none if empty. */
  endTokens?: readonly number[] | undefined;
  /** 1 for the tokens of `ids` and 0 for padding, [batch][seq]. A decoder's prompts are padded on the left. */
  mask?: readonly (readonly number[])[] | undefined;
  /** The seed of random numbers; 0 if omitted. Each row draws its own, so its result does not depend on the others. */
  seed?: number | undefined;
  /** Stops generation: rejects with the signal's reason before the next token. */
  signal?: Signal | undefined;
  /** Called with each new token. */
  onToken?: ((token: NewToken) => void) | undefined;
  /**
   * Keep keys and values of earlier tokens instead of computing them at every step. If omitted, true if each module of
   * the model supports it (see `Module.caching`); true refuses a model that does not, naming the module.
   */
  cache?: boolean | undefined;
  /** Also return the scores that each new token was chosen from; false if omitted. */
  outputScores?: boolean | undefined;
  /** Fields of the model's generation_config.json to ignore: `["num_beams"]`. */
  without?: readonly string[] | undefined;
}

/** Options that are planned. */
const unavailable = new Set([
  ...["frequencyPenalty", "presencePenalty", "beams", "lengthPenalty", "earlyStopping", "constraint"],
]);

const token = wholeIn({ least: 0 });
const share = numberIn({ above: 0, most: 1 });
const cutoff = numberIn({ above: 0, below: 1 });
const tokens = arrayOf(token, "an array of token ids");

/** One check per option, so that none can be added unchecked. */
const checks: Checks<GenerateOptions> = /* @__PURE__ */ knownAs(optionSynonyms, {
  maxNewTokens: wholeIn({ least: 0 }),
  minNewTokens: wholeIn({ least: 0 }),
  temperature: numberIn({ least: 0 }),
  topK: wholeIn({ least: 1 }),
  topP: share,
  minP: share,
  typicalP: share,
  epsilonCutoff: cutoff,
  etaCutoff: cutoff,
  repetitionPenalty: numberIn({ above: 0 }),
  noRepeatNgram: wholeIn({ least: 0 }),
  encoderNoRepeatNgram: wholeIn({ least: 0 }),
  badWords: (where, name, value) => {
    arrayOf(tokens, "rows of token ids")(where, name, value);
    const empty = (value as readonly (readonly number[])[]).findIndex((word) => word.length === 0);
    if (empty >= 0) throw new RangeError(`${where}: ${name}[${empty}] has no tokens`);
  },
  suppressTokens: tokens,
  beginSuppressTokens: tokens,
  forcedStartToken: token,
  forcedEndToken: token,
  endTokens: tokens,
  mask: (where, name, value) => {
    if (!Array.isArray(value)) throw wrongKind(where, name, "[batch][seq] of 1 and 0", value);
  },
  seed: wholeIn({ least: 0 }),
  signal: expectSignal,
  onToken: expectFunction,
  cache: expectBoolean,
  outputScores: expectBoolean,
  without: arrayOf(expectString, "an array of field names"),
});

/** Options that are tokens. */
const ofTokens = [
  ...(["badWords", "suppressTokens", "beginSuppressTokens", "forcedStartToken", "forcedEndToken"] as const),
  "endTokens" as const,
];

/** Options that only sampling has. */
export const ofSampling = ["topK", "topP", "minP", "typicalP", "epsilonCutoff", "etaCutoff"] as const;

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
  checkOptions<object>(where, withoutUnavailable(where, options), { ...checks, ...more });
  const [idle] = options.temperature === 0 ? ofSampling.filter((name) => options[name] !== undefined) : [];
  if (idle !== undefined)
    throw new RangeError(`${where}: ${idle} has no effect at temperature 0; omit it, or use a higher temperature`);
}

/** @throws RangeError if scores are requested from a function that does not return them */
export function refuseScores(where: string, options: GenerateOptions): void {
  if (options.outputScores)
    throw new RangeError(`${where}: outputScores has no effect, because no scores are returned; use generate`);
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
