import { cutting, type PreTokenizer } from "./pre-tokenizer";
import { ANY, scriptOf } from "./scripts";

/**
 * Splits where the script changes; characters without a script stay with what precedes them. At the start of a text
 * they are dropped, as in the reference.
 */
export const unicodeScripts: PreTokenizer = /* @__PURE__ */ cutting((text) => {
  const ranges: number[] = [];
  let start = 0;
  let last = ANY;
  let at = 0;
  for (const character of text) {
    const script = scriptOf(character.codePointAt(0) as number);
    if (script !== ANY && script !== last) {
      if (last !== ANY) ranges.push(start, at);
      start = at;
      last = script;
    }
    at += character.length;
  }
  if (last !== ANY) ranges.push(start, at);
  return ranges;
});
