import fc from "fast-check";
import { regex } from "transformer-blocks/generation";
import { describe, expect, it } from "vitest";
import { accepts, afterText, bytes, drawText, vocabularyOf } from "./tools";

/** Patterns over a small alphabet, so that texts often match or nearly match. */
const letter = fc.constantFrom(
  "a",
  "b",
  "é",
  "日",
  ".",
  "\\d",
  "\\w",
  "\\S",
  "[ab]",
  "[^a]",
  "[a-cé]",
  "\\p{L}",
  "\\u00e9",
  "1",
);
const bounds = fc.constantFrom("*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?", "{3}", "{0,70}");
const { pattern } = fc.letrec<{ pattern: string; sequence: string; item: string }>((tie) => ({
  pattern: fc.oneof(
    { weight: 3, arbitrary: tie("sequence") },
    fc.tuple(tie("sequence"), tie("sequence")).map((two) => two.join("|")),
  ),
  sequence: fc.array(tie("item"), { maxLength: 3 }).map((items) => items.join("")),
  item: fc.oneof(
    { maxDepth: 3 },
    letter,
    fc.tuple(letter, bounds).map((two) => two.join("")),
    fc.tuple(tie("pattern"), fc.oneof(fc.constant(""), bounds)).map(([inner, more]) => `(?:${inner})${more}`),
  ),
}));
const text = fc
  .array(fc.constantFrom("a", "b", "c", "é", "日", "1", " ", "\n"), { maxLength: 7 })
  .map((all) => all.join(""));

describe("regex", () => {
  it("lets through exactly the texts that JavaScript's RegExp matches as a whole", () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 8, maxLength: 8 }), (source, texts) => {
        const constraint = regex(source, bytes);
        const reference = new RegExp(`^(?:${source})$`, "u");
        for (const one of texts)
          expect([source, one, accepts(constraint, one)]).toEqual([source, one, reference.test(one)]);
      }),
      { numRuns: 300 },
    );
  });

  it("writes only texts that RegExp matches, with tokens of several characters", () => {
    const vocabulary = vocabularyOf(["ab", "aab", "é1", "日日", "ba b", "11"]);
    fc.assert(
      fc.property(pattern, fc.integer({ min: 0, max: 1e6 }), (source, seed) => {
        const { text } = drawText(regex(source, vocabulary), vocabulary, seed, 8);
        expect(text).toMatch(new RegExp(`^(?:${source})$`, "u"));
      }),
      { numRuns: 150 },
    );
  });

  it.each(["^ab$", "^a|b$", "(^a|b)c", "a(b$|c$)", "^(?:^a)$"])(
    "takes ^ and $ at the ends of %s as they are",
    (source) => {
      const reference = new RegExp(`^(?:${source})$`, "u");
      for (const one of ["a", "b", "c", "ab", "bc", "ac", "abc", ""])
        expect([one, accepts(regex(source, bytes), one)]).toEqual([one, reference.test(one)]);
    },
  );

  it.each([
    ["(?=a)", "lookahead"],
    ["(?!a)b", "negative lookahead"],
    ["(?<=a)b", "lookbehind"],
    ["a(?<!b)", "negative lookbehind"],
    ["(a)\\1", "backreference"],
    ["(?<x>a)\\k<x>", "backreference"],
    ["\\ba", "word boundary"],
    ["(?i:a)", "(?i"],
    ["a^b", "^ between other parts"],
    ["(a$)*", "$ between other parts"],
    ["[b-a]", "wrong order"],
    ["a{3,2}", "wrong order"],
    ["(a", 'no ")"'],
    ["a)", '")" closes nothing'],
    ["[a", 'no "]"'],
    ["\\", "backslash"],
    ["\\p{Foo}", "not a property"],
    ["\\ud800", "surrogate"],
    ["*a", "a repetition of nothing"],
    ["a**", "two repetitions"],
    ["[^\\s\\S]", "no text matches"],
    ["(".repeat(1000), "nested"],
    ["a{9999999999}", "above"],
  ])("refuses %s and names what is wrong", (source, what) => {
    const call = () => regex(source);
    expect(call).toThrow(RangeError);
    expect(call).toThrow(`regex: `);
    expect(call).toThrow(what);
  });

  it("accepts a RegExp and honours the flag s; other flags that change matches are refused", () => {
    expect(accepts(regex(/a.b/s, bytes), "a\nb")).toBe(true);
    expect(accepts(regex(/a.b/u, bytes), "a\nb")).toBe(false);
    expect(() => regex(/a/i)).toThrow('regex: the flag "i" is not supported');
    expect(() => regex(/a/m)).toThrow('regex: the flag "m" is not supported');
  });

  it.each([
    "(a*)*b",
    "(a|a)*b",
    "(a|aa)*b",
    "(a*){1,1000000}b",
    "((a?){1,500}){1,500}b",
    "(.*)*b",
    "(a|b|ab)*c{0,999999}b",
  ])("takes linear time for %s, on which backtracking engines hang", (source) => {
    const state = afterText(regex(source, bytes).start(), "a".repeat(300));
    expect(state.after(98).isComplete).toBe(true);
  });

  it("counts large repetitions instead of writing them out", () => {
    const state = afterText(regex("(ab|c){1000000}", bytes).start(), "abc".repeat(100));
    expect(state.isComplete).toBe(false);
    expect(state.tokensToEnd(10)).toBe(Number.POSITIVE_INFINITY);
    expect(state.tokensToEnd()).toBe(1_000_000 - 200);
  });

  it("refuses a pattern with too many states instead of filling the memory", () => {
    expect(() => regex(`(${"a?".repeat(300)}){60}`.repeat(20)).isBound).not.toThrow();
    expect(() => regex("[ab]{3}".repeat(90_000))).toThrow(/regex: it needs more than 250000 states/);
  });
});
