import { isRecord } from "../../../fields";
import type { Keywords, Schema, Type } from "./keywords";

/** A schema and where it stands in the document. */
export interface Place {
  readonly schema: Schema;
  readonly path: string;
}

/** Schemas that a value must all meet, without references and alternatives: those are resolved. */
export interface Facts {
  readonly members: readonly (Place & { readonly schema: Keywords })[];
  readonly path: string;
}

/** What resolves schemas: a document. */
export interface Resolver {
  /** All ways to meet some schemas at once. */
  alternatives(places: readonly Place[]): Facts[];
  /** The error for a place in the document. */
  error(path: string, problem: string): RangeError;
}

/** The types that values may have. "number" includes the integers. */
export function typesOf({ members }: Facts): ReadonlySet<Type> {
  const declared = members.flatMap(({ schema: { type } }) => (type === undefined ? [] : [[type].flat() as Type[]]));
  const touched = [...new Set(members.flatMap(({ schema }) => touchedBy(schema)))];
  const start: readonly Type[] = touched.length > 0 && declared.length === 0 ? touched : ALL;
  return new Set(declared.reduce<readonly Type[]>(common, start));
}

const ALL: readonly Type[] = ["null", "boolean", "number", "string", "array", "object"];

function common(a: readonly Type[], b: readonly Type[]): Type[] {
  const found = new Set(a.filter((type) => b.includes(type)));
  const isNumeric = (types: readonly Type[]) => types.includes("number") || types.includes("integer");
  if (isNumeric(a) && isNumeric(b) && !found.has("number")) found.add("integer");
  if (found.has("number")) found.delete("integer");
  return [...found];
}

const GROUPS: readonly (readonly [Type, readonly (keyof Keywords)[]])[] = [
  [
    "object",
    ["properties", "required", "additionalProperties", "unevaluatedProperties", "minProperties", "maxProperties"],
  ],
  ["array", ["items", "prefixItems", "additionalItems", "minItems", "maxItems"]],
  ["string", ["minLength", "maxLength", "pattern", "format"]],
  ["number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]],
];

/** The types that a schema has keywords for. */
const touchedBy = (schema: Keywords): Type[] =>
  GROUPS.flatMap(([type, names]) => (names.some((name) => schema[name] !== undefined) ? [type] : []));

/** The greatest of some lower bounds, or the least of some upper ones. */
export const strictest = (
  { members }: Facts,
  name: "minLength" | "minItems" | "minProperties" | "maxLength" | "maxItems" | "maxProperties",
): number => {
  const bounds = members.flatMap(({ schema }) => schema[name] ?? []);
  return name.startsWith("min") ? Math.max(0, ...bounds) : Math.min(Number.POSITIVE_INFINITY, ...bounds);
};

/** Each list is looked at once for all its values, so that long ones cost as much as they have values. */
const lists = /* @__PURE__ */ new WeakMap<Facts, ReadonlyMap<string, unknown> | null>();

/** The values of `enum` and `const` that all members list, by their texts; undefined if none of them has such a list. */
export function listedBy(facts: Facts): ReadonlyMap<string, unknown> | undefined {
  let listed = lists.get(facts);
  if (listed === undefined) {
    listed = commonOf(facts) ?? null;
    lists.set(facts, listed);
  }
  return listed ?? undefined;
}

function commonOf({ members }: Facts): ReadonlyMap<string, unknown> | undefined {
  const all = members.flatMap(({ schema }) => [
    ...(schema.enum === undefined ? [] : [schema.enum]),
    ...("const" in schema ? [[schema.const]] : []),
  ]);
  if (all.length === 0) return undefined;
  const [first, ...others] = all.map((list) => new Map(list.map((value) => [canonical(value), value])));
  return new Map([...first!].filter(([key]) => others.every((other) => other.has(key))));
}

/** Equal values have equal texts, whatever the order of their properties. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? "undefined";
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

/** What each property must meet: its own schemas, and those of members that do not name it. */
export const propertyPlaces = ({ members }: Facts, name: string): Place[] =>
  members.flatMap(({ schema, path }) => {
    const { properties = {}, additionalProperties } = schema;
    if (Object.hasOwn(properties, name))
      return { schema: properties[name]!, path: `${path}/properties/${escaped(name)}` };
    return additionalProperties === undefined
      ? []
      : { schema: additionalProperties, path: `${path}/additionalProperties` };
  });

/** What the item at an index must meet. */
export const itemPlaces = ({ members }: Facts, index: number): Place[] =>
  members.flatMap(({ schema, path }) => {
    const [prefix, name] = prefixOf(schema);
    if (index < prefix.length) return { schema: prefix[index]!, path: `${path}/${name}/${index}` };
    const rest = Array.isArray(schema.items) ? schema.additionalItems : (schema.items as Schema | undefined);
    return rest === undefined ? [] : { schema: rest, path: `${path}/items` };
  });

/** The schemas of the first items; older drafts call them `items`. */
export function prefixOf({ items, prefixItems = [] }: Keywords): [readonly Schema[], string] {
  return Array.isArray(items) ? [items as readonly Schema[], "items"] : [prefixItems, "prefixItems"];
}

/** A name as a part of a JSON pointer. @see RFC 6901, section 3 */
export const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
