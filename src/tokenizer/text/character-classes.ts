import { WHITE_SPACE } from "./unicode";
import { laterUntil, WAS_SMALL } from "./unicode-16";

/** Every character is either a letter, a number, white space or something else. */
export const LETTER = 1;
export const NUMBER = 2;
export const SPACE = 4;
export const OTHER = 8;
/** Punctuation and symbols. */
export const SIGN = 16;
/** What \w matches in Rust's regular expressions. */
export const WORD = 32;
export const UPPER = 64;
export const LOWER = 128;
/** Letters without case, and marks. */
export const CASELESS = 256;

/** The characters of each class, in bit order. */
const SETS = [
  /^\p{L}$/u,
  /^\p{N}$/u,
  WHITE_SPACE,
  /^[^\p{L}\p{N}\p{White_Space}]$/u,
  /^[\p{P}\p{S}]$/u,
  /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u,
  /^[\p{Lu}\p{Lt}]$/u,
  /^\p{Ll}$/u,
  /^[\p{Lm}\p{Lo}\p{M}]$/u,
];

/** A cache by code point; 0 if unknown. Untouched memory is not allocated. */
const classes = /* @__PURE__ */ new Uint16Array(0x110000);

/** All classes of a character. */
export function characterClass(codePoint: number): number {
  return (classes[codePoint] as number) || classify(codePoint);
}

function classify(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  let found = SETS.reduce((bits, set, bit) => (set.test(character) ? bits | (1 << bit) : bits), 0);
  if (codePoint === WAS_SMALL) found = LETTER | WORD | LOWER;
  if (laterUntil(codePoint)) found = OTHER;
  classes[codePoint] = found;
  return found;
}
