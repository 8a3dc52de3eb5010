import { type CodePoints, codePoints, complement, LAST_CODE_POINT } from "../automaton/code-points";

/** The code points that a class of the engine's own regular expressions has. */
function membersOf(source: string): CodePoints {
  const matcher = new RegExp(`^${source}$`, "u");
  const ranges: [number, number][] = [];
  let first = -1;
  for (let at = 0; at <= LAST_CODE_POINT + 1; at++) {
    const isIn = at <= LAST_CODE_POINT && matcher.test(String.fromCodePoint(at));
    if (isIn && first < 0) first = at;
    if (isIn || first < 0) continue;
    ranges.push([first, at - 1]);
    first = -1;
  }
  return codePoints(ranges);
}

const MOST_KNOWN = 64;
const known = /* @__PURE__ */ new Map<string, CodePoints>();

/**
 * A class such as `\s` or `\p{Letter}`, with the members that it has in this engine.
 *
 * @throws SyntaxError if the engine does not know it
 */
export function engineClass(source: string): CodePoints {
  let members = known.get(source);
  if (members === undefined) {
    if (known.size >= MOST_KNOWN) known.clear();
    members = membersOf(source);
    known.set(source, members);
  }
  return members;
}

const DIGIT: CodePoints = [[0x30, 0x39]];
const WORD: CodePoints = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const SPACE: CodePoints = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

/** `.`: all but line ends. */
export const DOT: CodePoints = /* @__PURE__ */ complement([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
]);

/** The classes of one letter. */
export const CLASSES: ReadonlyMap<string, CodePoints> = /* @__PURE__ */ new Map([
  ["d", DIGIT],
  ["w", WORD],
  ["s", SPACE],
  ["D", /* @__PURE__ */ complement(DIGIT)],
  ["W", /* @__PURE__ */ complement(WORD)],
  ["S", /* @__PURE__ */ complement(SPACE)],
]);

/** Letters that stand for a control character. */
export const CONTROLS: ReadonlyMap<string, number> = /* @__PURE__ */ new Map([
  ["n", 0x0a],
  ["r", 0x0d],
  ["t", 0x09],
  ["v", 0x0b],
  ["f", 0x0c],
]);
