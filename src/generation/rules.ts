import type { Processor } from "./processor";

const without = (scores: Float32Array, ids: Iterable<number>): Float32Array => {
  const left = scores.slice();
  for (const id of ids) if (id < left.length) left[id] = Number.NEGATIVE_INFINITY;
  return left;
};

/**
 * Scores of tokens already in the row: s / p above 0, s · p below.
 *
 * @see Keskar et al. 2019, CTRL (arXiv 1909.05858), section 4.1
 */
export function repetitionPenalty(penalty: number): Processor {
  const factor = Math.fround(penalty);
  return (scores, { ids }) => {
    const penalized = scores.slice();
    for (const id of new Set(ids)) penalized[id] = scores[id]! < 0 ? scores[id]! * factor : scores[id]! / factor;
    return penalized;
  };
}

/** No sequence of n tokens is repeated within a row. @see Paulus et al. 2017 (arXiv 1705.04304), section 2.5 */
export function noRepeatNgram(n: number): Processor {
  return (scores, { ids }) => {
    const start = ids.length - n + 1;
    if (start < 0) return scores;
    const follows = (at: number) => ids.slice(start).every((id, i) => ids[at + i] === id);
    return without(
      scores,
      ids.flatMap((_, at) => (at < start && follows(at) ? [ids[at + n - 1]!] : [])),
    );
  };
}

/** No sequence of n tokens of the source is repeated. @see Roller et al. 2020 (arXiv 2004.13637), section 4.3 */
export function encoderNoRepeatNgram(n: number): Processor {
  return (scores, { ids, source }) => {
    const end = ids.length < n - 1 ? undefined : ids.slice(ids.length - n + 1);
    const repeats = (at: number) => end?.every((id, i) => source[at + i] === id) ?? false;
    return without(
      scores,
      source.flatMap((_, at) => (at + n <= source.length && repeats(at) ? [source[at + n - 1]!] : [])),
    );
  };
}

/**
 * Forbids each word: its last token is excluded where the row ends with its other tokens. As in the reference, a word that
 * is longer than the row is not looked at.
 */
export function badWords(words: readonly (readonly number[])[], endTokens: ReadonlySet<number>): Processor {
  // As in the reference, an end token cannot be a bad word.
  const bad = words.filter((word) => word.length !== 1 || !endTokens.has(word[0]!));
  return (scores, { ids }) => {
    const ends = bad.filter((word) => {
      const before = word.slice(0, -1);
      const fits = word.length === 1 || word.length <= ids.length;
      return fits && before.every((id, i) => ids[ids.length - before.length + i] === id);
    });
    return without(
      scores,
      ends.map((word) => word.at(-1)!),
    );
  };
}

/** These tokens are never generated. */
export const suppressTokens =
  (tokens: readonly number[]): Processor =>
  (scores) =>
    without(scores, tokens);

/** These tokens are not generated first, nor right after a forced second token. */
export const beginSuppressTokens =
  (tokens: readonly number[], forced: boolean): Processor =>
  (scores, { ids, step }) =>
    step === (forced && ids.length - step === 1 ? 1 : 0) ? without(scores, tokens) : scores;

/** No end token before a number of new tokens, or before a length of the row. */
export const notBefore =
  (least: { newTokens: number; length: number }, endTokens: ReadonlySet<number>): Processor =>
  (scores, { ids, step }) =>
    step < least.newTokens || ids.length < least.length ? without(scores, endTokens) : scores;

const only = (scores: Float32Array, id: number): Float32Array => {
  const left = new Float32Array(scores.length).fill(Number.NEGATIVE_INFINITY);
  left[id] = 0;
  return left;
};

/** The second token of a row, such as the language of a translation. */
export const forcedStartToken =
  (token: number): Processor =>
  (scores, { ids }) =>
    ids.length === 1 ? only(scores, token) : scores;

/** The token to end a row with when its length limit is reached. */
export const forcedEndToken =
  (token: number): Processor =>
  (scores, { last }) =>
    last ? only(scores, token) : scores;
