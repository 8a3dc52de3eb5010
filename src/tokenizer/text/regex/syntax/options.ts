import type { CodePoints } from "./code-points";
import { notOffered, RegexProblem } from "./problem";
import { posixClass, wordOutsideClasses } from "./properties";
import type { Reader } from "./reader";
import type { Folding } from "./syntax-tree";

/** The options set by the letters of `(?imxWDSP-imxWDSP)` and of `(?CI)`. */
export interface Options {
  readonly ignoresCase: boolean;
  readonly dotMatchesLineEnd: boolean;
  readonly extended: boolean;
  readonly asciiWord: boolean;
  readonly asciiDigit: boolean;
  readonly asciiSpace: boolean;
  readonly asciiPosix: boolean;
  readonly asciiCase: boolean;
  readonly capturesNothing: boolean;
}

export const NO_OPTIONS: Options = {
  ignoresCase: false,
  dotMatchesLineEnd: false,
  extended: false,
  asciiWord: false,
  asciiDigit: false,
  asciiSpace: false,
  asciiPosix: false,
  asciiCase: false,
  capturesNothing: false,
};

const SWITCHES: ReadonlyMap<string, keyof Options> = new Map([
  ["i", "ignoresCase"],
  ["m", "dotMatchesLineEnd"],
  ["x", "extended"],
  ["W", "asciiWord"],
  ["D", "asciiDigit"],
  ["S", "asciiSpace"],
  ["P", "asciiPosix"],
  ["I", "asciiCase"],
  ["C", "capturesNothing"],
]);

/** Options that apply to the whole pattern, and cannot be switched off. */
const WHOLE = "ICL";

/** Reads option letters after `(?`, up to the `:` or `)` that follows, which is not consumed. */
export function readOptions(reader: Reader, before: Options): Options {
  const opened = reader.at - 2;
  const options: { -readonly [Name in keyof Options]: Options[Name] } = { ...before };
  if (reader.sees(")")) throw new RegexProblem("empty group (?)", opened);
  for (let on = true; !reader.sees(":") && !reader.sees(")"); ) {
    const { at } = reader;
    const letter = reader.take("within the options of a group");
    const name = SWITCHES.get(letter);
    if (WHOLE.includes(letter) && (!on || opened > 0)) {
      throw new RegexProblem(`the option ${letter} is allowed only at the start of the pattern, not`, at);
    }
    if (letter === "-") on = false;
    else if (letter === "L") throw notOffered("finding the longest match, (?L)", at);
    else if (letter === "y") readSegmentMode(reader, at);
    else if (name === undefined) throw new RegexProblem(`unknown group type (?${letter}`, at);
    else options[name] = on;
  }
  return options;
}

function readSegmentMode(reader: Reader, at: number): void {
  if (reader.takes("{g}")) return;
  if (reader.sees("{w}")) throw notOffered("splitting at words, (?y{w})", at);
  throw new RegexProblem("the option y without {g} or {w}", reader.at);
}

export function foldingOf(options: Options): Folding {
  if (!options.ignoresCase) return "none";
  return options.asciiCase ? "ascii" : "full";
}

const ASCII_SWITCHES: ReadonlyMap<string, keyof Options> = new Map([
  ["word", "asciiWord"],
  ["digit", "asciiDigit"],
  ["space", "asciiSpace"],
]);

/** `\w` outside of character classes, which also defines `\b`. */
export function wordWith(options: Options): CodePoints {
  const isAscii = options.asciiWord || options.asciiPosix;
  return isAscii ? (posixClassWith("word", options) as CodePoints) : wordOutsideClasses();
}

/** A POSIX class under the options; undefined for an unknown name. */
export function posixClassWith(name: string, options: Options): CodePoints | undefined {
  return narrowed(posixClass(name), name, options);
}

/** A class of that name, limited to ASCII by some options. */
export function narrowed(found: CodePoints | undefined, name: string, options: Options): CodePoints | undefined {
  const own = ASCII_SWITCHES.get(name);
  const isAscii = options.asciiPosix || (own !== undefined && options[own] === true);
  return isAscii ? found?.intersect(posixClass("ascii") as CodePoints) : found;
}
