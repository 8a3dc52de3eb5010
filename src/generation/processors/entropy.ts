import { checkOptions } from "../../checks";
import type { Processor } from "../processor";
import { bestIds } from "./best";
import { type KeepOptions, keepChecks, share } from "./checks";
import {
  entropyOf,
  exponentials,
  exponentialsOf,
  logProbabilitiesOf,
  normalizedOf,
  probabilitiesOf,
} from "./distribution";
import { edgeOf, idsAbove } from "./edge";
import { filtered } from "./scores";

const { fround } = Math;

/**
 * Keeps the tokens whose surprise −log p is closest to the entropy, until their probability is at least `mass`, and those
 * that are as close as the last of them.
 *
 * @throws TypeError or RangeError unless the mass is in (0, 1]
 * @see Meister et al. 2022, Locally Typical Sampling (arXiv 2202.00666), section 4
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * const scores = Float32Array.from([0.4, 0.2, 0.2, 0.2], Math.log);
 * processors.typicalP(0.5)(scores, context)[0]; // -Infinity
 * ```
 */
export function typicalP(mass: number, options: KeepOptions = {}): Processor {
  share("typicalP", "mass", mass);
  checkOptions("typicalP", options, keepChecks);
  const { keep = 1 } = options;
  const enough = fround(mass);
  return (scores) => {
    const shared = exponentialsOf(scores);
    const logs = logProbabilitiesOf(scores, shared);
    const entropy = entropyOf(logs, exponentials(logs));
    const distances = new Float32Array(logs.length);
    for (let id = 0; id < logs.length; id++) distances[id] = Math.abs(-logs[id]! - entropy);
    const left = idsAbove(scores, Number.NEGATIVE_INFINITY);
    const edge = edgeOf(left, distances, probabilitiesOf(scores, shared), 0, (sum) => fround(sum) >= enough);
    if (edge === undefined) return scores;
    const nearest =
      keep === 1
        ? []
        : bestIds(
            distances.map((distance) => -distance),
            keep,
          );
    return filtered(scores, (id) => distances[id]! > edge.key && !nearest.includes(id));
  };
}

/** How many of the best tokens `topH` looks at, as in the reference. */
const CANDIDATES = 100;

/**
 * Keeps the best tokens while the sum of their terms −p log p is at most h times the entropy, and always the best one.
 * Only the 100 best tokens are looked at.
 *
 * @throws TypeError or RangeError unless h is in (0, 1]
 * @see Potraghloo et al. 2025, Top-H Decoding (arXiv 2509.02510), algorithm 1
 * @example
 * ```ts
 * import { processors } from "transformer-blocks";
 * const context = { ids: [0], source: [0], step: 0, limit: 1, last: true, random: undefined, memory: new Map() };
 * const scores = Float32Array.from([0.7, 0.2, 0.1], Math.log);
 * processors.topH(0.5)(scores, context).filter(Number.isFinite).length; // 1
 * ```
 */
export function topH(h: number): Processor {
  share("topH", "h", h);
  return (scores) => {
    const ids = bestIds(scores, CANDIDATES);
    const best = Float32Array.from(ids, (id) => scores[id]!);
    const logs = normalizedOf(best);
    const probabilities = probabilitiesOf(logs);
    const bound = fround(fround(h) * entropyOf(logs, probabilities));
    let sum = 0;
    let kept = 0;
    for (const p of probabilities) {
      sum += fround(-p * fround(Math.log(p)));
      // Not <, because 0 · log 0 is NaN.
      if (!(fround(sum) <= bound)) break;
      kept++;
    }
    const stay = new Set(ids.slice(0, Math.max(kept, 1)));
    return filtered(scores, (id) => !stay.has(id));
  };
}
