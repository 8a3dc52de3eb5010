import { byteToken, type Pieces } from "../../pipeline";
import { utf8 } from "../../text";
import { Vocabulary } from "../../vocabulary";

import type { SentencePieceFile } from "./model-file";

/** A stretch of the text with the id that the model assigned. */
export interface FoundPiece {
  id: number;
  start: number;
  end: number;
}

export function vocabularyOf(file: SentencePieceFile): Vocabulary {
  return Vocabulary.of(file.pieces.map(({ piece }) => piece));
}

/**
 * The pieces as SentencePiece reports them: neighbouring unknown stretches are one unknown piece. With byte fallback
 * each becomes the pieces of its UTF-8 bytes, of which the last has the stretch's offsets and the others are empty.
 */
export function shownPieces(
  text: string,
  found: readonly FoundPiece[],
  file: SentencePieceFile,
  vocabulary: Vocabulary,
): Pieces {
  const pieces: (FoundPiece & { token: string })[] = [];
  let unknownStart = -1;
  for (const { id, start, end } of found) {
    const token = text.slice(start, end);
    if (id !== file.unknownId) {
      unknownStart = -1;
      pieces.push({ id, token, start, end });
    } else if (file.byteFallback) {
      const bytes = utf8(token);
      bytes.forEach((byte, index) => {
        const name = byteToken(byte);
        const last = index === bytes.length - 1;
        pieces.push({ id: vocabulary.id(name) as number, token: name, start, end: last ? end : start });
      });
    } else {
      if (unknownStart >= 0) pieces.pop();
      else unknownStart = start;
      pieces.push({ id, token: text.slice(unknownStart, end), start: unknownStart, end });
    }
  }
  return {
    ids: pieces.map(({ id }) => id),
    tokens: pieces.map(({ token }) => token),
    starts: pieces.map(({ start }) => start),
    ends: pieces.map(({ end }) => end),
  };
}
