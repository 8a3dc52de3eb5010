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
export const renormalize = (): Processor => (scores) => logProbabilitiesOf(scores);
