import { power32 } from "../exponential";
import { maximum } from "./scores";

const { fround } = Math;

/** exp(s − best) of each score, and their sum: most of the work, which probabilities and their logarithms share. */
interface Exponentials {
  readonly best: number;
  readonly weights: Float32Array;
  readonly total: number;
}

export function exponentialsOf(scores: Float32Array): Exponentials {
  const best = maximum(scores);
  const weights = new Float32Array(scores.length);
  let total = 0;
  for (let id = 0; id < scores.length; id++) {
    const weight = power32(fround(scores[id]! - best));
    weights[id] = weight;
    total += weight;
  }
  return { best, weights, total: fround(total) };
}

/**
 * softmax(scores), rounded to float32 after each operation as PyTorch does, so that comparisons with a bound come out as
 * in the reference where a probability is exactly at the bound.
 */
export function probabilitiesOf(scores: Float32Array, shared?: Exponentials): Float32Array {
  const { weights, total } = shared ?? exponentialsOf(scores);
  // Weights that nobody shares become the probabilities.
  const probabilities = shared ? new Float32Array(weights.length) : weights;
  for (let id = 0; id < weights.length; id++) probabilities[id] = weights[id]! / total;
  return probabilities;
}

/** log softmax(scores), rounded likewise. */
export function logProbabilitiesOf(scores: Float32Array, { best, total } = exponentialsOf(scores)): Float32Array {
  const logTotal = fround(Math.log(total));
  const logs = new Float32Array(scores.length);
  for (let id = 0; id < scores.length; id++) logs[id] = fround(scores[id]! - best) - logTotal;
  return logs;
}

/** s − log Σ exp s, rounded as `torch.distributions.Categorical` does, which is not quite log softmax. */
export function normalizedOf(scores: Float32Array, { best, total } = exponentialsOf(scores)): Float32Array {
  const subtracted = fround(best + fround(Math.log(total)));
  const logs = new Float32Array(scores.length);
  for (let id = 0; id < scores.length; id++) logs[id] = scores[id]! - subtracted;
  return logs;
}

/** −Σ p log p. Excluded tokens add nothing. */
export function entropyOf(logProbabilities: Float32Array, probabilities: Float32Array): number {
  let entropy = 0;
  for (let id = 0; id < logProbabilities.length; id++) {
    const log = logProbabilities[id]!;
    if (log > Number.NEGATIVE_INFINITY) entropy -= fround(log * probabilities[id]!);
  }
  return fround(entropy);
}

/** exp(log) of each. */
export function exponentials(logs: Float32Array): Float32Array {
  const values = new Float32Array(logs.length);
  for (let id = 0; id < logs.length; id++) values[id] = Math.exp(logs[id]!);
  return values;
}
