import { characterClass, PUNCTUATION, SPACE } from "../../text";

const IN_WORD = 1;
export const SPACING = 2;
export const PUNCTUATING = 4;

/** Of each code point that was asked for; 0 for others. Memory that was never written takes no room. */
const classes = /* @__PURE__ */ new Uint8Array(0x110000);

/** What a character does to the words of BERT: it is in one, between two, or one of its own. */
export function bertClass(codePoint: number): number {
  return (classes[codePoint] as number) || classify(codePoint);
}

function classify(codePoint: number): number {
  const isSpace = (characterClass(codePoint) & SPACE) !== 0;
  const found = isSpace ? SPACING : PUNCTUATION.test(String.fromCodePoint(codePoint)) ? PUNCTUATING : IN_WORD;
  classes[codePoint] = found;
  return found;
}
