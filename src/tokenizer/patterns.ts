import { characterClass } from "./character-classes";
import { describe, type Fields, problem } from "./fields";
import { translateRegex } from "./regex";
import { SCANNERS } from "./scanners";

/** A stretch of text that a pattern did (`match`) or did not match. */
interface Stretch {
  from: number;
  to: number;
  match: boolean;
}

/** Finds what it looks for: start and end of the first match, of the second, and so on. Matches do not overlap. */
export type Pattern = (text: string) => number[];

export function regexPattern(source: RegExp): Pattern {
  const regex = new RegExp(source.source, [...new Set(`${source.flags}g`)].join(""));
  return (text) => {
    const ranges: number[] = [];
    for (const match of text.matchAll(regex)) ranges.push(match.index, match.index + match[0].length);
    return ranges;
  };
}

/** Every character of one of the classes, by itself. */
export function classPattern(classes: number): Pattern {
  return (text) => {
    const ranges: number[] = [];
    for (let at = 0; at < text.length; ) {
      const codePoint = text.codePointAt(at) as number;
      const end = at + (codePoint > 0xffff ? 2 : 1);
      if ((characterClass(codePoint) & classes) !== 0) ranges.push(at, end);
      at = end;
    }
    return ranges;
  };
}

/** Neighbours that agree in what they are of the classes; characters of none of them are left out. */
export function runPattern(classOf: (codePoint: number) => number): Pattern {
  return (text) => {
    const ranges: number[] = [];
    let last = 0;
    for (let at = 0; at < text.length; ) {
      const codePoint = text.codePointAt(at) as number;
      const end = at + (codePoint > 0xffff ? 2 : 1);
      const own = classOf(codePoint);
      if (own !== 0 && own === last) ranges[ranges.length - 1] = end;
      else if (own !== 0) ranges.push(at, end);
      last = own;
      at = end;
    }
    return ranges;
  };
}

export function literalPattern(literal: string): Pattern {
  if (literal === "") return regexPattern(/(?:)/u);
  return (text) => {
    const ranges: number[] = [];
    for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + literal.length)) {
      ranges.push(at, at + literal.length);
    }
    return ranges;
  };
}

/**
 * Reads `{ "String": … }` or `{ "Regex": … }`.
 *
 * @throws FormatError if it is neither, or a regular expression that JavaScript cannot express.
 */
export function readPattern(fields: Fields, name: string): Pattern {
  const pattern = fields.object(name);
  const literal = pattern.optionalString("String");
  if (literal !== undefined) return literalPattern(literal);
  const source = pattern.optionalString("Regex");
  if (source === undefined) throw problem(pattern.at, describe(pattern.value), 'an object with "String" or "Regex"');
  const scanner = SCANNERS.get(source);
  if (scanner !== undefined) return scanner;
  try {
    return regexPattern(translateRegex(source));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw problem(pattern.path("Regex"), `${describe(source)} (${reason})`, "a regular expression JavaScript can run");
  }
}

/** What becomes of the delimiters at which a text is split. */
export const SPLIT_BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"] as const;
export type SplitBehavior = (typeof SPLIT_BEHAVIORS)[number];

/**
 * Where the pieces of a text begin and end that is split at the matches of a pattern (with `invert`, at what lies between them). Empty pieces are dropped.
 * `the-final--countdown` at `-` gives, by behavior:
 *
 * - `Removed`: the, final, countdown
 * - `Isolated`: the, -, final, -, -, countdown
 * - `MergedWithPrevious`: the-, final-, -, countdown
 * - `MergedWithNext`: the, -final, -, -countdown
 * - `Contiguous`: the, -, final, --, countdown
 */
export function splitRanges(text: string, pattern: Pattern, behavior: SplitBehavior, invert = false): number[] {
  if (behavior === "Isolated") return cutAt(text, pattern, true, true);
  if (behavior === "Removed") return cutAt(text, pattern, invert, !invert);
  const ranges: number[] = [];
  for (const { from, to } of arrange(stretchesOf(text, pattern, invert), behavior))
    if (from < to) ranges.push(from, to);
  return ranges;
}

/** Matches or what lies between them or both, in order, without the empty ones. */
function cutAt(text: string, pattern: Pattern, keepsMatches: boolean, keepsGaps: boolean): number[] {
  const matches = pattern(text);
  const ranges: number[] = [];
  let end = 0;
  for (let i = 0; i < matches.length; i += 2) {
    const [from, to] = [matches[i] as number, matches[i + 1] as number];
    if (keepsGaps && end < from) ranges.push(end, from);
    if (keepsMatches && from < to) ranges.push(from, to);
    end = to;
  }
  if (keepsGaps && end < text.length) ranges.push(end, text.length);
  return ranges;
}

function stretchesOf(text: string, pattern: Pattern, invert: boolean): Stretch[] {
  const stretches: Stretch[] = [];
  const ranges = pattern(text);
  let end = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    const [from, to] = [ranges[i] as number, ranges[i + 1] as number];
    if (end < from) stretches.push({ from: end, to: from, match: invert });
    stretches.push({ from, to, match: !invert });
    end = to;
  }
  if (end < text.length) stretches.push({ from: end, to: text.length, match: invert });
  return stretches;
}

function arrange(stretches: Stretch[], behavior: SplitBehavior): Stretch[] {
  switch (behavior) {
    case "Isolated":
      return stretches;
    case "Removed":
      return stretches.filter(({ match }) => !match);
    case "Contiguous":
      return joinNeighbours(stretches, (stretch, previousMatched) => stretch.match === previousMatched);
    case "MergedWithPrevious":
      return joinNeighbours(stretches, (stretch, previousMatched) => stretch.match && !previousMatched);
    case "MergedWithNext":
      return joinNeighbours(stretches.reverse(), (stretch, laterMatched) => stretch.match && !laterMatched).reverse();
  }
}

/** Walks the stretches in the order given and joins one to the group before it wherever `joins` says so. */
function joinNeighbours(stretches: Stretch[], joins: (stretch: Stretch, previous: boolean) => boolean): Stretch[] {
  const groups: Stretch[] = [];
  let previousMatched = false;
  for (const stretch of stretches) {
    const group = groups.at(-1);
    if (group !== undefined && joins(stretch, previousMatched)) {
      group.from = Math.min(group.from, stretch.from);
      group.to = Math.max(group.to, stretch.to);
    } else {
      groups.push({ ...stretch });
    }
    previousMatched = stretch.match;
  }
  return groups;
}
