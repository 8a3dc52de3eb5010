import { characterClass, SPACE } from "../character-classes";

/** Stretches of a text: start and end of the first, of the second, and so on. */
export type Ranges = ArrayLike<number>;

/**
 * The matches of a pattern. Written by hand for the commonest patterns, because a regular expression with Unicode
 * properties takes longer than all the rest of encoding.
 */
export type Scanner = (text: string) => Ranges;

const APOSTROPHE = 0x27;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
export const BLANK = 0x20;

/** @param wordEnd where the match that starts at an index ends; the index itself where none does */
export function scan(text: string, wordEnd: (text: string, at: number) => number): Ranges {
  // Memory that is never written takes no room; to let a list grow takes as long as all the rest of scanning.
  const ranges = new Int32Array(2 * text.length);
  let count = 0;
  for (let at = 0; at < text.length; ) {
    const end = wordEnd(text, at);
    if (end > at) {
      ranges[count++] = at;
      ranges[count++] = end;
    }
    at = end > at ? end : at + unitsAt(text, at);
  }
  return ranges.subarray(0, count);
}

export function unitsAt(text: string, at: number): number {
  return (text.codePointAt(at) as number) > 0xffff ? 2 : 1;
}

/** 0 at the end of the text. */
export function classAt(text: string, at: number): number {
  return at < text.length ? characterClass(text.codePointAt(at) as number) : 0;
}

/** Where the characters of these classes end that begin at `start`. */
export function runEnd(text: string, start: number, classes: number, most = text.length): number {
  let end = start;
  for (let count = 0; count < most && end < text.length; count++) {
    const codePoint = text.codePointAt(end) as number;
    if ((characterClass(codePoint) & classes) === 0) break;
    end += codePoint > 0xffff ? 2 : 1;
  }
  return end;
}

/**
 * Behind the one character before a word that belongs to it: any but line ends and those of classes that are excluded.
 *
 * @param own the classes of the character
 */
export function signEnd(text: string, at: number, own: number, excluded: number): number {
  return (own & excluded) !== 0 || isLineEnd(text.charCodeAt(at)) ? at : at + unitsAt(text, at);
}

/** Signs, perhaps with a space before and `trailing` behind them; or white space up to its last line end. */
export function signsOrSpaceEnd(
  text: string,
  at: number,
  signs: number,
  trailing: (unit: number) => boolean = isLineEnd,
): number {
  const from = text.charCodeAt(at) === BLANK ? at + 1 : at;
  let end = runEnd(text, from, signs);
  if (end === from) return lastLineEnd(text, at) ?? spaceEnd(text, at);
  while (trailing(text.charCodeAt(end))) end++;
  return end;
}

export function isLineEnd(unit: number): boolean {
  return unit === LINE_FEED || unit === CARRIAGE_RETURN;
}

/** White space without its last character where a word follows, because that character belongs to the word. */
export function spaceEnd(text: string, start: number): number {
  const end = runEnd(text, start, SPACE);
  return end === text.length || end <= start + 1 ? end : end - 1;
}

/** White space up to the last line end in it. */
function lastLineEnd(text: string, start: number): number | undefined {
  let end = runEnd(text, start, SPACE);
  while (end > start && !isLineEnd(text.charCodeAt(end - 1))) end--;
  return end > start ? end : undefined;
}

/** A letter in any case; the long s is an s. */
export function caseFolded(letter: string): string {
  return letter === "\u017f" ? "s" : letter.toLowerCase();
}

/** `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll`, `'d`; `start` where there is none. */
export function contractionEnd(text: string, start: number, folded = (letter: string): string => letter): number {
  if (text.charCodeAt(start) !== APOSTROPHE) return start;
  const first = folded(text.charAt(start + 1));
  if (first === "s" || first === "t" || first === "m" || first === "d") return start + 2;
  const both = first + folded(text.charAt(start + 2));
  return both === "re" || both === "ve" || both === "ll" ? start + 3 : start;
}
