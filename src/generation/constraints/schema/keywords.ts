import {
  arrayOf,
  type Check,
  describe,
  expectArray,
  expectRecord,
  expectString,
  numberIn,
  oneOf,
  wholeIn,
  wrongKind,
} from "../../../checks";
import { nearest } from "../../../nearest";
import { patternProblem } from "./pattern-test";

export const TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"] as const;
export type Type = (typeof TYPES)[number];

const size = wholeIn({ least: 0 });
const schema: Check = (where, name, value) => {
  if (typeof value !== "boolean") expectRecord(where, name, value);
};
const schemas = arrayOf(schema, "an array of schemas");
const someSchemas: Check = (where, name, value) => {
  schemas(where, name, value);
  if ((value as unknown[]).length === 0) throw new RangeError(`${where}: ${name} is empty; it needs a schema`);
};
const eachSchema: Check = (where, name, value) => {
  expectRecord(where, name, value);
  for (const key of Object.keys(value)) schema(where, `${name}/${key}`, value[key]);
};
const type = oneOf(TYPES);
const ignored: Check = () => {};
const names = arrayOf(expectString, "an array of names");
const expression: Check = (where, name, value) => {
  expectString(where, name, value);
  const problem = patternProblem(value as string);
  if (problem !== undefined) throw new RangeError(`${where}: ${name} is not a regular expression: ${problem}`);
};
const refused: Check = (where, name) => {
  throw new RangeError(`${where}: ${name} is not supported`);
};
const dialect: Check = (where, name, value) => {
  expectString(where, name, value);
  if (!/^https?:\/\/json-schema\.org\//.test(value as string))
    throw new RangeError(`${where}: ${name} is ${describe(value)}; only the drafts of json-schema.org are supported`);
};
const requirements: Check = (where, name, value) => {
  expectRecord(where, name, value);
  for (const key of Object.keys(value)) names(where, `${name}/${key}`, value[key]);
};

const all = <Name extends string>(keywords: readonly Name[], check: Check): Record<Name, Check> =>
  Object.fromEntries(keywords.map((name) => [name, check])) as Record<Name, Check>;

/** Keywords that are honoured. */
const honoured: Readonly<Record<keyof WrittenSchema, Check>> = {
  type: (where, name, value) => (Array.isArray(value) ? arrayOf(type) : type)(where, name, value),
  enum: expectArray,
  const: ignored,
  $ref: expectString,
  ...all(["allOf", "anyOf", "oneOf"], someSchemas),
  ...all(["not", "if", "then", "else", "propertyNames", "contains"], schema),
  ...all(["additionalProperties", "unevaluatedProperties", "additionalItems", "unevaluatedItems"], schema),
  ...all(["properties", "dependentSchemas"], eachSchema),
  patternProperties: (where, name, value) => {
    eachSchema(where, name, value);
    for (const pattern of Object.keys(value as object)) expression(where, `${name}/${pattern}`, pattern);
  },
  required: names,
  dependentRequired: requirements,
  dependencies: (where, name, value) => {
    expectRecord(where, name, value);
    for (const [key, needed] of Object.entries(value))
      (Array.isArray(needed) ? names : schema)(where, `${name}/${key}`, needed);
  },
  items: (where, name, value) => (Array.isArray(value) ? schemas : schema)(where, name, value),
  prefixItems: schemas,
  ...all(["minItems", "maxItems", "minContains", "maxContains", "minLength", "maxLength"], size),
  ...all(["minProperties", "maxProperties"], size),
  pattern: expression,
  format: expectString,
  ...all(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], numberIn()),
  multipleOf: numberIn({ above: 0 }),
};

/** What a schema says about a value, without the schemas that it is combined with. */
export interface Keywords {
  readonly type?: Type | readonly Type[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema | readonly Schema[];
  readonly prefixItems?: readonly Schema[];
  readonly additionalItems?: Schema;
  readonly contains?: Schema;
  readonly minContains?: number;
  readonly maxContains?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
}

/** A schema as it is written. */
export interface WrittenSchema extends Keywords {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly if?: Schema;
  readonly then?: Schema;
  readonly else?: Schema;
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>;
  readonly dependentSchemas?: Readonly<Record<string, Schema>>;
  readonly dependencies?: Readonly<Record<string, Schema | readonly string[]>>;
  readonly unevaluatedProperties?: Schema;
  readonly unevaluatedItems?: Schema;
}

export type Schema = boolean | WrittenSchema;

const ANNOTATIONS = [
  ...["title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"],
  ...["$id", "id", "$anchor", "$vocabulary", "$defs", "definitions"],
  ...["contentEncoding", "contentMediaType", "contentSchema"],
];
const REFUSED = ["$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor"];

const checks: ReadonlyMap<string, Check> = /* @__PURE__ */ new Map<string, Check>([
  ...Object.entries(honoured),
  ...ANNOTATIONS.map((name) => [name, ignored] as const),
  ["$schema", dialect],
  ...REFUSED.map((name) => [name, refused] as const),
  [
    "uniqueItems",
    (where, name, value) => {
      if (value !== false) refused(where, name, value);
    },
  ],
]);

/** @throws TypeError, RangeError that names the keyword by its path, if it is wrong, unknown or not supported */
export function expectSchema(where: string, path: string, value: unknown): asserts value is Schema {
  if (typeof value === "boolean") return;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrongKind(where, path, "a schema: an object, true or false", value);
  for (const [name, content] of Object.entries(value)) {
    const check = checks.get(name);
    if (check === undefined && !name.startsWith("x-")) {
      const [meant] = nearest(name, [...checks.keys()], 1);
      throw new RangeError(`${where}: ${path}/${name} is not a keyword; did you mean "${meant}"?`);
    }
    if (content === undefined) throw wrongKind(where, `${path}/${name}`, "a JSON value", content);
    check?.(where, `${path}/${name}`, content);
  }
}
