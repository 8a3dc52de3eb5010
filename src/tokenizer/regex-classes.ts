/** Shorthands of Oniguruma (Unicode, Ruby syntax) as the inside of a JavaScript character class. */
export const CLASS_SHORTHANDS: ReadonlyMap<string, string> = new Map([
  ["s", "\\p{White_Space}"],
  ["S", "\\P{White_Space}"],
  ["d", "\\p{Nd}"],
  ["D", "\\P{Nd}"],
  ["w", "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u{b2}\\u{b3}\\u{b9}\\u{bc}-\\u{be}"],
  ["h", "0-9a-fA-F"],
]);

export const ANCHORS: ReadonlyMap<string, string> = new Map([
  ["A", "(?<![^])"],
  ["z", "(?![^])"],
  ["Z", "(?=\\n?(?![^]))"],
]);

export const POSIX_CLASSES: ReadonlyMap<string, string> = new Map([
  ["alpha", "\\p{Alphabetic}"],
  ["digit", "\\p{Nd}"],
  ["alnum", "\\p{Alphabetic}\\p{Nd}"],
  ["upper", "\\p{Uppercase}"],
  ["lower", "\\p{Lowercase}"],
  ["space", "\\p{White_Space}"],
  ["punct", "\\p{P}\\p{S}"],
]);

/** The long s and the Kelvin sign fold to ASCII letters. */
export function bothCases(letter: string): string {
  const cases = letter.toLowerCase() + letter.toUpperCase();
  if (cases === "sS") return `${cases}\\u017f`;
  return cases === "kK" ? `${cases}\\u212a` : cases;
}

/** In hexadecimal, because both syntaxes of JavaScript agree about that only. */
export function escapedInClass(character: string): string {
  return /^[!-/:-@[-`{-~]$/.test(character) ? `\\x${character.charCodeAt(0).toString(16)}` : character;
}

export function escaped(character: string): string {
  if (character === "-") return "\\x2d";
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}
