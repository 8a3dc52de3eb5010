import type { Processor } from "./processor";

/** s / t. @see Ackley et al. 1985, A Learning Algorithm for Boltzmann Machines */
export function temperature(t: number): Processor {
  return (scores) => {
    const divided = scores.map((score) => score / t);
    if (!divided.includes(Number.POSITIVE_INFINITY)) return divided;
    // The quotients overflow float32. Differences from the best score are at most 0 and cannot overflow to Infinity.
    const best = maximum(scores);
    return scores.map((score) => (score === best ? 0 : (score - best) / t));
  };
}

/**
 * Keeps the k best scores and those that tie with the last of them.
 *
 * @see Fan et al. 2018 (arXiv 1805.04833), section 5.2
 */
export function topK(k: number): Processor {
  return (scores) => {
    if (k >= scores.length) return scores;
    const last = scores.toSorted()[scores.length - k]!;
    return scores.map((score) => (score < last ? Number.NEGATIVE_INFINITY : score));
  };
}

/**
 * Keeps the smallest set of best tokens whose probability is at least p: removes tokens from the worst upwards while
 * those removed sum to at most 1 − p, but never the best. Of tied tokens at the edge, the first ones are removed. Sums
 * and bounds are rounded to float32 as in the reference.
 *
 * @see Holtzman et al. 2019, The Curious Case of Neural Text Degeneration (arXiv 1904.09751), section 3.1
 */
export function topP(p: number): Processor {
  return (scores) => {
    const ascending = scores.filter((score) => score > Number.NEGATIVE_INFINITY).sort();
    const gone = tailLength(ascending, Math.fround(1 - p));
    if (gone === 0) return scores;
    const edge = ascending[gone]!;
    let equalsGoing = gone - ascending.indexOf(edge);
    return scores.map((score) => {
      const goes = score < edge || (score === edge && equalsGoing-- > 0);
      return goes ? Number.NEGATIVE_INFINITY : score;
    });
  };
}

/** The number of lowest scores whose probabilities sum to at most the bound; never all. */
function tailLength(ascending: Float32Array, bound: number): number {
  const best = ascending[ascending.length - 1]!;
  let total = 0;
  for (const score of ascending) total += Math.exp(score - best);
  let sum = 0;
  for (let i = 0; i < ascending.length - 1; i++) {
    sum += Math.fround(Math.exp(ascending[i]! - best) / total);
    if (Math.fround(sum) > bound) return i;
  }
  return Math.max(ascending.length - 1, 0);
}

/** The highest score. */
export function maximum(scores: Float32Array): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < scores.length; i++) if (scores[i]! > best) best = scores[i]!;
  return best;
}
