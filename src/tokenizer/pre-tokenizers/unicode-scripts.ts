import type { AlignedText } from "../aligned-text";
import type { PreTokenizer } from "./pre-tokenizer";
import { ANY, scriptOf } from "./scripts";

/**
 * Splits where the script changes; characters without script stay with what is before them. Where nothing is before
 * them they are lost, as by the reference.
 */
export const unicodeScripts: PreTokenizer = {
  split(text) {
    const pieces: AlignedText[] = [];
    let start = 0;
    let last = ANY;
    let at = 0;
    for (const character of text.text) {
      const script = scriptOf(character.codePointAt(0) as number);
      if (script !== ANY && script !== last) {
        if (last !== ANY) pieces.push(text.slice(start, at));
        start = at;
        last = script;
      }
      at += character.length;
    }
    if (last !== ANY) pieces.push(text.slice(start, at));
    return pieces;
  },
};
