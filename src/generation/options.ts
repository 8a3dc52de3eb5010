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

/** A token that a row has been given. */
export interface NewToken {
  row: number;
  id: number;
}

/**
 * How `generate` goes about it. Every field is optional; one that is not listed here is refused by name. What
 * generation_config.json says is what an option is unless given.
 *
 * A model samples where it is given a temperature above 0, or, without a temperature, an option that only sampling has:
 * `topK`, `topP`, `minP`, `typicalP`, `epsilonCutoff`, `etaCutoff` or `seed`. Else it takes the best token every time.
 */
export interface GenerateOptions {
  /** The most tokens a row is given; 20 unless given, or as many as the context has room for. */
  maxNewTokens?: number | undefined;
  /**
   * No row ends before so many new tokens; 0 unless given. More than `maxNewTokens` is an error; what
   * generation_config.json says gives way to a `maxNewTokens` that is given.
   */
  minNewTokens?: number | undefined;
  /** What scores are divided by before sampling; 0 takes the best token every time; 1 where another option samples. */
  temperature?: number | undefined;
  /**
   * Sample from the k best tokens, and those that tie with the last of them; all unless given, but 50 where
   * generation_config.json has `do_sample` without `top_k`, as in transformers: `without: ["top_k"]` takes all there.
   */
  topK?: number | undefined;
  /** Sample from the smallest set of best tokens with at least this share of the probability, in (0, 1]. */
  topP?: number | undefined;
  /** Sample from the tokens at least so many times as probable as the best one, in (0, 1]. */
  minP?: number | undefined;
  /** Sample from the tokens whose surprise is nearest to the entropy, up to this share of the probability, in (0, 1]. */
  typicalP?: number | undefined;
  /** Sample from the tokens of at least this probability, in (0, 1). */
  epsilonCutoff?: number | undefined;
  /** Sample from the tokens of at least this probability, or a lower one where many are probable, in (0, 1). */
  etaCutoff?: number | undefined;
  /** Divides positive scores of tokens that the row has already, and multiplies negative ones; 1 changes nothing. */
  repetitionPenalty?: number | undefined;
  /** No run of so many tokens comes twice in a row; 0 allows all. */
  noRepeatNgram?: number | undefined;
  /** Rows of tokens that never come. */
  badWords?: readonly (readonly number[])[] | undefined;
  /** Tokens that never come. */
  suppressTokens?: readonly number[] | undefined;
  /** Tokens that do not come first. */
  beginSuppressTokens?: readonly number[] | undefined;
  /** The token that follows the first one of a row, as a language does in a translation. */
  forcedStartToken?: number | undefined;
  /** The last token that a row has room for. */
  forcedEndToken?: number | undefined;
  /** The tokens that end a row, kept as its last; the model's own unless given, none if empty. */
  endTokens?: readonly number[] | undefined;
  /** 1 for the tokens of `ids` and 0 for padding, [batch][seq]. A decoder's prompts are padded on the left. */
  mask?: readonly (readonly number[])[] | undefined;
  /** Where random numbers start, 0 unless given. Each row draws its own: what it becomes does not depend on the others. */
  seed?: number | undefined;
  /** Stops the work: rejects with the signal's reason before the next token. */
  signal?: Signal | undefined;
  /** Called with each token as it comes. */
  onToken?: ((token: NewToken) => void) | undefined;
  /**
   * Keep keys and values of earlier tokens instead of computing them at every step. Unless given, wherever each module of
   * the model declares that it can, `Module.caching`; true refuses a model that cannot, by the module at fault.
   */
  cache?: boolean | undefined;
  /** Also give the scores that each new token was taken from; false unless given. */
  outputScores?: boolean | undefined;
  /** Fields of the model's generation_config.json to go on without, by their names there: `["num_beams"]`. */
  without?: readonly string[] | undefined;
}

/** Options that this library will have. */
const unavailable = new Set([
  ...["frequencyPenalty", "presencePenalty", "beams", "lengthPenalty", "earlyStopping", "constraint"],
]);

const token = wholeIn({ least: 0 });
const share = numberIn({ above: 0, most: 1 });
const cutoff = numberIn({ above: 0, below: 1 });
const tokens = arrayOf(token, "an array of token ids");

/** One check for each option, so that none can be added unchecked. */
const checks: Checks<GenerateOptions> = /* @__PURE__ */ knownAs(
  {
    options: [
      "maxNewTokens maxTokens maxLength numPredict nPredict maxNewToken",
      "endTokens eosTokenId eosToken eosTokens stopTokens endToken",
      "padToken padTokenId paddingIdx padId",
      "startToken decoderStartTokenId bosTokenId",
      "stop stopStrings stopSequences",
      "beams numBeams beamSize beamWidth",
      "sequences numReturnSequences n",
      "noRepeatNgram noRepeatNgramSize",
      "badWords badWordsIds",
      "outputScores returnScores",
      "onToken callback streamer callbackFunction",
      "forcedStartToken forcedBosTokenId forcedBos",
      "forcedEndToken forcedEosTokenId forcedEos",
      "minNewTokens minLength minTokens minNewToken",
      "repetitionPenalty repeatPenalty penalty",
      "temperature temp",
      "topP nucleus p",
      "topK k",
    ],
    advice: [
      [
        "temperature",
        "doSample sample sampling",
        "a temperature above 0 or a seed samples, temperature: 0 takes the best token",
      ],
      [
        "temperature",
        "beams numBeams beamSize beamWidth numBeamGroups lengthPenalty earlyStopping",
        "there is no beam search",
      ],
      ["temperature", "stop stopStrings stopSequences", "complete and stream take stop"],
      ["temperature", "returnDictInGenerate returnFullText", "what is given is the same always"],
    ],
  },
  {
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
    without: arrayOf(expectString, "an array of names of fields"),
  },
);

/** Those that are tokens. */
const ofTokens = [
  ...(["badWords", "suppressTokens", "beginSuppressTokens", "forcedStartToken", "forcedEndToken"] as const),
  "endTokens" as const,
];

/** Those that only sampling has. */
export const ofSampling = ["topK", "topP", "minP", "typicalP", "epsilonCutoff", "etaCutoff"] as const;

/**
 * Checks every option.
 *
 * @param more options that a task has beside those of `generate`
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
    throw new RangeError(`${where}: ${idle} has no effect at temperature 0; leave it out, or sample at a higher one`);
}

/** @throws RangeError for scores that are asked for where only tokens or a text are given */
export function refuseScores(where: string, options: GenerateOptions): void {
  if (options.outputScores)
    throw new RangeError(`${where}: outputScores has no effect, as no scores are given; generate gives them`);
}

/** @throws TypeError for an option that this library will have; without a value it counts as absent */
function withoutUnavailable(where: string, options: unknown): unknown {
  if (typeof options !== "object" || options === null) return options;
  const present = Object.keys(options).filter((name) => unavailable.has(name));
  const given = present.find((name) => Reflect.get(options, name) !== undefined);
  if (given !== undefined) throw new TypeError(`${where}: ${given} is not available`);
  if (present.length === 0) return options;
  return Object.fromEntries(Object.entries(options).filter(([name]) => !unavailable.has(name)));
}

/** @throws RangeError for a token that is not in the vocabulary, which no row could have */
export function checkTokens(where: string, options: GenerateOptions, vocabSize: number): void {
  for (const name of ofTokens)
    for (const id of [options[name] ?? []].flat(2))
      if (id >= vocabSize)
        throw new RangeError(`${where}: ${name} has the token ${id}, outside a vocabulary of ${vocabSize}`);
}
