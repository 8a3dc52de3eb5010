import type { ScoredToken, UnigramCosts } from "../pipeline";
import { TokenTrie } from "../vocabulary";

import { Lattice, UNKNOWN } from "./lattice";
import { prunePieces } from "./prune-pieces";
import { type SeedSettings, seedPieces } from "./seed-pieces";

export interface PieceSettings extends SeedSettings {
  vocabSize: number;
  /** The minimum share of pieces that a round of pruning keeps. */
  shrinkingFactor: number;
  /** The number of expectation and maximization steps before each pruning. */
  subIterations: number;
  onIteration: (pieces: number) => void;
}

/** The score of an unknown character, below that of the least likely piece. */
const UNKNOWN_PENALTY = 10;

/** Pieces with a lower expected frequency are dropped. */
const LEAST_EXPECTED = 0.5;

/** Piece 0 represents unknown characters: it is in no text, and its score is never read. */
export const UNKNOWN_PIECE: ScoredToken = ["", NaN];

/**
 * Learns the pieces of a Unigram model: starting from the seeds, repeatedly estimates the pieces' expected frequencies
 * and drops those that reduce the likelihood least, until 1.1 times the wanted number is left. The first piece is
 * unknown.
 */
export function learnPieces(counts: ReadonlyMap<string, number>, settings: PieceSettings): ScoredToken[] {
  const desired = Math.floor((settings.vocabSize * 11) / 10);
  let pieces = [UNKNOWN_PIECE, ...seedPieces(counts, settings)];
  for (;;) {
    for (let i = 0; i < settings.subIterations; i++) {
      pieces = reestimated(pieces, counts);
      settings.onIteration(pieces.length);
    }
    if (pieces.length <= desired) return pieces;
    const size = Math.max(desired, Math.floor(pieces.length * settings.shrinkingFactor));
    const kept = prunePieces(pieces, counts, costsOf(pieces), size);
    // Every round must drop something to terminate.
    if (kept.length === pieces.length) return kept;
    pieces = kept;
  }
}

/** The pieces in the form that a lattice needs, without the unknown one, which is in no text. */
function costsOf(pieces: readonly ScoredToken[]): UnigramCosts {
  const trie = new TokenTrie();
  const scores = Float64Array.from(pieces, ([, score]) => score);
  for (let id = 1; id < pieces.length; id++) trie.set((pieces[id] as ScoredToken)[0], id);
  return { trie, scores, unknownId: UNKNOWN, unknownScore: lowestScore(pieces) - UNKNOWN_PENALTY };
}

export function lowestScore(pieces: readonly ScoredToken[]): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const [, score] of pieces) if (score < lowest) lowest = score;
  return lowest;
}

/**
 * One step of expectation and maximization with a sparse prior: the score of a piece expected c times of n is
 * ψ(c) − ψ(n), where ψ is the digamma function.
 *
 * @see https://cs.stanford.edu/~pliang/papers/tutorial-acl2007-talk.pdf
 */
function reestimated(pieces: readonly ScoredToken[], counts: ReadonlyMap<string, number>): ScoredToken[] {
  const costs = costsOf(pieces);
  const expected = new Float64Array(pieces.length);
  for (const [word, count] of counts) new Lattice(word, costs).addExpected(count, expected);
  const kept: [string, number][] = [];
  let sum = 0;
  for (let id = 1; id < pieces.length; id++) {
    const count = expected[id] as number;
    if (count < LEAST_EXPECTED) continue;
    kept.push([(pieces[id] as ScoredToken)[0], count]);
    sum += count;
  }
  const logSum = digamma(sum);
  return [UNKNOWN_PIECE, ...kept.map(([piece, count]): ScoredToken => [piece, digamma(count) - logSum])];
}

/** The derivative of log Γ: the recurrence up to 7, then the asymptotic series about x − 1/2. */
function digamma(value: number): number {
  let result = 0;
  let x = value;
  for (; x < 7; x++) result -= 1 / x;
  x -= 0.5;
  const inverse = 1 / x;
  const square = inverse * inverse;
  const fourth = square * square;
  return (
    result +
    (Math.log(x) +
      (1 / 24) * square -
      (7 / 960) * fourth +
      (31 / 8064) * fourth * square -
      (127 / 30720) * fourth * fourth)
  );
}
