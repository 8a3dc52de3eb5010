import { strictTextOfUtf8 } from "../../unicode";
import { CODE_POINT_LIMIT, type CodePoints } from "./code-points";
import { narrowed, type Options, wordWith } from "./options";
import { notOffered, RegexProblem } from "./problem";
import { posixClass, property } from "./properties";
import type { Reader } from "./reader";

/** Maximum length of a name in a message. */
const LONGEST_NAME = 80;

const CONTROL: ReadonlyMap<string, number> = new Map([
  ["n", 0x0a],
  ["t", 0x09],
  ["r", 0x0d],
  ["f", 0x0c],
  ["a", 0x07],
  ["b", 0x08],
  ["e", 0x1b],
  ["v", 0x0b],
]);

const SHORTHANDS: ReadonlyMap<string, string> = new Map([
  ["w", "word"],
  ["d", "digit"],
  ["s", "space"],
  ["h", "xdigit"],
]);

/**
 * Reads `w`, `W`, `p{…}` and the like after the backslash; undefined if something else follows.
 *
 * @param inClass whether the escape is inside a character class, where words are defined differently
 */
export function readClassEscape(reader: Reader, options: Options, inClass: boolean): CodePoints | undefined {
  const letter = reader.peek();
  const shorthand = SHORTHANDS.get(letter.toLowerCase());
  if (shorthand !== undefined) {
    reader.at++;
    const members = named(shorthand, options, inClass) as CodePoints;
    return letter === letter.toLowerCase() ? members : members.complement();
  }
  const { at } = reader;
  const written = reader.takeMatch(/([pP])\{(\^?)([^{}()|]*)(\}?)/uy);
  if (written === undefined) return undefined;
  const [, sign, not, name = "", close] = written;
  const members = close === "" ? undefined : named(name, options, inClass);
  if (members === undefined) throw unknownProperty(written[0].slice(0, LONGEST_NAME), name, at - 1);
  return (sign === "P") !== (not === "^") ? members.complement() : members;
}

/** The reference also supports blocks by name, which JavaScript does not. */
function unknownProperty(written: string, name: string, at: number): RegexProblem {
  if (!/^in/i.test(name)) return new RegexProblem(`unknown property \\${written}`, at);
  return notOffered(`a character block by name, \\${written}`, at, "write it as a range, [\\u3040-\\u309F]");
}

function named(name: string, options: Options, inClass: boolean): CodePoints | undefined {
  const plain = name.replace(/[ _-]/g, "").toLowerCase();
  if (plain === "word" && !inClass) return wordWith(options);
  const found = property(name);
  return posixClass(plain) === undefined ? found : narrowed(found, plain, options);
}

/** Reads a character escape after its backslash: `n`, `x41`, `x{1F600}`, `u0041`, `101`, `cA`, or a literal. */
export function readCharacterEscape(reader: Reader): number {
  const { at } = reader;
  const brace = reader.takeMatch(/x\{([0-9a-fA-F]+)|o\{([0-7]+)/uy);
  if (brace !== undefined) {
    if (!reader.takes("}")) throw reader.problem("invalid or unclosed code point in braces", at - 1);
    return checked(reader, Number.parseInt(brace[1] ?? (brace[2] as string), brace[1] === undefined ? 8 : 16), at - 1);
  }
  const byte = takeByte(reader, /x(?!$|\{)([0-9a-fA-F]{0,2})/uy, 16) ?? takeByte(reader, /([0-7]{1,3})/uy, 8);
  if (byte !== undefined) return byte;
  if (reader.takes("u")) {
    const digits = reader.takeMatch(/[0-9a-fA-F]{4}/uy);
    if (digits === undefined) throw reader.problem("\\u without four hexadecimal digits", at - 1);
    return checked(reader, Number.parseInt(digits[0], 16), at - 1);
  }
  return readControl(reader);
}

function readControl(reader: Reader): number {
  const letter = reader.take("after a backslash");
  if (letter === "c" || (letter === "C" && expectDash(reader))) {
    const target = readTarget(reader);
    return target === 0x3f ? 0x7f : target & 0x9f;
  }
  if (letter === "M" && expectDash(reader)) return (readTarget(reader) & 0xff) | 0x80;
  return CONTROL.get(letter) ?? (letter.codePointAt(0) as number);
}

function expectDash(reader: Reader): boolean {
  if (!reader.takes("-")) throw reader.problem("control character without a dash, as in \\C-x or \\M-x,");
  return true;
}

function readTarget(reader: Reader): number {
  const character = reader.take("within a control character");
  return character === "\\" ? readControl(reader) : (character.codePointAt(0) as number);
}

/** Reads a byte, and those that follow if it begins a multi-byte UTF-8 character. */
function takeByte(reader: Reader, digits: RegExp, base: number): number | undefined {
  const { at } = reader;
  const first = reader.takeMatch(digits);
  if (first === undefined) return undefined;
  const byte = Number.parseInt(first[1] || "0", base);
  if (byte > 0xff) throw reader.problem("octal number above 377", at - 1);
  if (byte < 0x80) return byte;
  const bytes = [byte];
  const next = base === 16 ? /\\x([0-9a-fA-F]{1,2})/uy : /\\([0-7]{1,3})/uy;
  for (let left = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1; left > 0; left--) {
    bytes.push(Number.parseInt(reader.takeMatch(next)?.[1] ?? "0", base));
  }
  const character = strictTextOfUtf8(Uint8Array.from(bytes));
  if (character === undefined || Array.from(character).length !== 1) {
    const written = `\\${first[0]}`;
    throw reader.problem(`${written} and the following bytes are invalid UTF-8 (write \\u{…} as \\x{…}),`, at - 1);
  }
  return character.codePointAt(0) as number;
}

function checked(reader: Reader, codePoint: number, at: number): number {
  if (codePoint >= CODE_POINT_LIMIT || (codePoint >= 0xd800 && codePoint < 0xe000)) {
    throw reader.problem(`invalid character U+${codePoint.toString(16).toUpperCase()}`, at);
  }
  return codePoint;
}
