import { CASELESS, LETTER, LOWER, NUMBER, OTHER, UPPER } from "../character-classes";
import { previousCharacterStart } from "../unicode";
import {
  caseFolded,
  classAt,
  contractionEnd,
  isLineEnd,
  runEnd,
  type Scanner,
  scan,
  signEnd,
  signsOrSpaceEnd,
} from "./scan";

const SLASH = 0x2f;
const CAPITALS = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
const SMALL = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
const SIGN = "[^\\r\\n\\p{L}\\p{N}]?";

/**
 * A capital letter after a small letter begins a new word. GPT-4o and Llama 4 keep contractions with the word and match
 * three digits together; Mistral's Tekken does neither.
 */
export const wordsOfO200k = (contractions: string, numbers: string): string =>
  `${SIGN}${CAPITALS}*${SMALL}+${contractions}|${SIGN}${CAPITALS}+${SMALL}*${contractions}|${numbers}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

export function o200kScanner(contractions: boolean, digits: number): Scanner {
  const wordEnd = (text: string, at: number): number => {
    const first = classAt(text, at);
    if ((first & NUMBER) !== 0) return runEnd(text, at, NUMBER, digits);
    const end = casedWordEnd(text, at, signEnd(text, at, first, LETTER | NUMBER));
    if (end === at) return signsOrSpaceEnd(text, at, OTHER, isLineEndOrSlash);
    return contractions ? contractionEnd(text, end, caseFolded) : end;
  };
  return (text) => scan(text, wordEnd);
}

function isLineEndOrSlash(unit: number): boolean {
  return unit === SLASH || isLineEnd(unit);
}

/** A word ending in small letters, else one of capitals. A mark may be the sign before a word, or its first letter. */
function casedWordEnd(text: string, at: number, from: number): number {
  const end = smallEnd(text, from);
  if (end > from) return end;
  const withoutSign = from > at ? smallEnd(text, at) : at;
  if (withoutSign > at) return withoutSign;
  const capitals = runEnd(text, from, UPPER | CASELESS);
  return capitals > from ? capitals : at;
}

/** Any number of capitals, then at least one small or caseless letter. */
function smallEnd(text: string, start: number): number {
  const capitals = runEnd(text, start, UPPER | CASELESS);
  let end = runEnd(text, capitals, LOWER | CASELESS);
  if (end > capitals) return end;
  while (end > start) {
    const last = previousCharacterStart(text, end);
    if ((classAt(text, last) & CASELESS) !== 0) break;
    end = last;
  }
  return end;
}
