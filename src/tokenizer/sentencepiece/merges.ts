import type { MergePair } from "../models";
import type { Vocabulary } from "../vocabulary";
import type { SentencePiece } from "./model-file";

/**
 * The merges that make the pieces of a BPE model out of smaller ones, in the order in which they are done: every way to
 * make a piece of two others, by descending score of the piece, then by the ids of the two.
 */
export function mergesOf(
  pieces: readonly Pick<SentencePiece, "piece" | "score">[],
  vocabulary: Vocabulary,
): MergePair[] {
  const merges: { pair: MergePair; score: number }[] = [];
  for (const { piece, score } of pieces) {
    const ways: MergePair[] = [];
    for (let cut = 1; cut < piece.length; cut++) {
      const pair = [piece.slice(0, cut), piece.slice(cut)] as const;
      if (pair.every((part) => vocabulary.id(part) !== undefined)) ways.push(pair);
    }
    const idOf = (token: string): number => vocabulary.id(token) as number;
    ways.sort((a, b) => idOf(a[0]) - idOf(b[0]) || idOf(a[1]) - idOf(b[1]));
    for (const pair of ways) merges.push({ pair, score });
  }
  return merges.sort((a, b) => b.score - a.score).map(({ pair }) => pair);
}
