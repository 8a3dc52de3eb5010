import { characterClass, SPACE } from "../character-classes";

/** Stretches of a text: the start and end of each, in order. */
export type Ranges = ArrayLike<number>;

/**
 * The matches of a pattern. Hand-written for the most common patterns, because a regular expression with Unicode
 * properties takes longer than the rest of encoding.
 */
export type Scanner = (text: string) => Ranges;

const APOSTROPHE = 0x27;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
export const BLANK = 0x20;

/** @param wordEnd the end of the match that starts at an index; the index itself if there is none */
export function scan(text: string, wordEnd: (text: string, at: number) => number): Ranges {
  // Untouched memory is not allocated; growing a list would take as long as the rest of scanning.
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

/** The end of the run of characters of these classes that begins at `start`. */
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
 * The position after the one character before a word that belongs to it: any except line ends and excluded classes.
 *
 * @param own the classes of the character
 */
export function signEnd(text: string, at: number, own: number, excluded: number): number {
  return (own & excluded) !== 0 || isLineEnd(text.charCodeAt(at)) ? at : at + unitsAt(text, at);
}

/** Signs with an optional space before and `trailing` after them; or white space up to its last line end. */
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

/** White space; if a word follows, without the last character, which belongs to the word. */
export function spaceEnd(text: string, start: number): number {
  const end = runEnd(text, start, SPACE);
  return end === text.length || end <= start + 1 ? end : end - 1;
}

/** White space up to its last line end. */
function lastLineEnd(text: string, start: number): number | undefined {
  let end = runEnd(text, start, SPACE);
  while (end > start && !isLineEnd(text.charCodeAt(end - 1))) end--;
  return end > start ? end : undefined;
}

/** A letter in lower case; the long s becomes s. */
export function caseFolded(letter: string): string {
  return letter === "\u017f" ? "s" : letter.toLowerCase();
}

/** The end of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d`; `start` if there is none. */
export function contractionEnd(text: string, start: number, folded = (letter: string): string => letter): number {
  if (text.charCodeAt(start) !== APOSTROPHE) return start;
  const first = folded(text.charAt(start + 1));
  if (first === "s" || first === "t" || first === "m" || first === "d") return start + 2;
  const both = first + folded(text.charAt(start + 2));
  return both === "re" || both === "ve" || both === "ll" ? start + 3 : start;
}
