import { cutting, type PreTokenizer } from "./pre-tokenizer";

/** Pieces of a fixed number of characters; the last may be shorter. */
export function fixedLength(length: number): PreTokenizer {
  return cutting((text) => {
    const ranges: number[] = [];
    let start = 0;
    let end = 0;
    let count = 0;
    for (const character of text) {
      end += character.length;
      count++;
      if (count === length || end === text.length) {
        ranges.push(start, end);
        start = end;
        count = 0;
      }
    }
    return ranges;
  });
}
