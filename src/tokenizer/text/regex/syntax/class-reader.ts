import { CODE_POINT_LIMIT, CodePoints } from "./code-points";
import { readCharacterEscape, readClassEscape } from "./escapes";
import { type Options, posixClassWith } from "./options";
import type { Reader } from "./reader";

export interface CharacterClass {
  /** The members before negation by a leading `^`. */
  readonly members: CodePoints;
  readonly negated: boolean;
}

const MOST_LEVELS = 64;

/** Reads a character class after its `[`: members, ranges, nested classes, and intersections with `&&`. */
export function readClass(reader: Reader, options: Options, level = 0): CharacterClass {
  const opened = reader.at - 1;
  if (level > MOST_LEVELS) throw reader.problem(`classes are nested more than ${MOST_LEVELS} deep`, opened);
  const negated = reader.takes("^");
  let common: CodePoints | undefined;
  let members: CodePoints[] = [];
  const close = (): CodePoints => {
    const union = CodePoints.union(members);
    return common === undefined ? union : common.intersect(union);
  };
  if (reader.sees("]")) members.push(readBracket(reader, opened));
  while (!reader.takes("]")) {
    if (reader.done) throw reader.problem("a class is never closed; it opens", opened);
    if (reader.takes("&&")) {
      common = close();
      members = [];
    } else {
      members.push(readMember(reader, options, level));
    }
  }
  return { members: close(), negated };
}

/** A leading `]` is a member if another one closes the class. */
function readBracket(reader: Reader, opened: number): CodePoints {
  const rest = reader.source.slice(reader.at + 1);
  if (!/^(?:[^\\\]]|\\[\s\S])*\]/u.test(rest)) throw reader.problem("empty class", opened);
  reader.at++;
  return rangeFrom(reader, 0x5d);
}

function readMember(reader: Reader, options: Options, level: number): CodePoints {
  if (reader.sees("[")) return readPosix(reader, options) ?? readInner(reader, options, level);
  if (reader.takes("\\")) {
    const set = readClassEscape(reader, options, true);
    if (set !== undefined) return notRange(reader, set);
    return readSequence(reader) ?? rangeFrom(reader, readCharacterEscape(reader));
  }
  return rangeFrom(reader, reader.take("within a class").codePointAt(0) as number);
}

function readPosix(reader: Reader, options: Options): CodePoints | undefined {
  const { at } = reader;
  const posix = reader.takeMatch(/\[:(\^?)(\p{Alphabetic}+):\]/uy);
  if (posix === undefined) return undefined;
  const members = posixClassWith((posix[2] as string).toLowerCase(), options);
  if (members === undefined) throw reader.problem(`unknown class ${posix[0].slice(0, 80)}`, at);
  return notRange(reader, posix[1] === "^" ? members.complement() : members);
}

/** A nested class cannot begin a range. */
function notRange(reader: Reader, members: CodePoints): CodePoints {
  if (reader.takeMatch(/(?=-(?!\]|&&))/uy) === undefined) return members;
  throw reader.problem("range that begins with a class (write \\- for a dash)");
}

function readInner(reader: Reader, options: Options, level: number): CodePoints {
  reader.at++;
  const { members, negated } = readClass(reader, options, level + 1);
  return negated ? members.complement() : members;
}

/** Several code points in one pair of braces: `x{61 63-7A}`. */
function readSequence(reader: Reader): CodePoints | undefined {
  const sequence = reader.takeMatch(/x\{([0-9a-fA-F]+(?:(?:[ \n]+|-)[0-9a-fA-F]+)+)[ \n]*\}/uy);
  if (sequence === undefined) return undefined;
  const bounds = (sequence[1] as string).split(/[ \n]+/u).flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map((digits) => Number.parseInt(digits, 16));
    return [first, Math.min(last + 1, CODE_POINT_LIMIT)];
  });
  return CodePoints.of(bounds);
}

/** A member written as a character, or the range that begins with it. */
function rangeFrom(reader: Reader, first: number): CodePoints {
  const { at } = reader;
  const ends = /-(?:\]|&&)/uy;
  ends.lastIndex = at;
  if (!reader.sees("-") || ends.test(reader.source)) return CodePoints.single(first);
  reader.at++;
  if (reader.sees("[")) {
    reader.at = at;
    return CodePoints.single(first);
  }
  const last = readRangeEnd(reader);
  if (last < first) throw reader.problem("range out of order in a class", at);
  return CodePoints.range(first, Math.min(last, CODE_POINT_LIMIT - 1));
}

function readRangeEnd(reader: Reader): number {
  if (!reader.takes("\\")) return reader.take("within a range").codePointAt(0) as number;
  if (/[wWdDsShHpP]/u.test(reader.peek())) {
    throw reader.problem("range that ends with a class", reader.at - 1);
  }
  const great = reader.takeMatch(/x\{([0-9a-fA-F]{1,8})\}/uy);
  return great === undefined ? readCharacterEscape(reader) : Number.parseInt(great[1] as string, 16);
}
