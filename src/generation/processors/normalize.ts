import type { Processor } from "../processor";
import { logProbabilitiesOf } from "./distribution";

/**
 * log softmax(s): scores become log-probabilities, which sum to 1 over the tokens that are left. It does not change what
 * is sampled, but what beams compare and `outputScores` returns.
 *
 * @see transformers' LogitNormalization
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * Math.exp(processors.renormalize()(Float32Array.of(4, 4), context)[0]!); // about 0.5
 * ```
 */
export const renormalize = (): Processor => logProbabilitiesOf;

/** The largest float32. */
const LARGEST = 3.4028234663852886e38;

/** NaN becomes 0, ±∞ the largest float32 of that sign: `remove_invalid_values` of generation_config.json. */
export const removeInvalid = (): Processor => (scores) =>
  scores.map((score) => (Number.isNaN(score) ? 0 : Math.max(-LARGEST, Math.min(score, LARGEST))));
