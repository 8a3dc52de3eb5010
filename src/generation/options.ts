import type { KeyValueCache } from "../blocks";
import type { Signal } from "../platform";
import type { Ids } from "../tensor";
import type { Constraint } from "./constraint";
import type { GenerativeModel } from "./language-model";
import type { PrefixCache } from "./prefix-cache";
import type { Processor } from "./processor";

/** A token that might have been chosen. */
export interface Alternative {
  id: number;
  logProbability: number;
}

/**
 * Why a row ended: with an end token; at its limit (`maxNewTokens`, `maxLength` or 20); because the context is full;
 * because the constraint allows nothing more; or because `maxTime` was over.
 */
export type End = "endToken" | "length" | "context" | "constraint" | "time";

/** A token that was added to a row. */
export interface NewToken {
  row: number;
  id: number;
  /** Under the scores that it was chosen from, after all options: log softmax(scores). */
  logProbability: number;
  /** The most probable tokens, in order, with the option `alternatives`. */
  alternatives?: Alternative[] | undefined;
  /** Why the row ended, on its last token. */
  end?: End | undefined;
}

/** Mirostat 2. @see Basu et al. 2020 (arXiv 2007.14966), algorithm 2 */
export interface MirostatOptions {
  /** The target of the surprise −log₂ p, in bits; 5 if omitted. */
  readonly tau?: number | undefined;
  /** How fast the bound follows; 0.1 if omitted. */
  readonly eta?: number | undefined;
}

/** XTC, "exclude top choices". */
export interface XtcOptions {
  /** Tokens of at least this probability count as top choices, in (0, 1). */
  readonly threshold: number;
  /** How often they are excluded, in (0, 1]. */
  readonly probability: number;
}

/** DRY, "don't repeat yourself": multiplier · base^(length − allowedLength) is subtracted. */
export interface DryOptions {
  readonly multiplier: number;
  /** 1.75 if omitted. */
  readonly base?: number | undefined;
  /** The longest repetition without a penalty, in tokens; 2 if omitted. */
  readonly allowedLength?: number | undefined;
  /** The number of last tokens to look at; all if omitted. */
  readonly range?: number | undefined;
  /** Tokens that end a repetition, such as line breaks. */
  readonly breakers?: readonly number[] | undefined;
}

/** @see Ho and Salimans 2022 (arXiv 2207.12598); Sanchez et al. 2023 (arXiv 2306.17806), section 2 */
export interface GuidanceOptions {
  /** Scores are negative + scale · (scores − negative); 1 changes nothing. */
  readonly scale: number;
  /** What to move away from: one prompt for all rows, or one for each; the last token of the prompt if omitted. */
  readonly negativePrompt?: readonly number[] | Ids | undefined;
}

/** @see Kirchenbauer et al. 2023, A Watermark for Large Language Models (arXiv 2301.10226), algorithm 2 */
export interface WatermarkOptions {
  /** The share of the vocabulary that is favoured; 0.25 if omitted. */
  readonly greenShare?: number | undefined;
  /** Added to the scores of favoured tokens; 2 if omitted. */
  readonly bias?: number | undefined;
  /** The key of the hash, which detection needs; 15485863 if omitted. */
  readonly key?: number | undefined;
  /** Whether the hash includes the token itself; "left" if omitted. */
  readonly seeding?: "left" | "self" | undefined;
  /** The number of earlier tokens in the hash; 1 if omitted. */
  readonly width?: number | undefined;
}

/**
 * The options of `generate`. Every field is optional; unknown ones are refused. Omitted options come from the model's
 * generation_config.json.
 *
 * Sampling is used with a temperature above 0 or, if the temperature is omitted, with an option that only sampling has:
 * `topK`, `topP`, `minP`, `typicalP`, `epsilonCutoff`, `etaCutoff`, `topH`, `topNSigma`, `mirostat`, `xtc` or `seed`. Otherwise the best token is taken every
 * time.
 */
export interface GenerateOptions {
  /**
   * The largest length of a row, its prompt or an encoder-decoder's start token included. `maxNewTokens` overrides it.
   */
  maxLength?: number | undefined;
  /** The smallest length of a row, counted as `maxLength`. */
  minLength?: number | undefined;
  /** The largest number of new tokens in a row; 20 if omitted, or fewer if the context is too short. */
  maxNewTokens?: number | undefined;
  /**
   * The smallest number of new tokens in a row; 0 if omitted. More than `maxNewTokens` is an error, but a value from
   * generation_config.json is ignored if `maxNewTokens` is given.
   */
  minNewTokens?: number | undefined;
  /** After this many seconds from the call, each row ends with its next token. */
  maxTime?: number | undefined;
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
  /** Sample from the best tokens whose entropy is at most this share of that of all tokens, in (0, 1]. */
  topH?: number | undefined;
  /** Sample from the tokens whose scores are within this many standard deviations of the best one. */
  topNSigma?: number | undefined;
  /** Mirostat 2: sample from the tokens whose surprise, in bits, stays near a target. */
  mirostat?: MirostatOptions | undefined;
  /** XTC: with some probability, exclude all tokens above a threshold except the least probable of them. */
  xtc?: XtcOptions | undefined;
  /** Divides positive scores of tokens already in the row, and multiplies negative ones; 1 changes nothing. */
  repetitionPenalty?: number | undefined;
  /**
   * Multiplies positive scores of tokens that are in the source (in the prompt, for a decoder), and divides negative
   * ones: above 1 favours them.
   */
  encoderRepetitionPenalty?: number | undefined;
  /** Subtracted from a token's score for each time it was generated. */
  frequencyPenalty?: number | undefined;
  /** Subtracted from the score of each token that was generated. */
  presencePenalty?: number | undefined;
  /** DRY: a penalty for continuing a repetition, which grows with its length. */
  dry?: DryOptions | undefined;
  /** No sequence of this many tokens is repeated within a row; 0 allows all. */
  noRepeatNgram?: number | undefined;
  /** No sequence of this many tokens of the source (of the prompt, for a decoder) is repeated. */
  encoderNoRepeatNgram?: number | undefined;
  /** Sequences of tokens that are never generated. */
  badWords?: readonly (readonly number[])[] | undefined;
  /** Added to the score of the last token of a sequence where the row ends with its other tokens. */
  sequenceBias?: readonly (readonly [tokens: readonly number[], bias: number])[] | undefined;
  /** Tokens that are never generated. */
  suppressTokens?: readonly number[] | undefined;
  /** Tokens that are not generated first. */
  beginSuppressTokens?: readonly number[] | undefined;
  /** The second token of a row, such as the language of a translation. */
  forcedStartToken?: number | undefined;
  /** The token, or one of the tokens, to end a row with when its length limit is reached. */
  forcedEndToken?: number | readonly number[] | undefined;
  /** Makes the end token more probable with each token after `start` new ones, exponentially. */
  exponentialDecay?: { readonly start: number; readonly factor: number } | undefined;
  /** Turn the processed scores into log-probabilities; false if omitted. */
  renormalize?: boolean | undefined;
  /** Classifier-free guidance: moves the scores away from those after another prompt. */
  guidance?: GuidanceOptions | undefined;
  /** A watermark that can be detected later: favours a part of the vocabulary that depends on the tokens before. */
  watermark?: WatermarkOptions | undefined;
  /** The caller's own processors, after those of the options above and before sampling filters. */
  processors?: readonly Processor[] | undefined;
  /** The tokens that may come next. */
  constraint?: Constraint | undefined;
  /** The number of beams of a beam search; 1 searches none. */
  beams?: number | undefined;
  /** The number of groups that the beams are divided into, for diverse beam search. */
  beamGroups?: number | undefined;
  /** Subtracted from a token's score for each beam of an earlier group that has chosen it at the same step. */
  diversityPenalty?: number | undefined;
  /** The score of a finished beam is its log-probability divided by its number of new tokens to this power; 1 if omitted. */
  lengthPenalty?: number | undefined;
  /**
   * When a beam search ends: true as soon as there are as many finished beams as beams; false if no beam is likely to
   * become better; "never" if none can. false if omitted.
   */
  earlyStopping?: boolean | "never" | undefined;
  /** The number of sequences to return for each prompt; 1 if omitted. */
  sequences?: number | undefined;
  /** Contrastive search: the weight of the penalty for a token that is similar to earlier ones, in (0, 1]; requires `topK`. */
  penaltyAlpha?: number | undefined;
  /** Speculative decoding: a smaller model with the same vocabulary proposes this many tokens at a time. */
  draft?: { readonly model: GenerativeModel; readonly tokens: number } | undefined;
  /** Speculative decoding: what follows the same tokens earlier in the row is proposed, up to this many tokens at a time. */
  promptLookup?: { readonly tokens: number; readonly maxNgram?: number | undefined } | undefined;
  /** The first tokens of an encoder-decoder's targets, after its start token: one list for all rows, or one for each. */
  decoderPrompt?: readonly number[] | Ids | undefined;
  /** The tokens that end a row, included in it; the model's own if omitted, none if empty. */
  endTokens?: readonly number[] | undefined;
  /** 1 for the tokens of `ids` and 0 for padding, [batch][seq]. A decoder's prompts are padded on the left. */
  mask?: readonly (readonly number[])[] | undefined;
  /** The seed of random numbers; 0 if omitted. Each row draws its own, so its result does not depend on the others. */
  seed?: number | undefined;
  /** Stops generation: rejects with the signal's reason before the next token, or while code that an option needs does not come. */
  signal?: Signal | undefined;
  /** Called with each new token. */
  onToken?: ((token: NewToken) => void) | undefined;
  /**
   * Keep keys and values of earlier tokens instead of computing them at every step. If omitted, true if each module of
   * the model supports it (see `Module.caching`); true refuses a model that does not, naming the module.
   *
   * A PrefixCache keeps texts for later calls, which compute only what follows a common prefix. A KeyValueCache of the
   * caller holds the start of each prompt, or nothing yet; `ids` are the whole texts. Afterwards it holds what all rows
   * have read.
   */
  cache?: boolean | KeyValueCache | PrefixCache | undefined;
  /** Also return the scores that each new token was chosen from; false if omitted. */
  outputScores?: boolean | undefined;
  /** Also return the model's own scores, before any option changed them; false if omitted. */
  outputLogits?: boolean | undefined;
  /** For each new token, also give this many of the most probable tokens; none if omitted. */
  alternatives?: number | undefined;
  /** Fields of the model's generation_config.json to ignore: `["num_beams"]`. */
  without?: readonly string[] | undefined;
}
