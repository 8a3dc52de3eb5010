import type { Random } from "../../tensor";
import { sampleToken } from "../choose";

/** A beam with one more token, and its score: the sum of its tokens' scores. */
export interface Candidate {
  beam: number;
  id: number;
  score: number;
}

/** The `count` best candidates, best first; of equal ones the first. Excluded tokens are none. */
export function bestCandidates(totals: readonly Float32Array[], count: number): Candidate[] {
  const best: Candidate[] = [];
  let bound = Number.NEGATIVE_INFINITY;
  for (const [beam, scores] of totals.entries())
    for (let id = 0; id < scores.length; id++) {
      if (!(scores[id]! > bound)) continue;
      insert(best, { beam, id, score: scores[id]! });
      if (best.length > count) best.pop();
      if (best.length === count) bound = best[count - 1]!.score;
    }
  return best;
}

/** Keeps the list in order, with equal scores in order of arrival. */
function insert(list: Candidate[], candidate: Candidate): void {
  let at = list.length;
  while (at > 0 && list[at - 1]!.score < candidate.score) at--;
  list.splice(at, 0, candidate);
}

/**
 * Draws `count` candidates without replacement, with the probabilities softmax(all scores), and returns them best first.
 * Fewer if there are not as many.
 */
export function drawnCandidates(totals: readonly Float32Array[], count: number, random: Random): Candidate[] {
  const vocabSize = totals[0]!.length;
  const left = new Float32Array(totals.length * vocabSize);
  totals.forEach((scores, beam) => void left.set(scores, beam * vocabSize));
  const drawn: Candidate[] = [];
  while (drawn.length < count) {
    const at = sampleToken(left, random);
    const score = left[at]!;
    if (score === Number.NEGATIVE_INFINITY) break;
    drawn.push({ beam: Math.floor(at / vocabSize), id: at % vocabSize, score });
    left[at] = Number.NEGATIVE_INFINITY;
  }
  return drawn.sort((a, b) => b.score - a.score);
}
