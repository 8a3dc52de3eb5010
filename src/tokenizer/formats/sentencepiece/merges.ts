import type { MergePair } from "../../pipeline";
import { codePointCount } from "../../text";

import type { SentencePiece } from "./model-file";

/**
 * The merges that form a BPE model's pieces out of smaller ones, in order: every way to split a piece into two others,
 * by descending score of the piece. If scores are equal, as for runs of spaces, a longer left part comes first, so that
 * runs grow from the left, as in SentencePiece.
 */
export function mergesOf(
  pieces: readonly Pick<SentencePiece, "piece" | "score">[],
  ids: { get(token: string): number | undefined },
): MergePair[] {
  const merges: { pair: MergePair; score: number; length: number }[] = [];
  // Trying all lengths would take quadratic time in the piece's length.
  const lengths = [...new Set(pieces.map(({ piece }) => piece.length))].sort((a, b) => a - b);
  const isLength = new Set(lengths);
  for (const { piece, score } of pieces) {
    for (const cut of lengths) {
      if (cut >= piece.length) break;
      if (!isLength.has(piece.length - cut)) continue;
      const pair = [piece.slice(0, cut), piece.slice(cut)] as const;
      if (pair.every((part) => ids.get(part) !== undefined))
        merges.push({ pair, score, length: codePointCount(pair[0]) });
    }
  }
  return merges.sort((a, b) => b.score - a.score || b.length - a.length).map(({ pair }) => pair);
}
