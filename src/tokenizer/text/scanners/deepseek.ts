import { CASELESS, LETTER, SIGN } from "../character-classes";
import { classAt, runEnd, type Scanner, scan, signEnd, signsOrSpaceEnd } from "./scan";

/** DeepSeek V3 and R1, after splitting numbers, Chinese and Japanese, where regular expressions are as fast. */
export const WORDS_OF_DEEPSEEK =
  "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+";

export const scanDeepSeek: Scanner = (text) => scan(text, wordEnd);

function wordEnd(text: string, at: number): number {
  const first = classAt(text, at);
  if ((first & SIGN) !== 0 && text.charCodeAt(at) < 0x80) {
    let end = at + 1;
    while (isLatin(text.charCodeAt(end))) end++;
    if (end > at + 1) return end;
  }
  const from = signEnd(text, at, first, LETTER | SIGN);
  const end = runEnd(text, from, LETTER | CASELESS);
  if (end > from) return end;
  // A mark that is not the sign before a word is a word itself.
  return (first & CASELESS) !== 0 ? from : signsOrSpaceEnd(text, at, SIGN);
}

/** `[A-Za-z]` */
function isLatin(unit: number): boolean {
  const small = unit | 0x20;
  return small >= 0x61 && small <= 0x7a;
}
