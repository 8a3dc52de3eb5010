import { ANY, both, type CodePoints, charactersOf, codePoints, without } from "../automaton/code-points";
import { callOf, choice, type Expression, literal, newRule, repeat, sequence } from "../automaton/expression";
import { character } from "../automaton/utf8";
import { RegexParser } from "../regex/parser";
import { expressionOf, type Pattern } from "../regex/pattern";
import { type Facts, type Resolver, strictest } from "./facts";
import { FORMATS } from "./formats";
import { product } from "./product";

/** A pattern that a string must contain, or be. */
interface TextPattern {
  readonly source: string;
  readonly path: string;
}

/** The patterns and formats of the facts; a format must match as a whole. */
export const patternsOf = (document: Resolver, { members }: Facts): TextPattern[] =>
  members.flatMap(({ schema: { pattern, format }, path }) => [
    ...(pattern === undefined ? [] : [{ source: pattern, path: `${path}/pattern` }]),
    ...(format === undefined ? [] : [{ source: `^(?:${formatOf(document, format, path)})$`, path: `${path}/format` }]),
  ]);

function formatOf(document: Resolver, format: string, path: string): string {
  const pattern = FORMATS.get(format);
  if (pattern === undefined)
    throw document.error(
      `${path}/format`,
      `is ${JSON.stringify(format)}; supported are ${[...FORMATS.keys()].join(", ")}`,
    );
  return pattern;
}

const CONTROLS: CodePoints = [[0, 0x1f]];
const QUOTED: CodePoints = /* @__PURE__ */ charactersOf('"\\');
const PLAIN: CodePoints = /* @__PURE__ */ without(ANY, /* @__PURE__ */ codePoints([...CONTROLS, ...QUOTED]));
const SHORT: ReadonlyMap<number, string> = /* @__PURE__ */ new Map(
  Object.entries({ b: 0x08, t: 0x09, n: 0x0a, f: 0x0c, r: 0x0d }).map(([letter, point]) => [point, letter]),
);

/** One character of a set, as it is written in a JSON string. */
export function jsonCharacter(set: CodePoints): Expression {
  const escapes: Expression[] = [];
  for (const sign of ['"', "\\"]) if (both(set, charactersOf(sign)).length > 0) escapes.push(literal(`\\${sign}`));
  for (const [first, last] of both(set, CONTROLS))
    for (let point = first; point <= last; point++) {
      const letter = SHORT.get(point);
      escapes.push(literal(letter === undefined ? `\\u${point.toString(16).padStart(4, "0")}` : `\\${letter}`));
    }
  return choice([character(both(set, PLAIN)), ...escapes]);
}

/** Any character of a JSON string, as a rule, so that each use takes one state. */
const newAnyCharacter = (): Expression => {
  const rule = newRule("character");
  rule.body = jsonCharacter(ANY);
  return callOf(rule);
};
const anyCharacter = /* @__PURE__ */ newAnyCharacter();
const quote = /* @__PURE__ */ literal('"');

export const inQuotes = (text: Expression): Expression => sequence([quote, text, quote]);
export const anyString = /* @__PURE__ */ inQuotes(/* @__PURE__ */ repeat(anyCharacter, 0, Infinity));

/** A string, quotes included. */
export function stringExpression(document: Resolver, facts: Facts): Expression {
  const [least, most] = [strictest(facts, "minLength"), strictest(facts, "maxLength")];
  const patterns = patternsOf(document, facts).map(({ source, path }) => {
    const problem = (what: string) => document.error(path, `is not supported: ${what}`);
    return { tree: new RegexParser(source, problem).parse(), problem };
  });
  if (least > most) return choice([]);
  if (patterns.length === 0) return inQuotes(repeat(anyCharacter, least, most));
  const [only] = patterns;
  if (patterns.length === 1 && least === 0 && most === Infinity) {
    const around = repeat(anyCharacter, 0, Infinity);
    const refuse = (what: string) => only!.problem(what);
    return inQuotes(expressionOf(only!.tree, { character: jsonCharacter, around, refuse }));
  }
  return inQuotes(inAll(patterns, least, most));
}

/** Texts that match all patterns and have a number of characters. */
function inAll(
  patterns: readonly { tree: Pattern; problem: (what: string) => Error }[],
  least: number,
  most: number,
): Expression {
  const { problem } = patterns[0]!;
  return product(
    patterns.map(({ tree, problem: refuse }) => ({ tree, refuse })),
    {
      least,
      most,
      character: jsonCharacter,
      tooLarge: () => problem("with the other limits of the string it needs too many states"),
    },
  );
}
