/** What scanners ask of a character. Every character is a letter, a number, white space or something else. */
export const LETTER = 1;
export const NUMBER = 2;
export const SPACE = 4;
export const OTHER = 8;

const PROPERTIES: readonly (readonly [RegExp, number])[] = [
  [/^\p{L}$/u, LETTER],
  [/^\p{N}$/u, NUMBER],
  [/^\p{White_Space}$/u, SPACE],
];
const CODE_POINTS = 0x110000;

/** Of each code point that was asked for; 0 for others. Made at the first question. */
let classes: Uint8Array | undefined;

export function characterClass(codePoint: number): number {
  classes ??= new Uint8Array(CODE_POINTS);
  const known = classes[codePoint] as number;
  return known === 0 ? classify(classes, codePoint) : known;
}

function classify(table: Uint8Array, codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  const found = PROPERTIES.find(([property]) => property.test(character))?.[1] ?? OTHER;
  table[codePoint] = found;
  return found;
}
