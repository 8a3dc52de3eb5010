import { ANY, charactersOf, without } from "../automaton/code-points";
import {
  callOf,
  choice,
  type Expression,
  newRule,
  nothing,
  type Rule,
  repeat,
  sequence,
} from "../automaton/expression";
import { oneOfTexts } from "../choices";
import {
  escaped,
  type Facts,
  listedBy,
  namePlaces,
  type Place,
  placesIn,
  type Resolver,
  strictest,
  typesOf,
} from "./facts";
import { meets } from "./meets";
import { isMatch } from "./pattern-test";
import type { Condition } from "./product";
import { inQuotes, jsonCharacter, otherThan, patternCondition, patternsOf, stringExpression } from "./strings";

/** The most patterns of one object: every subset of them is a case of its own. */
const MOST_PATTERNS = 6;

/** Names in quotes, and what the values of such properties must meet. */
interface Named {
  readonly name: Expression;
  readonly places: readonly Place[];
}

/** The other properties that an object may have, besides some names: by the patterns of `patternProperties` that match. */
export function otherNames(document: Resolver, facts: Facts, known: readonly string[]): Named[] {
  const patterns = new Map<string, string>();
  for (const { schema, path } of facts.members)
    for (const pattern of Object.keys(schema.patternProperties ?? {}))
      patterns.set(pattern, `${path}/patternProperties/${escaped(pattern)}`);
  if (patterns.size > MOST_PATTERNS)
    throw document.error(facts.path, `has more than ${MOST_PATTERNS} patterns in patternProperties`);
  const isOpen = takesOthers(document, facts);
  const found: Named[] = [];
  for (let subset = isOpen ? 0 : 1; subset < 2 ** patterns.size; subset++) {
    const isIn = (index: number) => ((subset >> index) & 1) === 1;
    const matched = [...patterns.keys()].filter((_, index) => isIn(index));
    const places = facts.members.flatMap((member) => placesIn(member, undefined, matched));
    if (places.some(({ schema }) => schema === false)) continue;
    const signed = [...patterns].map(([pattern, path], index) => ({ pattern, path, isExcluded: !isIn(index) }));
    for (const names of document.alternatives(namePlaces(facts)))
      if (typesOf(names).has("string")) found.push({ name: nameExpression(document, names, known, signed), places });
  }
  return found;
}

/** Names that match no pattern are allowed if the schema says so, or if it names none; or always, unless it is strict. */
function takesOthers({ isStrict }: Resolver, { members }: Facts): boolean {
  if (!isStrict) return true;
  const names = members.flatMap(({ schema: { properties = {}, patternProperties = {} }, from }) =>
    from === "negation" ? [] : [...Object.keys(properties), ...Object.keys(patternProperties)],
  );
  return names.length === 0 || members.some(({ schema }) => schema.additionalProperties !== undefined);
}

interface SignedPattern {
  readonly pattern: string;
  readonly path: string;
  readonly isExcluded: boolean;
}

function nameExpression(
  document: Resolver,
  names: Facts,
  known: readonly string[],
  patterns: readonly SignedPattern[],
): Expression {
  const listed = listedBy(names);
  if (listed !== undefined) {
    const isName = (value: unknown): value is string =>
      typeof value === "string" &&
      !known.includes(value) &&
      meets(document, names, value) &&
      patterns.every(({ pattern, isExcluded }) => isMatch(pattern, value) !== isExcluded);
    return oneOfTexts([...listed.values()].filter(isName).map((name) => JSON.stringify(name)));
  }
  const { wanted, excluded, texts } = patternsOf(document, names);
  const isFree = strictest(names, "minLength") === 0 && strictest(names, "maxLength") === Infinity;
  if (patterns.length + wanted.length + excluded.length === 0 && isFree)
    return inQuotes(notOneOf([...known, ...texts]));
  const conditions: Condition[] = patterns.map(({ pattern, path, isExcluded }) =>
    patternCondition(document, pattern, path, isExcluded),
  );
  if (known.length > 0) conditions.push(otherThan(document, names, known));
  return stringExpression(document, names, conditions);
}

/** The inside of a JSON string that differs from all of some texts. */
function notOneOf(texts: readonly string[]): Expression {
  const anyRest = repeat(jsonCharacter(ANY), 0, Number.POSITIVE_INFINITY);
  const known = new Map<string, Rule>();
  const waiting: string[] = [];
  const ruleOf = (prefix: string): Rule => {
    let rule = known.get(prefix);
    if (rule === undefined) {
      rule = newRule("name");
      known.set(prefix, rule);
      waiting.push(prefix);
    }
    return rule;
  };
  const listed = new Set(texts);
  const root = ruleOf("");
  for (const prefix of waiting) {
    const nexts = new Set(
      texts.flatMap((text) => (text.startsWith(prefix) && text !== prefix ? [firstOf(text.slice(prefix.length))] : [])),
    );
    known.get(prefix)!.body = choice([
      ...(listed.has(prefix) ? [] : [nothing]),
      ...Array.from(nexts, (next) => sequence([jsonCharacter(charactersOf(next)), callOf(ruleOf(prefix + next))])),
      sequence([jsonCharacter(without(ANY, charactersOf([...nexts].join("")))), anyRest]),
    ]);
  }
  return callOf(root);
}

const firstOf = (text: string): string => String.fromCodePoint(text.codePointAt(0)!);
