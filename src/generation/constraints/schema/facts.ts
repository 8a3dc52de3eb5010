import { isRecord } from "../../../fields";
import type { Keywords, Schema, Type } from "./keywords";
import { isMatch } from "./pattern-test";

/** A schema and where it stands in the document. */
export interface Place {
  readonly schema: Schema;
  readonly path: string;
}

/** What negations add to the keywords: they hold for values of other types. */
export interface FactKeywords extends Keywords {
  readonly excludedTexts?: readonly string[];
  readonly excludedPattern?: string;
  readonly excludedMultiple?: number;
}

/** One of the schemas that a value must meet. */
export interface Member {
  readonly schema: FactKeywords;
  readonly path: string;
  /** Undefined if the author wrote it; else it follows from a negation, or from `unevaluated…`. */
  readonly from?: "negation" | "unevaluated";
}

/** Schemas that a value must all meet, without references and alternatives: those are resolved. */
export interface Facts {
  readonly members: readonly Member[];
  readonly path: string;
}

/** What resolves schemas: a document. */
export interface Resolver {
  /**
   * Whether schemas are read as their authors usually mean them: an object has only the properties that it names, and a
   * schema without `type` is of the types that its keywords are about.
   */
  readonly isStrict: boolean;
  /** All ways to meet some schemas at once. */
  alternatives(places: readonly Place[]): Facts[];
  /** The schema that all other values meet, the same one each time. */
  negationOf(schema: Schema): Schema;
  /** The error for a place in the document. */
  error(path: string, problem: string): RangeError;
}

export const ALL_TYPES: readonly Type[] = ["null", "boolean", "number", "string", "array", "object"];

/** The types that values may have, whatever the other keywords say. "number" includes the integers. */
export const typesOf = ({ members }: Facts): ReadonlySet<Type> =>
  new Set(members.reduce<readonly Type[]>((types, { schema }) => common(types, schema.type), ALL_TYPES));

function common(a: readonly Type[], type: Type | readonly Type[] | undefined): readonly Type[] {
  if (type === undefined) return a;
  const b = [type].flat();
  const found = new Set(a.filter((one) => b.includes(one)));
  const isNumeric = (types: readonly Type[]) => types.includes("number") || types.includes("integer");
  if (isNumeric(a) && isNumeric(b) && !found.has("number")) found.add("integer");
  if (found.has("number")) found.delete("integer");
  return [...found];
}

const GROUPS: readonly (readonly [Type, readonly (keyof Keywords)[]])[] = [
  [
    "object",
    [
      ...(["properties", "patternProperties", "propertyNames", "required", "additionalProperties"] as const),
      ...(["minProperties", "maxProperties"] as const),
    ],
  ],
  ["array", ["items", "prefixItems", "additionalItems", "contains", "minItems", "maxItems"]],
  ["string", ["minLength", "maxLength", "pattern", "format"]],
  ["number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]],
];

/** The types to write: where no schema says which, and the document is strict, those that the schemas have keywords for. */
export function writtenTypes({ isStrict }: Resolver, facts: Facts): ReadonlySet<Type> {
  const types = typesOf(facts);
  const written = facts.members.filter(({ from }) => from !== "negation").map(({ schema }) => schema);
  if (!isStrict || written.some(({ type }) => type !== undefined)) return types;
  const touched = new Set(
    GROUPS.flatMap(([type, names]) =>
      written.some((schema) => names.some((name) => schema[name] !== undefined)) ? [type] : [],
    ),
  );
  return touched.size === 0 ? types : new Set(common([...types], [...touched]));
}

/** The greatest of some lower bounds, or the least of some upper ones. */
export const strictest = (
  { members }: Facts,
  name: "minLength" | "minItems" | "minProperties" | "maxLength" | "maxItems" | "maxProperties",
): number => {
  const bounds = members.flatMap(({ schema }) => schema[name] ?? []);
  return name.startsWith("min") ? Math.max(0, ...bounds) : Math.min(Number.POSITIVE_INFINITY, ...bounds);
};

/** The values of `enum` and `const` that all members list; undefined if none of them has such a list. */
export function listedBy({ members }: Facts): readonly unknown[] | undefined {
  const lists = members.flatMap(({ schema }) => [
    ...(schema.enum === undefined ? [] : [schema.enum]),
    ...("const" in schema ? [[schema.const]] : []),
  ]);
  if (lists.length === 0) return undefined;
  const [first, ...others] = lists.map((list) => new Map(list.map((value) => [canonical(value), value])));
  return [...first!].flatMap(([key, value]) => (others.every((other) => other.has(key)) ? [value] : []));
}

/** Equal values have equal texts, whatever the order of their properties. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? "undefined";
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

/** What each property must meet: its own schemas, those of patterns that match, and those of members that do not name it. */
export const propertyPlaces = ({ members }: Facts, name: string): Place[] =>
  members.flatMap((member) =>
    placesIn(
      member,
      Object.hasOwn(member.schema.properties ?? {}, name) ? name : undefined,
      Object.keys(member.schema.patternProperties ?? {}).filter((pattern) => isMatch(pattern, name)),
    ),
  );

/** What a property must meet that has a name in `properties`, or matches some patterns. */
export function placesIn(
  { schema, path }: Member,
  name: string | undefined,
  patterns: readonly string[],
): readonly Place[] {
  const { properties = {}, patternProperties = {}, additionalProperties } = schema;
  const places = patterns
    .filter((pattern) => Object.hasOwn(patternProperties, pattern))
    .map((pattern) => ({
      schema: patternProperties[pattern]!,
      path: `${path}/patternProperties/${escaped(pattern)}`,
    }));
  if (name !== undefined) places.push({ schema: properties[name]!, path: `${path}/properties/${escaped(name)}` });
  return places.length > 0 || additionalProperties === undefined
    ? places
    : [{ schema: additionalProperties, path: `${path}/additionalProperties` }];
}

/** What the name of a property must meet. */
export const namePlaces = ({ members }: Facts): Place[] =>
  members.flatMap(({ schema: { propertyNames }, path }) =>
    propertyNames === undefined ? [] : [{ schema: propertyNames, path: `${path}/propertyNames` }],
  );

/** What the item at an index must meet. */
export const itemPlaces = ({ members }: Facts, index: number): Place[] =>
  members.flatMap(({ schema, path }) => {
    const [prefix, name] = prefixOf(schema);
    if (index < prefix.length) return { schema: prefix[index]!, path: `${path}/${name}/${index}` };
    const rest = restOf(schema);
    return rest === undefined ? [] : { schema: rest, path: `${path}/items` };
  });

/** The schemas of the first items; older drafts call them `items`. */
export function prefixOf({ items, prefixItems = [] }: Keywords): [readonly Schema[], string] {
  return Array.isArray(items) ? [items as readonly Schema[], "items"] : [prefixItems, "prefixItems"];
}

/** The schema of the items after the first. */
export const restOf = ({ items, additionalItems }: Keywords): Schema | undefined =>
  Array.isArray(items) ? additionalItems : (items as Schema | undefined);

/** A schema that a number of the items must meet. */
export interface Contained {
  readonly place: Place;
  readonly least: number;
  readonly most: number;
}

/** What `contains` demands. */
export const containedIn = ({ members }: Facts): Contained[] =>
  members.flatMap(({ schema: { contains, minContains = 1, maxContains = Number.POSITIVE_INFINITY }, path }) =>
    contains === undefined || (minContains === 0 && maxContains === Number.POSITIVE_INFINITY)
      ? []
      : { place: { schema: contains, path: `${path}/contains` }, least: minContains, most: maxContains },
  );

/** A name as a part of a JSON pointer. @see RFC 6901, section 3 */
export const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
