import { power } from "./exponential";
import { maximum } from "./processors/scores";

/**
 * log Σ e^x of scores to 13 digits, for what adds up differences of it. The probability that a new token is told with takes
 * the kernels' `logSum`, which is faster and as exact as float32.
 */
export function exactLogSum(scores: Float32Array): number {
  const best = maximum(scores);
  let total = 0;
  for (let id = 0; id < scores.length; id++) total += power(scores[id]! - best);
  return best + Math.log(total);
}
