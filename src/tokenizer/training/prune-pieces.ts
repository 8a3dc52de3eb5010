import { type ScoredToken, type UnigramCosts, viterbi } from "../pipeline";

import { Lattice } from "./lattice";
import { roundedLog } from "./rounded-log";

/**
 * Drops the pieces whose removal reduces the likelihood of the words least, assuming that each is replaced everywhere
 * by the next best segmentation of it. Pieces without another segmentation stay, first and in their order; the others
 * follow, most valuable first, up to `size` pieces.
 *
 * @see https://arxiv.org/abs/1804.10959, section 3.2 (step 2)
 */
export function prunePieces(
  pieces: readonly ScoredToken[],
  counts: ReadonlyMap<string, number>,
  costs: UnigramCosts,
  size: number,
): ScoredToken[] {
  const { frequencies, words } = bestFrequencies(pieces.length, counts, costs);
  const sum = frequencies.reduce((total, frequency) => total + frequency, 0);
  const kept = [pieces[0] as ScoredToken];
  const candidates: { piece: ScoredToken; loss: number }[] = [];
  for (let id = 1; id < pieces.length; id++) {
    const piece = pieces[id] as ScoredToken;
    const frequency = frequencies[id] as number;
    const [best, second] = new Lattice(piece[0], costs).twoBest() as [number[], number[] | undefined];
    // A piece whose best segmentation is not itself is dropped if no word uses it whole.
    if (frequency === 0 && second !== undefined && best.length > 1) continue;
    if (second === undefined || best.length > 1) kept.push(piece);
    else if (frequency > 0) {
      candidates.push({ piece, loss: (frequency / words) * lossOf(frequency, second, frequencies, sum) });
    }
  }
  candidates.sort((a, b) => b.loss - a.loss);
  for (const { piece } of candidates) {
    if (kept.length === size) break;
    kept.push(piece);
  }
  return kept;
}

/** The frequency of each piece in the best segmentations of the words, and the number of words. */
function bestFrequencies(
  pieces: number,
  counts: ReadonlyMap<string, number>,
  costs: UnigramCosts,
): { frequencies: Float64Array; words: number } {
  const frequencies = new Float64Array(pieces);
  let words = 0;
  for (const [word, count] of counts) {
    words += count;
    for (const id of viterbi(word, costs).ids) frequencies[id] = (frequencies[id] as number) + count;
  }
  return { frequencies, words };
}

/**
 * The decrease of the log likelihood if the pieces of `second` replace a piece of this frequency everywhere.
 * Mathematically, each replacement increases the sum of frequencies by the length of `second` less one. The reference
 * adds the number of all pieces less one instead, which favours frequent pieces and changes the order.
 */
function lossOf(frequency: number, second: readonly number[], frequencies: Float64Array, sum: number): number {
  const logSum = roundedLog(sum + frequency * (frequencies.length - 1));
  let replaced = 0;
  for (const id of second) replaced += roundedLog((frequencies[id] as number) + frequency) - logSum;
  return roundedLog(frequency) - roundedLog(sum) - replaced;
}
