import type { AlignedText } from "../aligned-text";
import type { PreTokenizer } from "./pre-tokenizer";

/** Pieces of so many characters; the last may be shorter. */
export function fixedLength(length: number): PreTokenizer {
  return {
    split(text) {
      const pieces: AlignedText[] = [];
      let start = 0;
      let end = 0;
      let count = 0;
      for (const character of text.text) {
        end += character.length;
        count++;
        if (count === length || end === text.length) {
          pieces.push(text.slice(start, end));
          start = end;
          count = 0;
        }
      }
      return pieces;
    },
  };
}
