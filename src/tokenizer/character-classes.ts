import { WORD_CHARACTER } from "./unicode";

/** Every character is a letter, a number, white space or something else. */
export const LETTER = 1;
export const NUMBER = 2;
export const SPACE = 4;
export const OTHER = 8;
export const KIND = LETTER | NUMBER | SPACE | OTHER;
/** ASCII's signs and Unicode's punctuation, as BERT has it. */
export const PUNCTUATION = 16;
/** What \w matches in Rust's regular expressions. */
export const WORD = 32;

const PROPERTIES: readonly (readonly [property: RegExp, bit: number])[] = [
  [/^\p{L}$/u, LETTER],
  [/^\p{N}$/u, NUMBER],
  [/^\p{White_Space}$/u, SPACE],
  [/^[^\p{L}\p{N}\p{White_Space}]$/u, OTHER],
  [/^[!-/:-@[-`{-~\p{P}]$/u, PUNCTUATION],
  [WORD_CHARACTER, WORD],
];
const CODE_POINTS = 0x110000;

/** Of each code point that was asked for; 0 for others. Made at the first question. */
let classes: Uint8Array | undefined;

/** Everything that holds for a character. */
export function characterClass(codePoint: number): number {
  classes ??= new Uint8Array(CODE_POINTS);
  const known = classes[codePoint] as number;
  return known === 0 ? classify(classes, codePoint) : known;
}

function classify(table: Uint8Array, codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  const found = PROPERTIES.reduce((bits, [property, bit]) => (property.test(character) ? bits | bit : bits), 0);
  table[codePoint] = found;
  return found;
}
