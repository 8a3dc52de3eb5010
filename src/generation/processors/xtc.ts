import { checkOptions } from "../../checks";
import type { XtcOptions } from "../options";
import type { Processor } from "../processor";
import { kthBest } from "./best";
import { type KeepOptions, keepChecks, xtcChecks } from "./checks";
import { probabilitiesOf } from "./distribution";
import { idsAbove } from "./edge";
import { processorOf } from "./processor-of";
import { filtered, from } from "./scores";

/**
 * XTC, "exclude top choices": with the given probability, removes all tokens of at least the threshold except the least
 * probable of them (of equal ones, the last stays).
 *
 * @throws TypeError or RangeError for options that are unknown, missing or out of range; RangeError while generating
 * unless tokens are sampled
 * @see p-e-w 2024, text-generation-webui, pull request 6335; llama.cpp follows the same definition
 * @example
 * ```ts
 * import { processors, random } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: random(1), memory: new Map() };
 * const scores = Float32Array.from([0.5, 0.3, 0.2], Math.log);
 * processors.xtc({ threshold: 0.25, probability: 1 })(scores, context)[0]; // -Infinity
 * ```
 */
export function xtc(options: XtcOptions & KeepOptions): Processor {
  checkOptions("xtc", options, { ...xtcChecks, ...keepChecks }, ["threshold", "probability"]);
  const { keep = 1, probability } = options;
  const threshold = Math.fround(options.threshold);
  return processorOf("xtc", ["random"], (scores, { random }) => {
    if (random === undefined)
      throw new RangeError(
        "xtc: it draws random numbers, which only sampling has; pass a temperature above 0 or a seed",
      );
    // One number for each token, whether or not there is a choice, so that a change of scores moves no later draw.
    if (random.next() >= probability) return scores;
    const probabilities = probabilitiesOf(scores);
    const least = leastChoice(probabilities, threshold);
    if (least === undefined) return scores;
    const left = filtered(scores, (id) => probabilities[id]! >= threshold && id !== least);
    return keep === 1 || idsAbove(left, Number.NEGATIVE_INFINITY).length >= keep
      ? left
      : from(scores, kthBest(scores, keep));
  });
}

/** The least probable token of at least the threshold; of equal ones the last. */
function leastChoice(probabilities: Float32Array, threshold: number): number | undefined {
  let least: number | undefined;
  for (let id = 0; id < probabilities.length; id++)
    if (probabilities[id]! >= threshold && (least === undefined || probabilities[id]! <= probabilities[least]!))
      least = id;
  return least;
}
