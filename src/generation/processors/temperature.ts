import { roomFor } from "../../tensor/internal";
import type { Processor } from "../processor";
import { positive } from "./checks";
import { processorOf } from "./processor-of";
import { maximum } from "./scores";

/**
 * s / t: below 1 the best tokens become more probable, above 1 less.
 *
 * @throws TypeError or RangeError unless `t` is a number above 0
 * @see Ackley et al. 1985, A Learning Algorithm for Boltzmann Machines
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * processors.temperature(0.5)(Float32Array.of(1, 2), context); // Float32Array [2, 4]
 * ```
 */
export function temperature(t: number): Processor {
  positive("temperature", "t", t);
  // PyTorch divides by the float32.
  const divisor = Math.fround(t);
  return processorOf("temperature", [], (scores) => {
    const best = maximum(scores);
    if (divisor > 0 && Math.fround(best / divisor) < Number.POSITIVE_INFINITY) {
      const divided = roomFor(scores.length);
      for (let id = 0; id < scores.length; id++) divided[id] = scores[id]! / divisor;
      return divided;
    }
    // The quotients overflow float32. Differences from the best score are at most 0 and cannot overflow to Infinity.
    return scores.map((score) => (score === best ? 0 : (score - best) / t));
  });
}
