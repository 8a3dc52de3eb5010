import { grammar } from "transformer-blocks/generation";
import { describe, expect, it } from "vitest";
import { accepts, afterText, bytes, drawText, vocabularyOf } from "./tools";

const json = String.raw`
# JSON, with any white space.
root ::= ws value ws
value ::= object | array | string | number | ("true" | "false" | "null")
object ::= "{" ws ( pair (ws "," ws pair)* )? ws "}"
pair ::= string ws ":" ws value
array ::= "[" ws ( value
    (ws "," ws value)* )? ws "]"
string ::= "\"" ( [^"\\\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4}) )* "\""
number ::= "-"? ("0" | [1-9] [0-9]*) ("." [0-9]+)? ([eE] [-+]? [0-9]{1,2})?
ws ::= [ \t\n\r]{0,2}
`;
const arithmetic = `
root ::= sum
sum ::= sum [-+] product | product
product ::= product "*" factor
  | factor
factor ::= [0-9]{1,3} | "(" sum ")" | "-" factor
`;
const list = 'root ::= ("- " [^\\n]+ "\\n")+';

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe("grammar", () => {
  const vocabulary = vocabularyOf(['{"', '":', "true", "},", '"]', "[[", " {", "12", "(1", "+(", "- a", "\n- "]);

  it.each(Array.from({ length: 40 }, (_, seed) => seed))("of JSON writes texts that parse (draw %i)", (seed) => {
    expect(drawText(grammar(json, vocabulary), vocabulary, seed).text).toSatisfy(parses);
  });

  it("of JSON lets through what parses, and nothing else", () => {
    const texts = ['{"a": [1, 2.5e3, {"b": null}], "é": "\\u00e9\\n"}', "[]", "-0.5", ' "x" ', "[[[[[[1]]]]]]", "[1,]"];
    for (const text of [...texts, "{", "01", "1.", "[1 2]", '{"a"}', "tru", "", "{'a':1}"])
      expect([text, accepts(grammar(json, bytes), text)]).toEqual([text, parses(text)]);
  });

  it("may call itself first, on the left", () => {
    const constraint = grammar(arithmetic, vocabulary);
    for (let seed = 0; seed < 40; seed++) {
      const { text } = drawText(constraint, vocabulary, seed);
      // The reference: JavaScript's own grammar, which reads all of these texts, but for -- as an operator.
      expect(text.replaceAll("-", " - ")).toSatisfy((source: string) => Number.isFinite(evaluate(source)));
    }
  });

  it.each([
    { text: 'root ::= ("(" root ")")*', yes: ["", "()", "(()())()"], no: ["(", "())", ")("] },
    { text: 'root ::= root root | "a"', yes: ["a", "aaaaa"], no: ["", "b"] },
    { text: 'root ::= "a" root "b" | "a" root "c" | ""', yes: ["", "ab", "aabc", "aaabcb"], no: ["a", "aab"] },
    { text: 'root ::= a\na ::= b "x" | "y"\nb ::= a "z" | ""', yes: ["x", "y", "yzx", "xzxzx"], no: ["", "z", "yz"] },
    { text: 'root ::= "x" root | "x"', yes: ["x", "xxxx"], no: [""] },
    { text: 'root ::= ws "a" ws\nws ::= [ ]* | ws ws', yes: ["a", "  a "], no: ["b", ""] },
    { text: 'root ::= ("é" | "\\u00fc" | [à-ç] | .){2}', yes: ["éü", "àç", "日x", "é\n"], no: ["é"] },
    {
      text: 'root ::= (x y){2,3}\nx ::= "a"?\ny ::= "b"?',
      yes: ["", "ab", "aaa", "ababab", "bab"],
      no: ["aaaa", "abababa"],
    },
    { text: 'root ::= "a" | # a comment\n  "b"\n\n\n  | "c" # another', yes: ["a", "b", "c"], no: ["ab", ""] },
    { text: list, yes: ["- a\n", "- a\n- b c\n"], no: ["", "- a", "-a\n", "- \n"] },
  ])("reads $text", ({ text, yes, no }) => {
    const constraint = grammar(text, bytes);
    for (const one of yes) expect([one, accepts(constraint, one)]).toEqual([one, true]);
    for (const one of no) expect([one, accepts(constraint, one)]).toEqual([one, false]);
  });

  it.each([
    ["root ::= root", 'no text fits the rule "root": give every rule that calls itself a way to end'],
    ['root ::= "a" root', 'no text fits the rule "root": give every rule that calls itself a way to end'],
    ["root ::= other", 'line 1: the rule "other" is not defined'],
    ['# x\n\nroot ::= "a"\nx ::= y', 'line 4: the rule "y" is not defined'],
    ['x ::= "a"', 'it has no rule "root"'],
    ["", 'it has no rule "root"'],
    ['root ::= "a', "line 1: a text has no closing quote"],
    ["root ::= [a", 'line 1: a class has no "]"'],
    ['root ::= ("a"', 'line 1: a group has no ")"'],
    ['root ::= "a" )', "line 1: expected the end of the line"],
    ['root = "a"', 'line 1: expected "::=" after "root"'],
    ['root ::= "a"\nroot ::= "b"', 'line 2: the rule "root" is defined twice'],
    ["root ::= <think>", "line 1: tokens in angle brackets are not supported"],
    ['root ::= "a"{3,1}', "line 1: {3,1} has its numbers in the wrong order"],
    ["root ::= [z-a]", "line 1: a range has its ends in the wrong order"],
    ['root ::= "\\q"', "line 1: \\q is not an escape"],
    ['root ::= "\\u12"', "line 1: \\u needs 4 hexadecimal digits"],
    [`root ::= ${"(".repeat(500)}`, "line 1: groups are nested more than 200 deep"],
  ])("refuses %j and gives the place", (text, message) => {
    expect(() => grammar(text)).toThrow(RangeError);
    expect(() => grammar(text)).toThrow(`grammar: ${message}`);
  });

  it("shares the stacks of readings that call the same rules, so that ambiguity does not grow exponentially", () => {
    const state = afterText(grammar('root ::= "a" root "b" | "a" root "c" | ""', bytes).start(), "a".repeat(300));
    expect(state.tokensToEnd()).toBe(300);
  });

  it("stops with an error where the readings of a text become too many", () => {
    const start = grammar('root ::= root root root | root root | "a" | ""', bytes).start();
    expect(() => afterText(start, "a".repeat(3000))).toThrow(/^grammar: it is too ambiguous/);
  });
});

/** The value of a sum of products, by JavaScript. */
const evaluate = (source: string): number => Number(new Function(`return (${source.replace(/\b0+(?=\d)/g, "")})`)());
