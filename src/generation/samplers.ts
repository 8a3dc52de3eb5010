import type { Processor } from "./processor";
import { maximum } from "./processors";

/** softmax(scores), in float64. */
function shares(scores: Float32Array): Float64Array {
  const best = maximum(scores);
  const weights = Float64Array.from(scores, (score) => Math.exp(score - best));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** −Σ p log p */
function entropyOf(probabilities: Float64Array): number {
  let entropy = 0;
  for (const p of probabilities) if (p > 0) entropy -= p * Math.log(p);
  return entropy;
}

/** Removes tokens with a probability below a bound, but never the best ones. */
function atLeast(scores: Float32Array, probabilities: Float64Array, bound: number): Float32Array {
  const best = maximum(scores);
  return scores.map((score, id) => (probabilities[id]! < bound && score < best ? Number.NEGATIVE_INFINITY : score));
}

/** Keeps tokens at least p times as probable as the best one. @see Nguyen et al. 2024 (arXiv 2407.01082), section 3 */
export function minP(p: number): Processor {
  return (scores) => {
    const probabilities = shares(scores);
    const best = probabilities.reduce((a, b) => Math.max(a, b), 0);
    return atLeast(scores, probabilities, p * best);
  };
}

/** Keeps tokens of at least this probability. @see Hewitt et al. 2022 (arXiv 2210.15191), section 3 */
export const epsilonCutoff =
  (epsilon: number): Processor =>
  (scores) =>
    atLeast(scores, shares(scores), epsilon);

/** Keeps tokens of at least min(ε, √ε · exp(−entropy)). @see Hewitt et al. 2022 (arXiv 2210.15191), section 4 */
export function etaCutoff(epsilon: number): Processor {
  return (scores) => {
    const probabilities = shares(scores);
    return atLeast(scores, probabilities, Math.min(epsilon, Math.sqrt(epsilon) * Math.exp(-entropyOf(probabilities))));
  };
}

/**
 * Keeps the tokens whose surprise −log p is closest to the entropy, up to a share of the probability.
 *
 * @see Meister et al. 2022, Locally Typical Sampling (arXiv 2202.00666), section 4
 */
export function typicalP(mass: number): Processor {
  return (scores) => {
    const probabilities = shares(scores);
    const entropy = entropyOf(probabilities);
    const distance = probabilities.map((p) => Math.abs(-Math.log(p) - entropy));
    const order = Array.from(probabilities.keys()).sort((a, b) => distance[a]! - distance[b]!);
    let sum = 0;
    let kept = 0;
    while (kept < order.length - 1) {
      sum += probabilities[order[kept]!]!;
      if (sum >= mass) break;
      kept++;
    }
    const bound = distance[order[kept]!]!;
    return scores.map((score, id) => (distance[id]! > bound ? Number.NEGATIVE_INFINITY : score));
  };
}
