import { bertClass, PUNCTUATING, SPACING } from "./bert-classes";
import { cutting, type PreTokenizer } from "./pre-tokenizer";

/** Splits at white space, and isolates every punctuation character. */
export const bertPreTokenizer: PreTokenizer = /* @__PURE__ */ cutting((text) => {
  const ranges: number[] = [];
  let wordStart = 0;
  const endWord = (end: number): void => {
    if (wordStart < end) ranges.push(wordStart, end);
  };
  for (let at = 0; at < text.length; ) {
    const codePoint = text.codePointAt(at) as number;
    const end = at + (codePoint > 0xffff ? 2 : 1);
    const found = bertClass(codePoint);
    if (found === SPACING || found === PUNCTUATING) {
      endWord(at);
      if (found === PUNCTUATING) ranges.push(at, end);
      wordStart = end;
    }
    at = end;
  }
  endWord(text.length);
  return ranges;
});
