import { maximum } from "../processors/scores";

/** log softmax(scores): sums in float64, results in float32. */
export function logProbabilities(scores: Float32Array): Float32Array {
  const best = maximum(scores);
  let total = 0;
  for (let id = 0; id < scores.length; id++) total += Math.exp(scores[id]! - best);
  const shift = best + Math.log(total);
  return scores.map((score) => score - shift);
}
