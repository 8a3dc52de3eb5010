import { isRecord } from "../../../fields";
import { ALL_TYPES, canonical, type FactKeywords, type Member, type Resolver } from "./facts";
import type { Schema, Type } from "./keywords";

/** The schemas of which a value meets one if it does not meet a member; undefined for keywords that have no such list. */
type Negations = {
  readonly [Name in keyof FactKeywords]-?: (
    value: NonNullable<FactKeywords[Name]>,
    schema: FactKeywords,
    not: (schema: Schema) => Schema,
  ) => readonly FactKeywords[] | undefined;
};

const unsupported = (): undefined => undefined;
/** Part of another keyword. */
const nothing = (): readonly FactKeywords[] => [];
const below = (size: number, keywords: FactKeywords): FactKeywords[] => (size > 0 ? [keywords] : []);
const hidden = (count: number): Schema[] => Array.from({ length: count }, () => true);

const negations: Negations = {
  type: (type) => otherTypes([type].flat()),
  enum: (values) => otherValues(values),
  // `const` may be null, so it is looked for by name.
  const: (value) => otherValues([value]),
  properties: (properties, _, not) =>
    Object.entries(properties).map(([name, schema]) => ({
      type: "object",
      required: [name],
      properties: { [name]: not(schema) },
    })),
  required: (names) => names.map((name) => ({ type: "object", properties: { [name]: false } })),
  minProperties: (size) => below(size, { type: "object", maxProperties: size - 1 }),
  maxProperties: (size) => [{ type: "object", minProperties: size + 1 }],
  patternProperties: (patterns) => (Object.keys(patterns).length === 0 ? [] : undefined),
  propertyNames: (schema) => (schema === true ? [] : undefined),
  additionalProperties: (schema) => (schema === true ? [] : undefined),
  prefixItems: negatedPrefix,
  items: (items, schema, not) => {
    if (Array.isArray(items)) return negatedPrefix(items, schema, not);
    const isFirst = (schema.prefixItems ?? []).length === 0;
    return items === true ? [] : isFirst ? [{ type: "array", contains: not(items as Schema) }] : undefined;
  },
  additionalItems: (schema, { items }) => (schema === true || !Array.isArray(items) ? [] : undefined),
  contains: (schema, { minContains = 1, maxContains }, not) => [
    ...below(minContains, { type: "array", ...atMost(schema, minContains - 1, not) }),
    ...(maxContains === undefined ? [] : [{ type: "array", contains: schema, minContains: maxContains + 1 } as const]),
  ],
  minContains: nothing,
  maxContains: nothing,
  minItems: (size) => below(size, { type: "array", maxItems: size - 1 }),
  maxItems: (size) => [{ type: "array", minItems: size + 1 }],
  minLength: (size) => below(size, { type: "string", maxLength: size - 1 }),
  maxLength: (size) => [{ type: "string", minLength: size + 1 }],
  pattern: (pattern) => [{ type: "string", excludedPattern: pattern }],
  // The patterns of formats are stricter than the formats.
  format: unsupported,
  minimum: (bound) => [{ type: "number", exclusiveMaximum: bound }],
  maximum: (bound) => [{ type: "number", exclusiveMinimum: bound }],
  exclusiveMinimum: (bound) => [{ type: "number", maximum: bound }],
  exclusiveMaximum: (bound) => [{ type: "number", minimum: bound }],
  multipleOf: (step) => [{ type: "number", excludedMultiple: step }],
  excludedTexts: (texts) => [{ enum: texts }],
  excludedPattern: (pattern) => [{ type: "string", pattern }],
  excludedMultiple: (step) => [{ type: "number", multipleOf: step }],
};

/**
 * Schemas of which a value meets at least one if, and only if, it does not meet all of the members. Whichever property
 * differs, the others may be there, and all come in the order of the schema.
 *
 * @throws RangeError that names the keyword for one that has no such schemas
 */
export function negated(document: Resolver, members: readonly Member[]): FactKeywords[] {
  const others = anyWith(members.flatMap(({ schema }) => Object.keys(schema.properties ?? {})));
  return members
    .flatMap((member) => negatedMember(document, member))
    .map((option) =>
      option.type === "object" ? { ...option, properties: { ...others, ...option.properties } } : option,
    );
}

const anyWith = (names: readonly string[]): Record<string, true> =>
  Object.fromEntries(names.map((name) => [name, true] as const));

function negatedMember(document: Resolver, { schema, path }: Member): FactKeywords[] {
  const not = (inner: Schema): Schema => document.negationOf(inner);
  return (Object.keys(negations) as (keyof FactKeywords)[])
    .filter((name) => Object.hasOwn(schema, name))
    .flatMap((name) => {
      const negate = negations[name] as (...inputs: unknown[]) => readonly FactKeywords[] | undefined;
      const found = negate(schema[name], schema, not);
      if (found === undefined)
        throw document.error(`${path}/${name}`, "is not supported where it is negated, as by not, if or oneOf");
      return found;
    });
}

const atMost = (contains: Schema, most: number, not: (schema: Schema) => Schema): FactKeywords =>
  most === 0 ? { items: not(contains) } : { contains, minContains: 0, maxContains: most };

function negatedPrefix(
  prefix: readonly Schema[],
  _: FactKeywords,
  not: (schema: Schema) => Schema,
): readonly FactKeywords[] {
  return prefix.map((schema, index) => ({
    type: "array",
    minItems: index + 1,
    prefixItems: [...hidden(index), not(schema)],
  }));
}

function otherTypes(types: readonly Type[]): FactKeywords[] {
  const hasFractions = types.includes("number");
  const rest = ALL_TYPES.filter((type) => !types.includes(type) && !(type === "number" && types.includes("integer")));
  const fractions: FactKeywords[] =
    types.includes("integer") && !hasFractions ? [{ type: "number", excludedMultiple: 1 }] : [];
  return [...(rest.length > 0 ? [{ type: rest }] : []), ...fractions];
}

const typeOf = (value: unknown): Type =>
  value === null ? "null" : Array.isArray(value) ? "array" : (typeof value as Type);

/** All values but some. */
function otherValues(values: readonly unknown[]): readonly FactKeywords[] | undefined {
  const listed = new Set(values.map(typeOf));
  const of = (type: Type) => values.filter((value) => typeOf(value) === type);
  const lists = of("array") as unknown[][];
  const records = of("object").filter(isRecord);
  if (lists.length > 1 || records.length > 1) return undefined;
  const rest = ALL_TYPES.filter((type) => !listed.has(type));
  return [
    ...(rest.length > 0 ? [{ type: rest }] : []),
    ...(listed.has("boolean") ? [{ enum: [true, false].filter((value) => !values.includes(value)) }] : []),
    ...(listed.has("string") ? [{ type: "string", excludedTexts: of("string") as string[] } as const] : []),
    ...(listed.has("number") ? gaps(of("number") as number[]) : []),
    ...lists.flatMap(otherLists),
    ...records.flatMap(otherRecords),
  ];
}

function gaps(numbers: readonly number[]): FactKeywords[] {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  return [...sorted, undefined].map((end, i) => ({
    type: "number",
    ...(i > 0 && { exclusiveMinimum: sorted[i - 1]! }),
    ...(end !== undefined && { exclusiveMaximum: end }),
  }));
}

const otherLists = (list: readonly unknown[]): FactKeywords[] => [
  { type: "array", minItems: list.length + 1 },
  ...below(list.length, { type: "array", maxItems: list.length - 1 }),
  ...list.map((item, index): FactKeywords => {
    const prefixItems = [...hidden(index), differing(item)];
    return { type: "array", minItems: list.length, maxItems: list.length, prefixItems };
  }),
];

function otherRecords(record: Readonly<Record<string, unknown>>): FactKeywords[] {
  const names = Object.keys(record);
  const others = anyWith(names);
  return [
    ...names.map((name): FactKeywords => ({ type: "object", properties: { ...others, [name]: false } })),
    ...names.map(
      (name): FactKeywords => ({
        ...{ type: "object", required: [name] },
        properties: { ...others, [name]: differing(record[name]) },
      }),
    ),
    { type: "object", required: names, minProperties: names.length + 1 },
  ];
}

const known = /* @__PURE__ */ new Map<string, Schema>();

/** The schema of values that differ from one; the same one each time, so that rules are shared. */
function differing(value: unknown): Schema {
  const key = canonical(value);
  const found = known.get(key) ?? { not: { const: value } };
  if (known.size > 1000) known.clear();
  known.set(key, found);
  return found;
}
