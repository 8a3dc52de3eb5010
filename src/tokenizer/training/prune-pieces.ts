import { type ScoredToken, type UnigramCosts, viterbi } from "../pipeline";

import { Lattice } from "./lattice";
import { roundedLog } from "./rounded-log";

/**
 * The pieces without those whose loss lowers the likelihood of the words least: it is taken that the next best way to
 * cut a piece stands in for it everywhere. Pieces that cannot be cut stay, first and in their order; then come the
 * others, the dearest first, until there are `size`.
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
    // A piece that is better cut than whole is dropped when no word has it whole.
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

/** How often each piece is in the best cut of a word, and how many words there are. */
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
 * By how much the log likelihood falls each time that the pieces of `second` take the place of a piece of this frequency.
 * In truth the sum of frequencies would grow by the pieces of `second` less one, each time. The reference adds the number
 * of all pieces less one instead, which puts frequent pieces higher; the order of losses is then another.
 */
function lossOf(frequency: number, second: readonly number[], frequencies: Float64Array, sum: number): number {
  const logSum = roundedLog(sum + frequency * (frequencies.length - 1));
  let replaced = 0;
  for (const id of second) replaced += roundedLog((frequencies[id] as number) + frequency) - logSum;
  return roundedLog(frequency) - roundedLog(sum) - replaced;
}
