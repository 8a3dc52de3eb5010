import type { MergePair } from "../models";
import type { SentencePiece } from "./model-file";

/**
 * The merges that make the pieces of a BPE model out of smaller ones, in the order in which they are done: every way to
 * make a piece of two others, by descending score of the piece, then by the left part.
 *
 * @param orderOf where a left part comes among the ways to make one piece; by its id if left out
 */
export function mergesOf(
  pieces: readonly Pick<SentencePiece, "piece" | "score">[],
  ids: { get(token: string): number | undefined },
  orderOf: (left: string) => number = (left) => ids.get(left) as number,
): MergePair[] {
  const merges: { pair: MergePair; score: number }[] = [];
  for (const { piece, score } of pieces) {
    const ways: MergePair[] = [];
    for (let cut = 1; cut < piece.length; cut++) {
      const pair = [piece.slice(0, cut), piece.slice(cut)] as const;
      if (pair.every((part) => ids.get(part) !== undefined)) ways.push(pair);
    }
    ways.sort((a, b) => orderOf(a[0]) - orderOf(b[0]));
    for (const pair of ways) merges.push({ pair, score });
  }
  return merges.sort((a, b) => b.score - a.score).map(({ pair }) => pair);
}
