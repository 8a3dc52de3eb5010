import type { Random } from "../tensor";
import { maximum } from "./processors/scores";

/** The first of the best tokens. */
export function bestToken(scores: Float32Array): number {
  let best = 0;
  for (let id = 1; id < scores.length; id++) if (scores[id]! > scores[best]!) best = id;
  return best;
}

/** A token drawn with the probabilities softmax(scores), in float64: the first whose cumulative sum exceeds u · Σ. */
export function sampleToken(scores: Float32Array, random: Random): number {
  const best = maximum(scores);
  let total = 0;
  for (const score of scores) total += Math.exp(score - best);
  const target = uniform(random) * total;
  let sum = 0;
  let last = 0;
  for (let id = 0; id < scores.length; id++) {
    const weight = Math.exp(scores[id]! - best);
    if (weight === 0) continue;
    sum += weight;
    if (sum > target) return id;
    last = id;
  }
  return last;
}

/** A number in [0, 1) of 53 bits: with 24 bits, tokens rarer than 1 in 2²⁴ would be drawn too often or never. */
export const uniform = (random: Random): number => ((random.bits() >>> 5) * 2 ** 26 + (random.bits() >>> 6)) / 2 ** 53;

/** @throws Error that names the place, if a score is NaN or Infinity */
export function expectFinite(where: string, scores: Float32Array, place: string): void {
  for (let id = 0; id < scores.length; id++)
    if (!(scores[id]! < Number.POSITIVE_INFINITY))
      throw new Error(`${where}: the model's scores hold ${scores[id]} in ${place}; check its weights and its input`);
}
