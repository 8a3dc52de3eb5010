/** Ranges of code points in order, both ends included, that neither overlap nor touch. */
export type CodePoints = readonly (readonly [first: number, last: number])[];

export const LAST_CODE_POINT = 0x10ffff;

/** Everything that UTF-8 can write: surrogates are no characters. */
export const ANY: CodePoints = [
  [0, 0xd7ff],
  [0xe000, LAST_CODE_POINT],
];

/** Sorts and joins ranges, and removes surrogates. */
export function codePoints(ranges: readonly (readonly [number, number])[]): CodePoints {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [first, last] of sorted) {
    const before = joined.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return both(joined, ANY);
}

/** The code points in a, in b, or in both. */
export const either = (a: CodePoints, b: CodePoints): CodePoints => codePoints([...a, ...b]);

/** The code points in a and in b. */
export function both(a: CodePoints, b: CodePoints): CodePoints {
  const common: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const first = Math.max(a[i]![0], b[j]![0]);
    const last = Math.min(a[i]![1], b[j]![1]);
    if (first <= last) common.push([first, last]);
    if (a[i]![1] < b[j]![1]) i++;
    else j++;
  }
  return common;
}

/** All characters that are not in the set. */
export function complement(set: CodePoints): CodePoints {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [first, last] of set) {
    if (first > next) rest.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= LAST_CODE_POINT) rest.push([next, LAST_CODE_POINT]);
  return both(rest, ANY);
}

/** The code points in a that are not in b. */
export const without = (a: CodePoints, b: CodePoints): CodePoints => both(a, complement(b));

/** The characters of a text. */
export const charactersOf = (text: string): CodePoints =>
  codePoints(Array.from(text, (character) => [character.codePointAt(0)!, character.codePointAt(0)!] as const));
