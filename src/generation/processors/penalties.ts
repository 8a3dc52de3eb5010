import type { Processor } from "../processor";
import { anyNumber, positive } from "./checks";
import { changed, float32, positive32 } from "./scores";

/** s / p above 0, s · p below. */
const penalized = (scores: Float32Array, ids: readonly number[], penalty: number): Float32Array =>
  changed(scores, ids, (score) => (score < 0 ? score * penalty : score / penalty));

/**
 * Scores of tokens already in the row, the prompt included: s / p above 0, s · p below. Above 1 it punishes repetition.
 *
 * @throws TypeError or RangeError unless the penalty is a number above 0
 * @see Keskar et al. 2019, CTRL (arXiv 1909.05858), section 4.1
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0, 1], source: [0], step: 1, limit: 2, last: true, random: undefined, memory: new Map() };
 * processors.repetitionPenalty(2)(Float32Array.of(4, -4, 4), context); // Float32Array [2, -8, 4]
 * ```
 */
export function repetitionPenalty(penalty: number): Processor {
  positive("repetitionPenalty", "penalty", penalty);
  const factor = positive32(penalty);
  return (scores, { ids }) => penalized(scores, ids, factor);
}

/**
 * Scores of tokens that are in the source (in the prompt, for a decoder): s · p above 0, s / p below. Above 1 it favours
 * them, unlike `repetitionPenalty`.
 *
 * @throws TypeError or RangeError unless the penalty is a number above 0
 * @see Keskar et al. 2019, CTRL (arXiv 1909.05858), section 4.1, of which this is the inverse
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [2], source: [0, 1], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * processors.encoderRepetitionPenalty(2)(Float32Array.of(4, -4, 4), context); // Float32Array [8, -2, 4]
 * ```
 */
export function encoderRepetitionPenalty(penalty: number): Processor {
  positive("encoderRepetitionPenalty", "penalty", penalty);
  const factor = positive32(1 / penalty);
  return (scores, { source }) => penalized(scores, source, factor);
}

/**
 * s − penalty · (how often the token was generated). The prompt does not count.
 *
 * @throws TypeError or RangeError unless the penalty is a finite number; below 0 it favours repetition
 * @see OpenAI's API reference, `frequency_penalty`; vLLM follows the same definition
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0, 1, 1], source: [0], step: 2, limit: 3, last: true, random: undefined, memory: new Map() };
 * processors.frequencyPenalty(0.5)(Float32Array.of(4, 4), context); // Float32Array [4, 3]
 * ```
 */
export function frequencyPenalty(penalty: number): Processor {
  anyNumber("frequencyPenalty", "penalty", penalty);
  return (scores, { ids, step }) => {
    const counts = new Map<number, number>();
    for (let at = ids.length - step; at < ids.length; at++) counts.set(ids[at]!, (counts.get(ids[at]!) ?? 0) + 1);
    return changed(scores, counts.keys(), (score, id) => score - float32(penalty * counts.get(id)!));
  };
}

/**
 * s − penalty for each token that was generated, however often. The prompt does not count.
 *
 * @throws TypeError or RangeError unless the penalty is a finite number; below 0 it favours repetition
 * @see OpenAI's API reference, `presence_penalty`; vLLM follows the same definition
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0, 1, 1], source: [0], step: 2, limit: 3, last: true, random: undefined, memory: new Map() };
 * processors.presencePenalty(0.5)(Float32Array.of(4, 4), context); // Float32Array [4, 3.5]
 * ```
 */
export function presencePenalty(penalty: number): Processor {
  anyNumber("presencePenalty", "penalty", penalty);
  const subtracted = float32(penalty);
  return (scores, { ids, step }) => changed(scores, ids.slice(ids.length - step), (score) => score - subtracted);
}
