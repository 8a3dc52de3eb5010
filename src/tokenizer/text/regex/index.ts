import type { Pattern } from "../patterns";
import type { Ranges } from "../scanners/scan";
import { nativeRegex } from "./analysis/native";
import { machinePattern } from "./machine/search";
import { parseRegex } from "./syntax/parser";

export { RegexProblem } from "./syntax/problem";

/**
 * The matches of a regular expression of tokenizer.json, in Oniguruma's syntax. Uses JavaScript's engine if it is
 * equivalent and takes linear time, otherwise this library's own.
 *
 * @throws RegexProblem for an invalid or unsupported pattern, with the position.
 * @see https://github.com/kkos/oniguruma/blob/master/doc/RE
 */
export function compileRegex(source: string): Pattern {
  const root = parseRegex(source);
  const native = nativeRegex(root);
  const find = native === undefined ? machinePattern(source, root) : (text: string) => nativeMatches(text, native);
  // The reference finds nothing in an empty text.
  return (text) => (text === "" ? [] : find(text));
}

/** Drops empty matches directly after another match, or inside a surrogate pair, where JavaScript matches `$`. */
function nativeMatches(text: string, regex: RegExp): Ranges {
  const ranges: number[] = [];
  let behind = -1;
  regex.lastIndex = 0;
  for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
    const end = match.index + match[0].length;
    if (match[0] === "") {
      const inside = isInsidePair(text, end);
      regex.lastIndex = end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
      if (inside || end === behind) continue;
    }
    ranges.push(match.index, end);
    behind = end;
  }
  return ranges;
}

function isInsidePair(text: string, at: number): boolean {
  return at > 0 && (text.codePointAt(at - 1) as number) > 0xffff;
}
