import { maximum } from "./scores";

const { fround } = Math;

/**
 * softmax(scores), rounded to float32 after each operation as PyTorch does, so that comparisons with a bound come out as
 * in the reference where a probability is exactly at the bound.
 */
export function probabilitiesOf(scores: Float32Array): Float32Array {
  const best = maximum(scores);
  const weights = new Float32Array(scores.length);
  let total = 0;
  for (let id = 0; id < scores.length; id++) {
    weights[id] = Math.exp(fround(scores[id]! - best));
    total += weights[id]!;
  }
  total = fround(total);
  for (let id = 0; id < scores.length; id++) weights[id]! /= total;
  return weights;
}

/** log softmax(scores), rounded likewise. */
export function logProbabilitiesOf(scores: Float32Array): Float32Array {
  const best = maximum(scores);
  let total = 0;
  for (let id = 0; id < scores.length; id++) total += fround(Math.exp(fround(scores[id]! - best)));
  const logTotal = fround(Math.log(fround(total)));
  const logs = new Float32Array(scores.length);
  for (let id = 0; id < scores.length; id++) logs[id] = fround(scores[id]! - best) - logTotal;
  return logs;
}

/** −Σ p log p. Excluded tokens add nothing. */
export function entropyOf(logProbabilities: Float32Array): number {
  let entropy = 0;
  for (let id = 0; id < logProbabilities.length; id++) {
    const log = logProbabilities[id]!;
    if (log > Number.NEGATIVE_INFINITY) entropy -= log * fround(Math.exp(log));
  }
  return fround(entropy);
}
