import type { Random } from "../tensor";
import { ERROR, power } from "./exponential";
import { maximum } from "./processors/scores";

/** The first of the best tokens. */
export const bestToken = (scores: Float32Array): number => Math.max(0, scores.indexOf(maximum(scores)));

/**
 * A token drawn with the probabilities softmax(scores), in float64: the first whose cumulative sum exceeds u · Σ.
 *
 * @param best the highest score
 */
export function sampleToken(scores: Float32Array, random: Random, best: number = maximum(scores)): number {
  const share = uniform(random);
  return tokenNear(scores, best, share) ?? tokenAt(scores, best, share);
}

function tokenAt(scores: Float32Array, best: number, share: number): number {
  let total = 0;
  for (let id = 0; id < scores.length; id++) total += Math.exp(scores[id]! - best);
  const target = share * total;
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

/** Tokens whose sum is kept. */
const BLOCK = 128;

/**
 * The same token in a third of the time, by exponentials that are not quite exact: undefined where the sum behind a token
 * is so near to the target that theirs could name another one.
 */
function tokenNear(scores: Float32Array, best: number, share: number): number | undefined {
  const { length } = scores;
  const sums = new Float64Array(Math.ceil(length / BLOCK));
  let total = 0;
  for (let block = 0; block < sums.length; block++) {
    const sum = sumOf(scores, best, block * BLOCK, Math.min((block + 1) * BLOCK, length));
    sums[block] = sum;
    total += sum;
  }
  // Both sums and both targets are wrong by less: the exponentials, and 2⁻⁵³ at each addition.
  const slack = total * (4 * ERROR + length * 2 ** -50);
  const target = share * total;
  let block = 0;
  let sum = 0;
  while (block < sums.length - 1 && sum + sums[block]! <= target - slack) sum += sums[block++]!;
  for (let id = block * BLOCK; id < length; id++) {
    sum += power(scores[id]! - best);
    if (sum > target - slack) return sum > target + slack ? id : undefined;
  }
  return undefined;
}

/** Σ e^(score − best) of some tokens. */
function sumOf(scores: Float32Array, best: number, start: number, end: number): number {
  let sum = 0;
  for (let id = start; id < end; id++) {
    const score = scores[id]!;
    if (score > Number.NEGATIVE_INFINITY) sum += power(score - best);
  }
  return sum;
}

/** A number in [0, 1) of 53 bits: with 24 bits, tokens rarer than 1 in 2²⁴ would be drawn too often or never. */
export const uniform = (random: Random): number => ((random.bits() >>> 5) * 2 ** 26 + (random.bits() >>> 6)) / 2 ** 53;

/** @throws Error that names the place, if a score is NaN or Infinity */
export function expectFinite(where: string, scores: Float32Array, place: string): void {
  for (let id = 0; id < scores.length; id++)
    if (!(scores[id]! < Number.POSITIVE_INFINITY))
      throw new Error(`${where}: the model's scores hold ${scores[id]} in ${place}; check its weights and its input`);
}
