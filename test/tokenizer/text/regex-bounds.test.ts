import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/errors";
import { tokenizerFromJson } from "../../../src/tokenizer";
import { ggufPreTokenizers } from "../../../src/tokenizer/formats/gguf/pre-tokenizers";
import { compileRegex } from "../../../src/tokenizer/text/regex";
import { isLinear } from "../../../src/tokenizer/text/regex/analysis/linear";
import { nativeRegex } from "../../../src/tokenizer/text/regex/analysis/native";
import { OutOfFuel } from "../../../src/tokenizer/text/regex/machine/calls";
import { compile } from "../../../src/tokenizer/text/regex/machine/compiler";
import { Machine } from "../../../src/tokenizer/text/regex/machine/machine";
import { machinePattern } from "../../../src/tokenizer/text/regex/machine/search";
import { parseRegex } from "../../../src/tokenizer/text/regex/syntax/parser";

const bpe = { type: "BPE", vocab: { a: 0, b: 1, "!": 2 }, merges: [] };
const splitting = (Regex: string) =>
  tokenizerFromJson({
    model: bpe,
    pre_tokenizer: { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false },
  });

function errorOf(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("no error");
}

describe("no pattern of a file takes longer than its text allows", () => {
  const As = "a".repeat(20_000);
  it.each([
    ["(a+)+$", `${"a".repeat(30)}!`, 0],
    ["(a+)+$", `${As}!`, 0],
    ["(a|aa)+$", `${As}!`, 0],
    ["(\\w*)*x", As, 0],
    ["(a*)*b", As, 0],
    ["(((a*)*)*)*b", As, 0],
    ["(a|a|ab)*c", As, 0],
    ["(.*)(.*)(.*)(.*)x", As, 0],
    ["(x+x+)+y", "x".repeat(20_000), 0],
    ["a*a*a*a*b", As, 0],
    ["\\s+$", `${" ".repeat(20_000)}x`, 0],
    [" *x|(?=y) +", " ".repeat(200_000), 0],
    [" *x|^a| +(?!y)y", `a${" ".repeat(200_000)}`, 1],
    [" +(?=\\n|y)", `${" ".repeat(200_000)}x`, 0],
    ["\\s++$", `${" ".repeat(20_000)}x`, 0],
    ["(?>\\s+)$", `${" ".repeat(20_000)}x`, 0],
    ["(?=.*x)a", As, 0],
    ["(?!.*x)a", As, 20_000],
    ["(?<!b.*)a", As, 20_000],
    ["(?:(?=a)a*)*!", As, 0],
    ["\\d{1,3}(?=(?:\\d{3})*\\b)", "1".repeat(20_000), 6667],
    [".*[^A-Z]|[A-Z]", "A".repeat(20_000), 20_000],
    ["(?:\\Ga+)+$", `${As}!`, 0],
    ["(?i)(ss|ß)*x", "ß".repeat(20_000), 0],
    ["(?:a?){500}a{500}", "a".repeat(500), 1],
    ["(a{1000}){1000}", "a".repeat(100), 0],
    ["\\((?:[^()]|\\g<0>)*\\)", "(".repeat(200), 0],
  ])("%s finds all there is", (pattern, text, count) => {
    expect(compileRegex(pattern)(text).length / 2).toBe(count);
  });

  it.each([
    ["((a+)+)\\2!", "a".repeat(50)],
    ["(a*)*\\1b", "a".repeat(60)],
    ["(?<x>a|b\\g<x>c)", "b".repeat(50_000)],
    ["(?<=(?>b.*x))c", "b".repeat(6_000)],
    ["a{100000}", "a".repeat(50_000)],
    ["(?<!\\p{L}{1,1000}b)\\p{L}", "ab".repeat(10_000)],
    ["(?:a?){5000}", "ab".repeat(10_000)],
    ["(?<!.\\g<0>?+)a", "a".repeat(40)],
    ["(?:(?>a\\g<0>?))", "a".repeat(20_000)],
    ["(a(?=\\g<1>?)b?)*", "a".repeat(20_000)],
    ["(?(1)a|(a+)+)*b", "a".repeat(40)],
  ])("%s stops with an error that names the pattern and the place", (pattern, text) => {
    const found = compileRegex(pattern);
    const started = process.cpuUsage();
    const error = errorOf(() => found(`${text}c`));
    expect(process.cpuUsage(started).user).toBeLessThan(1e6);
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toContain(JSON.stringify(pattern));
    expect(error.message).toMatch(/at character \d+ of a text of \d+/);
    expect(error.message).toContain("use shorter texts");
    expect(found("").length).toBe(0);
  });

  it.each([
    ["((a{1000}){1000}){1000}", "more than 50000 steps"],
    ["x{99999}{99999}", "more than 50000 steps"],
    ["a|".repeat(60_000), "more than 50000 steps"],
    ["(".repeat(5_000), "nested more than 200 deep"],
    ["(?:".repeat(100_000), "nested more than 200 deep"],
    ["[".repeat(100_000), "nested more than 64 deep"],
    ["(?i)".repeat(5_000), "nested more than 200 deep"],
    ["a{100001}", "100000"],
    [`a${"*".repeat(100_000)}`, "more than 4 repetitions of one part"],
  ])("%#: a pattern that is too great is refused", (pattern, reason) => {
    expect(errorOf(() => compileRegex(pattern)).message).toContain(reason);
  });

  it("as deep as patterns may be, they are read", () => {
    const levels = ["(?i:x|y(", "(?:x|y(?>", "(?<=x|y(", "x?(?:(?:"].map((open) => open.repeat(95));
    const found = levels.map((open, i) => {
      const close = i === 2 ? "))" : "))*+?*";
      return compileRegex(`${open}z${close.repeat(95)}`)("xyz").length;
    });
    expect(found.every((count) => count >= 0)).toBe(true);
  });

  it("a tokenizer with such a pattern reads any text", () => {
    expect(splitting("(a+)+$").encode(`${"a".repeat(30)}!`).ids.length).toBe(31);
  });

  it("what is not offered is refused by name, field and place", () => {
    const error = errorOf(() => splitting("ab(?~c)")) as FormatError;
    expect(error).toBeInstanceOf(FormatError);
    expect(error.problem.at).toBe("pre_tokenizer.pattern.Regex");
    expect(error.message).toContain("an absent operator, (?~…)");
    expect(error.message).toContain("at character 2");
  });
});

interface Made {
  readonly pattern: string;
  readonly mayBeEmpty: boolean;
}

const SIGNS = ["?", "*", "+", "??", "*?", "+?", "{2}", "{1,2}", "{1,2}?", "{2,}"];

function repeated({ pattern, mayBeEmpty }: Made, sign: string): Made {
  // Engines leave a loop in different ways where nothing was matched in it.
  if (mayBeEmpty) return { pattern, mayBeEmpty };
  return { pattern: `(?:${pattern})${sign}`, mayBeEmpty: /^[?*]/.test(sign) };
}

/** Patterns that mean the same in JavaScript. */
const common = fc
  .letrec<{ node: Made }>((tie) => {
    const some = fc.array(tie("node"), { minLength: 2, maxLength: 3 });
    const atoms = fc.constantFrom("a", "b", "c", "ab", "[ab]", "[^a]", "[b-c]", "\\d", ".");
    return {
      node: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        atoms.map((pattern) => ({ pattern, mayBeEmpty: false })),
        some.map((parts) => ({
          pattern: parts.map(({ pattern }) => pattern).join(""),
          mayBeEmpty: parts.every(({ mayBeEmpty }) => mayBeEmpty),
        })),
        some.map((parts) => ({
          pattern: `(?:${parts.map(({ pattern }) => pattern).join("|")})`,
          mayBeEmpty: parts.some(({ mayBeEmpty }) => mayBeEmpty),
        })),
        tie("node").map(({ pattern }) => ({ pattern: `(?=${pattern})`, mayBeEmpty: true })),
        tie("node").map(({ pattern }) => ({ pattern: `(?!${pattern})`, mayBeEmpty: true })),
        tie("node").map(({ pattern, mayBeEmpty }) => ({ pattern: `(${pattern})`, mayBeEmpty })),
        fc.tuple(tie("node"), fc.constantFrom(...SIGNS)).map(([body, sign]) => repeated(body, sign)),
      ),
    };
  })
  .node.map(({ pattern }) => pattern);

const text = fc
  .array(fc.constantFrom("a", "b", "c", "ab", "1", "\n"), { maxLength: 12 })
  .map((parts) => parts.join(""));

function byJavaScript(pattern: string, text: string): number[] {
  let behind = -1;
  return Array.from(text.matchAll(new RegExp(pattern, "gu"))).flatMap(({ 0: match, index }) => {
    if (match === "" && index === behind) return [];
    behind = index + match.length;
    return [index, behind];
  });
}

/** The first match from every place on. */
function ends(machine: Machine, text: string): number[] {
  machine.read(text, 1_000_000);
  return Array.from({ length: text.length + 1 }, (_, at) => machine.matchEnd(at, at));
}

describe("ways to run a pattern agree", () => {
  it("with JavaScript, where both mean the same", () => {
    fc.assert(
      fc.property(common, text, (pattern, text) => {
        expect(Array.from(compileRegex(pattern)(text))).toEqual(text === "" ? [] : byJavaScript(pattern, text));
      }),
      { numRuns: 700, seed: 1 },
    );
  });

  it.each(["$", "^", "\\A", "\\z", "\\Z", "(?!\\n)", "(?![^\\n])|b", "(?<!.)", "(?<=\\n)|$", "\\p{M}|\\Z"])(
    "none finds a place inside a character of two code units: %s",
    (pattern) => {
      for (const text of ["a\u{20000}b", "\u{1F44D}", "\u{1F44D}\u{1F1E9}\n\u{20000}\u{20000}", "\n\u{20000}"]) {
        const found = compileRegex(pattern)(text);
        const inside = Array.from(found).filter((at) => at > 0 && (text.codePointAt(at - 1) as number) > 0xffff);
        expect(inside).toEqual([]);
        expect(Array.from(found)).toEqual(Array.from(machinePattern(pattern, parseRegex(pattern))(text)));
      }
    },
  );

  it("with and without a memory of what was tried", () => {
    fc.assert(
      fc.property(common, text, (pattern, text) => {
        const root = parseRegex(`(?>${pattern})c?((?:b|)${pattern})*`);
        const plain = ends(new Machine(compile(root, true), false), text);
        expect(ends(new Machine(compile(root, false), true), text)).toEqual(plain);
      }),
      { numRuns: 700, seed: 2 },
    );
  });

  it("what JavaScript runs takes steps that grow as the text, whatever the text is", () => {
    let checked = 0;
    const parts = fc.array(fc.constantFrom("a", "b", "c", "1", "\n"), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(common, common, parts, text, (first, second, repeated, tail) => {
        const root = parseRegex(`${first}|${second}`);
        if (!isLinear(root)) return;
        checked++;
        const long = repeated.join("").repeat(200) + tail;
        // The same backtracking as JavaScript's, counted.
        const machine = new Machine(compile(root, false), false);
        machine.read(long, 100 * long.length);
        const run = (): void => {
          for (let at = 0; at <= long.length; ) at = Math.max(machine.matchEnd(at, at), at + 1);
        };
        expect(run).not.toThrow(OutOfFuel);
      }),
      { numRuns: 700, seed: 3 },
    );
    expect(checked).toBeGreaterThan(100);
  });
});

it("published patterns are run by JavaScript itself, but for those that it could not be trusted with", () => {
  const patterns = new Set<string>();
  for (const { json } of ggufPreTokenizers().values()) {
    JSON.stringify(json, (name, value) => {
      if (name === "Regex") patterns.add(value);
      return value;
    });
  }
  const own = Array.from(patterns).filter((pattern) => nativeRegex(parseRegex(pattern)) === undefined);
  expect(patterns.size).toBeGreaterThan(25);
  const endings = ["\\s*[\\r\\n]|\\s+(?!\\S)|\\s+", "\\s{1,2}(?!\\S)|\\s", "(?=(\\d{3})+(?!\\d))"];
  expect(own.map((pattern, i) => pattern.endsWith(endings[i] ?? ""))).toEqual([true, true, true]);
});
