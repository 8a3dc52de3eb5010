/** What a processor may look at beside the scores. */
export interface ScoreContext {
  /** The row's tokens so far, the prompt included. */
  readonly ids: readonly number[];
  /** How many of them are new. */
  readonly step: number;
  /** Whether there is room for no more than one token. */
  readonly last: boolean;
}

/** A pure function from a row's scores [vocabSize] to others; −∞ takes a token out of the choice. */
export type ScoreProcessor = (scores: Float32Array, context: ScoreContext) => Float32Array;

/** s / t. @see Ackley et al. 1985, A Learning Algorithm for Boltzmann Machines */
export function temperature(t: number): ScoreProcessor {
  return (scores) => {
    const divided = scores.map((score) => score / t);
    if (!divided.includes(Number.POSITIVE_INFINITY)) return divided;
    // Too cold for float32: only differences count, and those from the best score cannot overflow upwards.
    const best = maximum(scores);
    return scores.map((score) => (score === best ? 0 : (score - best) / t));
  };
}

/** Keeps the k best scores and those equal to the last of them. @see Fan et al. 2018 (arXiv 1805.04833), section 5.2 */
export function topK(k: number): ScoreProcessor {
  return (scores) => {
    if (k >= scores.length) return scores;
    const last = scores.toSorted()[scores.length - k]!;
    return scores.map((score) => (score < last ? Number.NEGATIVE_INFINITY : score));
  };
}

/**
 * Keeps the smallest set of best tokens whose probability is at least p: from the worst upwards, tokens go as long as
 * all that went sum to at most 1 − p, and the best stays. Of equal tokens at the edge, the first ones go. Sums and
 * bounds are rounded to float32 as the reference rounds them.
 *
 * @see Holtzman et al. 2019, The Curious Case of Neural Text Degeneration (arXiv 1904.09751), section 3.1
 */
export function topP(p: number): ScoreProcessor {
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

/** How many of the lowest scores have probabilities that sum to at most the bound; never all. */
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
