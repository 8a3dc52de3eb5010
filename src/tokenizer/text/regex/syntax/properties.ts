import { LATER, laterUntil, WAS_SMALL } from "../../unicode-16";
import { CODE_POINT_LIMIT, CodePoints } from "./code-points";

/** Stretches whose characters are tested individually. */
const LOOKED_AT = [0, 0xd800, 0xe000, 0x10000, 0x10000, 0x34000, 0xe0000, 0xe1000];
/** Stretches of uniform characters: surrogates, unassigned planes, private use. */
const ALIKE = [
  0xd800,
  0xe000,
  0x34000,
  0xe0000,
  0xe1000,
  0xf0000,
  0xf0000,
  0xffffe,
  0xffffe,
  0x100000,
  0x100000,
  0x10fffe,
  0x10fffe,
  CODE_POINT_LIMIT,
];

/** The characters of each tested stretch, created on demand. */
let texts: string[] | undefined;

function textOf(first: number, end: number): string {
  const parts: string[] = [];
  for (let from = first; from < end; from += 0x1000) {
    const length = Math.min(0x1000, end - from);
    parts.push(String.fromCodePoint(...Array.from({ length }, (_, i) => from + i)));
  }
  return parts.join("");
}

const known = new Map<string, CodePoints>();

/**
 * The members of a JavaScript character class, by Unicode 16 even if the engine has a later version.
 *
 * @param members the content of the class: `\p{L}0-9`
 * @throws SyntaxError if the engine does not know the class.
 */
export function codePointsOf(members: string): CodePoints {
  const before = known.get(members);
  if (before !== undefined) return before;
  const runs = new RegExp(`[${members}]+`, "gu");
  texts ??= LOOKED_AT.flatMap((first, i) => (i % 2 === 0 ? [textOf(first, LOOKED_AT[i + 1] as number)] : []));
  const bounds: number[] = [];
  texts.forEach((text, i) => {
    const first = LOOKED_AT[2 * i] as number;
    const units = first > 0xffff ? 2 : 1;
    for (const { 0: run, index } of text.matchAll(runs)) {
      bounds.push(first + index / units, first + (index + run.length) / units);
    }
  });
  const one = new RegExp(`^[${members}]$`, "u");
  for (let i = 0; i < ALIKE.length; i += 2) {
    const [first, end] = [ALIKE[i] as number, ALIKE[i + 1] as number];
    if (one.test(String.fromCodePoint(first))) bounds.push(first, end);
  }
  const found = asInUnicode16(CodePoints.of(bounds), members);
  known.set(members, found);
  return found;
}

/** Treats later characters like those that are still unassigned. */
function asInUnicode16(set: CodePoints, written: string): CodePoints {
  const changed: number[] = [WAS_SMALL, WAS_SMALL + 1];
  const members: number[] = set.has(WAS_SMALL + 1) ? [WAS_SMALL, WAS_SMALL + 1] : [];
  for (let i = 0; i < LATER.length; i += 2) {
    const first = LATER[i] as number;
    const end = first + (LATER[i + 1] as number);
    changed.push(first, end);
    if (set.has(neverAssigned(end))) members.push(first, end);
  }
  const right = CodePoints.of([...set.without(CodePoints.of(changed)).bounds, ...members]);
  const [missing, wrong] = [right.without(set), set.without(right)];
  return CodePoints.of(right.bounds, `[[${written}${missing.written}]--${wrong.written}]`);
}

function neverAssigned(from: number): number {
  let near = from;
  while (laterUntil(near) !== undefined || /\p{Assigned}/u.test(String.fromCodePoint(near))) near++;
  return near;
}

/** The POSIX bracket classes, as the content of a JavaScript class. */
const POSIX: ReadonlyMap<string, string> = new Map([
  ["alnum", "\\p{Alphabetic}\\p{Nd}"],
  ["alpha", "\\p{Alphabetic}"],
  ["ascii", "\\0-\\x7f"],
  ["blank", "\\p{Zs}\\t"],
  ["cntrl", "\\p{Cc}"],
  ["digit", "\\p{Nd}"],
  ["lower", "\\p{Lowercase}"],
  ["punct", "\\p{P}\\p{S}"],
  ["space", "\\p{White_Space}"],
  ["upper", "\\p{Uppercase}"],
  ["xdigit", "0-9A-Fa-f"],
  ["word", "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}"],
]);

/** A POSIX bracket class by name; undefined for an unknown name. */
export function posixClass(name: string): CodePoints | undefined {
  if (name === "graph") return codePointsOf("\\p{White_Space}\\p{Cc}\\p{Cn}\\p{Cs}").complement();
  if (name === "print") return CodePoints.union([posixClass("graph") as CodePoints, codePointsOf("\\p{Zs}")]);
  const members = POSIX.get(name);
  return members === undefined ? undefined : codePointsOf(members);
}

/** Superscripts and fractions, which the reference treats as word characters only outside of character classes. */
export function wordOutsideClasses(): CodePoints {
  return CodePoints.union([posixClass("word") as CodePoints, CodePoints.of([0xb2, 0xb4, 0xb9, 0xba, 0xbc, 0xbf])]);
}

/**
 * A property by name, ignoring case, blanks, `-` and `_`: a POSIX class, a general category, a binary property or a
 * script.
 */
export function property(name: string): CodePoints | undefined {
  const plain = name.replace(/[ _-]/g, "").toLowerCase();
  // Only the POSIX class includes symbols.
  const posix = plain === "punct" ? codePointsOf("\\p{P}") : posixClass(plain);
  if (posix !== undefined) return posix;
  for (const spelling of /^[\w -]+$/.test(name) ? spellings(name) : []) {
    for (const expression of [`\\p{${spelling}}`, `\\p{Script=${spelling}}`]) {
      if (isKnown(expression)) return codePointsOf(expression);
    }
  }
  return plain === "unknown" ? codePointsOf("\\p{Script=Zzzz}") : undefined;
}

/** JavaScript accepts a name only in the standard's spelling. */
function spellings(name: string): string[] {
  const words = name.replace(/([a-z])([A-Z])/g, "$1_$2").split(/[ _-]+/);
  const titled = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
  return [name, titled.join("_"), words.join("_"), titled.join(""), name.toUpperCase()];
}

function isKnown(expression: string): boolean {
  try {
    return new RegExp(expression, "u").unicode;
  } catch {
    return false;
  }
}
