import { characterClass, PUNCTUATION, SPACE } from "../../text";

const IN_WORD = 1;
export const SPACING = 2;
export const PUNCTUATING = 4;

/** A cache by code point; 0 if unknown. Untouched memory is not allocated. */
const classes = /* @__PURE__ */ new Uint8Array(0x110000);

/** How a character affects BERT's words: it is part of one, separates two, or is one by itself. */
export function bertClass(codePoint: number): number {
  return (classes[codePoint] as number) || classify(codePoint);
}

function classify(codePoint: number): number {
  const isSpace = (characterClass(codePoint) & SPACE) !== 0;
  const found = isSpace ? SPACING : PUNCTUATION.test(String.fromCodePoint(codePoint)) ? PUNCTUATING : IN_WORD;
  classes[codePoint] = found;
  return found;
}
