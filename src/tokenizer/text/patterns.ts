import type { AlignedText } from "./aligned-text";
import { inUnicode16 } from "./in-unicode-16";
import type { Ranges } from "./scanners/scan";

/** A stretch of text that a pattern did (`match`) or did not match. */
interface Stretch {
  from: number;
  to: number;
  match: boolean;
}

/** Finds matches: the start and end of each one, in order. Matches do not overlap. */
export type Pattern = (text: string) => Ranges;

export function regexPattern(source: RegExp): Pattern {
  const regex = new RegExp(source.source, [...new Set(`${source.flags}g`)].join(""));
  return (text) => {
    const ranges: number[] = [];
    for (const match of inUnicode16(text).matchAll(regex)) ranges.push(match.index, match.index + match[0].length);
    return ranges;
  };
}

/** Matches every character for which the function is true, one by one. */
export function characterPattern(belongs: (codePoint: number) => boolean): Pattern {
  return (text) => {
    const ranges: number[] = [];
    for (let at = 0; at < text.length; ) {
      const codePoint = text.codePointAt(at) as number;
      const end = at + (codePoint > 0xffff ? 2 : 1);
      if (belongs(codePoint)) ranges.push(at, end);
      at = end;
    }
    return ranges;
  };
}

/** Matches runs of characters of the same class; characters without a class do not match. */
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

/** Replaces each match by `content`, which gets the place of the last character it replaces. */
export function replaceMatches(text: AlignedText, pattern: Pattern, content: string): AlignedText {
  const ranges = pattern(text.text);
  const contents = new Array<string>(ranges.length / 2).fill(content);
  return text.edit(ranges, contents, (i) => {
    const to = ranges[2 * i + 1] as number;
    return to > 0 ? text.offsets(to - 1, to) : [text.start, text.start];
  });
}

/** What happens to the delimiters at which a text is split. */
export const SPLIT_BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"] as const;
export type SplitBehavior = (typeof SPLIT_BEHAVIORS)[number];

/**
 * The start and end of each piece of a text split at a pattern's matches (with `invert`, at the text between them).
 * Empty pieces are dropped. `the-final--countdown` at `-` gives, by behavior:
 *
 * - `Removed`: the, final, countdown
 * - `Isolated`: the, -, final, -, -, countdown
 * - `MergedWithPrevious`: the-, final-, -, countdown
 * - `MergedWithNext`: the, -final, -, -countdown
 * - `Contiguous`: the, -, final, --, countdown
 */
export function splitRanges(text: string, pattern: Pattern, behavior: SplitBehavior, invert = false): Ranges {
  if (behavior === "Isolated") return cutAt(text, pattern, true, true);
  if (behavior === "Removed") return cutAt(text, pattern, invert, !invert);
  const ranges: number[] = [];
  for (const { from, to } of arrange(stretchesOf(text, pattern, invert), behavior))
    if (from < to) ranges.push(from, to);
  return ranges;
}

/** Matches or the text between them or both, in order, without empty ones. */
function cutAt(text: string, pattern: Pattern, keepsMatches: boolean, keepsGaps: boolean): Ranges {
  const matches = pattern(text);
  if (keepsMatches && areWhole(matches, text)) return matches;
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

/** Whether the stretches cover the text without gaps, and none is empty. */
function areWhole(ranges: Ranges, text: string): boolean {
  let end = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    if (ranges[i] !== end || (ranges[i + 1] as number) <= end) return false;
    end = ranges[i + 1] as number;
  }
  return end === text.length;
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

/** Visits the stretches in the given order and joins one to the previous group if `joins` returns true. */
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
