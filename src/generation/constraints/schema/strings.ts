import { ANY, both, type CodePoints, charactersOf, codePoints, without } from "../automaton/code-points";
import { callOf, choice, type Expression, literal, newRule, repeat, sequence } from "../automaton/expression";
import { character } from "../automaton/utf8";
import { RegexParser } from "../regex/parser";
import { expressionOf, type Pattern } from "../regex/pattern";
import { type Facts, type Resolver, strictest } from "./facts";
import { FORMATS } from "./formats";
import { type Condition, product } from "./product";

/** A regular expression of a schema. */
interface TextPattern {
  readonly source: string;
  readonly path: string;
}

/** What the facts say about a text. */
interface TextPatterns {
  /** It contains a match of each; a format must match as a whole. */
  readonly wanted: readonly TextPattern[];
  readonly excluded: readonly TextPattern[];
  /** It is none of these. */
  readonly texts: readonly string[];
}

export const patternsOf = (document: Resolver, { members }: Facts): TextPatterns => ({
  wanted: members.flatMap(({ schema: { pattern, format }, path }) => [
    ...(pattern === undefined ? [] : [{ source: pattern, path: `${path}/pattern` }]),
    ...(format === undefined ? [] : [{ source: `^(?:${formatOf(document, format, path)})$`, path: `${path}/format` }]),
  ]),
  excluded: members.flatMap(({ schema: { excludedPattern }, path }) =>
    excludedPattern === undefined ? [] : { source: excludedPattern, path: `${path}/pattern` },
  ),
  texts: members.flatMap(({ schema: { excludedTexts } }) => excludedTexts ?? []),
});

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

/**
 * A string, quotes included.
 *
 * @param more what else it must be
 */
export function stringExpression(document: Resolver, facts: Facts, more: readonly Condition[] = []): Expression {
  const [least, most] = [strictest(facts, "minLength"), strictest(facts, "maxLength")];
  if (least > most) return choice([]);
  const conditions = [...conditionsOf(document, facts), ...more];
  if (conditions.length === 0) return inQuotes(repeat(anyCharacter, least, most));
  const [{ tree, isExcluded, refuse }] = conditions as [Condition];
  if (conditions.length === 1 && !isExcluded && least === 0 && most === Infinity) {
    const around = repeat(anyCharacter, 0, Infinity);
    return inQuotes(expressionOf(tree, { character: jsonCharacter, around, refuse }));
  }
  const tooLarge = () => refuse("with the other limits of the string it needs too many states");
  return inQuotes(product(conditions, { least, most, character: jsonCharacter, tooLarge }));
}

function conditionsOf(document: Resolver, facts: Facts): Condition[] {
  const { wanted, excluded, texts } = patternsOf(document, facts);
  return [
    ...wanted.map(({ source, path }) => patternCondition(document, source, path, false)),
    ...excluded.map(({ source, path }) => patternCondition(document, source, path, true)),
    ...(texts.length > 0 ? [otherThan(document, facts, texts)] : []),
  ];
}

/** @throws RangeError for a pattern that is not supported */
export function patternCondition(document: Resolver, source: string, path: string, isExcluded: boolean): Condition {
  const refuse = (what: string) => document.error(path, `is not supported: ${what}`);
  return { tree: new RegexParser(source, refuse).parse(), isExcluded, refuse };
}

/** None of some texts. */
export function otherThan(document: Resolver, { path }: Facts, texts: readonly string[]): Condition {
  const options = texts.map(
    (text): Pattern => ({
      kind: "sequence",
      parts: Array.from(text, (sign) => ({ kind: "set", set: charactersOf(sign) })),
    }),
  );
  return {
    tree: { kind: "sequence", parts: [{ kind: "start" }, { kind: "choice", options }, { kind: "end" }] },
    isExcluded: true,
    refuse: (what) => document.error(path, `is not supported: ${what}`),
  };
}
