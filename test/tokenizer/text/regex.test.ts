import { describe, expect, it } from "vitest";
import { compileRegex, RegexProblem } from "../../../src/tokenizer/text/regex";
import { fixture } from "../fixtures";

type Case = [text: string, matches: number[], replaced: string];

const entries = fixture<[pattern: string, cases: Case[] | string][]>("regex");

/** What the reference says of a text: matches that are not empty, and the text with <> for every match. */
function found(pattern: string, text: string): Case {
  const ranges = Array.from(compileRegex(pattern)(text));
  const full: number[] = [];
  let replaced = "";
  let end = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    const [from, to] = [ranges[i]!, ranges[i + 1]!];
    replaced += `${text.slice(end, from)}<>`;
    end = to;
    if (from < to) full.push(from, to);
  }
  return [text, full, replaced + text.slice(end)];
}

function problemOf(pattern: string): unknown {
  try {
    compileRegex(pattern);
  } catch (error) {
    return error;
  }
  return "no error";
}

describe("regular expressions of files mean what they mean to the reference", () => {
  const taken = entries.filter((entry): entry is [string, Case[]] => typeof entry[1] !== "string");
  it.each(taken)("%s", (pattern, cases) => {
    for (const expected of cases) expect(found(pattern, expected[0])).toEqual(expected);
  });

  const refused = entries.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  it.each(refused)("%s is refused, and where", (pattern) => {
    const problem = problemOf(pattern);
    expect(problem).toBeInstanceOf(RegexProblem);
    const { at, message } = problem as RegexProblem;
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at).toBeLessThanOrEqual(pattern.length);
    expect(message).toMatch(/[a-z]{3}.* at character \d+$/s);
  });

  it.each([
    ["a(b", "a group is never closed; it opens at character 1"],
    ["a[b", "a class is never closed; it opens at character 1"],
    ["a(?#b", "a comment is never closed; it opens at character 1"],
  ])("%s is refused with the place where it opens", (pattern, message) => {
    expect((problemOf(pattern) as RegexProblem).message).toBe(message);
  });
});
