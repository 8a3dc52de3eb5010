import { checkOptions } from "../../checks";
import type { Processor } from "../processor";
import { bestIds, kthBest } from "./best";
import { atLeastOne, cutoff, type KeepOptions, keepChecks, positive, share } from "./checks";
import { entropyOf, exponentialsOf, normalizedOf, probabilitiesOf } from "./distribution";
import { type Edge, edgeOf, idsAbove } from "./edge";
import { processorOf } from "./processor-of";
import { countAbove, countFrom, filtered, from, maximum, withoutFirst } from "./scores";

const { fround } = Math;

/**
 * Keeps the k best tokens and those that tie with the last of them.
 *
 * @throws TypeError or RangeError unless k is a whole number of 1 or more
 * @see Fan et al. 2018 (arXiv 1805.04833), section 5.2
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * processors.topK(2)(Float32Array.of(1, 3, 2), context); // Float32Array [-Infinity, 3, 2]
 * ```
 */
export function topK(k: number, options: KeepOptions = {}): Processor {
  atLeastOne("topK", "k", k);
  checkOptions("topK", options, keepChecks);
  const kept = Math.max(k, options.keep ?? 1);
  return processorOf("topK", [], (scores) => (kept >= scores.length ? scores : from(scores, kthBest(scores, kept))));
}

/**
 * Keeps the smallest set of best tokens whose probability is at least p: removes tokens from the worst upwards while
 * those removed sum to at most 1 − p, but never the best. Of tied tokens at the edge, the first ones are removed. Sums
 * and bounds are rounded to float32 as in the reference.
 *
 * @throws TypeError or RangeError unless p is in (0, 1]
 * @see Holtzman et al. 2019, The Curious Case of Neural Text Degeneration (arXiv 1904.09751), section 3.1
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * const scores = Float32Array.from([0.5, 0.3, 0.2], Math.log);
 * processors.topP(0.7)(scores, context)[2]; // -Infinity
 * ```
 */
export function topP(p: number, options: KeepOptions = {}): Processor {
  share("topP", "p", p);
  checkOptions("topP", options, keepChecks);
  const { keep = 1 } = options;
  const bound = fround(1 - p);
  return processorOf("topP", [], (scores) => {
    const probabilities = probabilitiesOf(scores);
    const edge = lastToGo(scores, probabilities, bound);
    const floor = keep === 1 ? maximum(scores) : kthBest(scores, keep);
    const key = Math.min(edge.key, floor);
    const stay = countFrom(scores, key);
    let going = stay - countAbove(scores, key);
    if (key === floor) going = Math.max(0, stay - keep);
    if (key === edge.key) going = tiesBelow(edge.before, probabilities[scores.indexOf(key)]!, bound, going);
    return withoutFirst(from(scores, key), key, going);
  });
}

/** The score at which the probabilities from the worst upwards sum to more than the bound. */
function lastToGo(scores: Float32Array, probabilities: Float32Array, bound: number): Edge {
  // Even all of these together are within the bound, so that only the others need an order.
  const all = Math.fround(bound / scores.length) * (1 - 2 ** -20);
  let before = 0;
  for (let id = 0; id < scores.length; id++) if (probabilities[id]! <= all) before += probabilities[id]!;
  const edge = edgeOf(idsAbove(probabilities, all), scores, probabilities, before, (sum) => fround(sum) > bound);
  return edge ?? { key: Number.POSITIVE_INFINITY, before };
}

/** How many tied tokens, `most` at most, can be removed before the sum exceeds the bound. */
function tiesBelow(before: number, probability: number, bound: number, most: number): number {
  let count = 0;
  while (count < most && fround(before + (count + 1) * probability) <= bound) count++;
  return count;
}

/** Removes tokens with a probability below a bound, but never the best ones. */
function atLeast(scores: Float32Array, probabilities: Float32Array, bound: number, keep = 1): Float32Array {
  const floor = keep === 1 ? maximum(scores) : kthBest(scores, keep);
  return filtered(scores, (id) => probabilities[id]! < bound && scores[id]! < floor);
}

/**
 * Keeps tokens at least p times as probable as the best one.
 *
 * @throws TypeError or RangeError unless p is in (0, 1]
 * @see Nguyen et al. 2024 (arXiv 2407.01082), section 3
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * const scores = Float32Array.from([0.6, 0.3, 0.1], Math.log);
 * processors.minP(0.25)(scores, context)[2]; // -Infinity
 * ```
 */
export function minP(p: number, options: KeepOptions = {}): Processor {
  share("minP", "p", p);
  checkOptions("minP", options, keepChecks);
  return processorOf("minP", [], (scores) => {
    const probabilities = probabilitiesOf(scores);
    const bound = fround(fround(p) * maximum(probabilities));
    // Unlike the others, it keeps just so many of tied tokens, as in the reference.
    const best = options.keep === undefined ? [] : bestIds(scores, options.keep);
    return filtered(scores, (id) => probabilities[id]! < bound && !best.includes(id));
  });
}

/**
 * Keeps tokens of at least this probability.
 *
 * @throws TypeError or RangeError unless ε is in (0, 1)
 * @see Hewitt et al. 2022 (arXiv 2210.15191), section 3
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * const scores = Float32Array.from([0.6, 0.3, 0.1], Math.log);
 * processors.epsilonCutoff(0.2)(scores, context)[2]; // -Infinity
 * ```
 */
export function epsilonCutoff(epsilon: number, options: KeepOptions = {}): Processor {
  cutoff("epsilonCutoff", "epsilon", epsilon);
  checkOptions("epsilonCutoff", options, keepChecks);
  return processorOf("epsilonCutoff", [], (scores) =>
    atLeast(scores, probabilitiesOf(scores), fround(epsilon), options.keep),
  );
}

/**
 * Keeps tokens of at least min(ε, √ε · exp(−entropy)).
 *
 * @throws TypeError or RangeError unless ε is in (0, 1)
 * @see Hewitt et al. 2022 (arXiv 2210.15191), section 4
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * const scores = Float32Array.from([0.6, 0.3, 0.1], Math.log);
 * processors.etaCutoff(0.2)(scores, context)[2]; // -Infinity
 * ```
 */
export function etaCutoff(epsilon: number, options: KeepOptions = {}): Processor {
  cutoff("etaCutoff", "epsilon", epsilon);
  checkOptions("etaCutoff", options, keepChecks);
  const least = fround(epsilon);
  return processorOf("etaCutoff", [], (scores) => {
    const shared = exponentialsOf(scores);
    const logs = normalizedOf(scores, shared);
    const entropy = entropyOf(logs, probabilitiesOf(logs));
    const bound = Math.min(least, fround(fround(Math.sqrt(least)) * fround(Math.exp(-entropy))));
    return atLeast(scores, probabilitiesOf(scores, shared), bound, options.keep);
  });
}

/**
 * Keeps the scores within n standard deviations of the best one; excluded tokens do not count for the deviation. A
 * temperature does not change which tokens stay.
 *
 * @throws TypeError or RangeError unless n is a number above 0
 * @see Tang et al. 2024, Top-nσ: Not All Logits Are You Need (arXiv 2411.07641), section 3
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * processors.topNSigma(1)(Float32Array.of(0, 0, 0, 4), context); // Float32Array [-Infinity, -Infinity, -Infinity, 4]
 * ```
 */
export function topNSigma(n: number, options: KeepOptions = {}): Processor {
  positive("topNSigma", "n", n);
  checkOptions("topNSigma", options, keepChecks);
  const { keep = 1 } = options;
  return processorOf("topNSigma", [], (scores) => {
    const bound = maximum(scores) - n * deviationOf(scores);
    return from(scores, keep === 1 ? bound : Math.min(bound, kthBest(scores, keep)));
  });
}

/** √(Σ (s − mean)² / n) over the scores that are not −∞. */
function deviationOf(scores: Float32Array): number {
  let [count, sum, squares] = [0, 0, 0];
  for (let id = 0; id < scores.length; id++) {
    if (scores[id] === Number.NEGATIVE_INFINITY) continue;
    count++;
    sum += scores[id]!;
  }
  const mean = sum / count;
  for (let id = 0; id < scores.length; id++)
    if (scores[id]! > Number.NEGATIVE_INFINITY) squares += (scores[id]! - mean) ** 2;
  return Math.sqrt(squares / count);
}
