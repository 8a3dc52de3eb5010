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
const refused: Check = (where, name) => {
  throw new RangeError(`${where}: ${name} is not supported`);
};
/** Refused, but for the value that changes nothing. */
const onlyIdle =
  (isIdle: (value: unknown) => boolean): Check =>
  (where, name, value) => {
    if (!isIdle(value)) refused(where, name, value);
  };

/** Keywords that are honoured. */
const honoured = {
  type: (where, name, value) => (Array.isArray(value) ? arrayOf(type) : type)(where, name, value),
  enum: expectArray,
  const: ignored,
  $ref: expectString,
  allOf: someSchemas,
  anyOf: someSchemas,
  oneOf: someSchemas,
  properties: eachSchema,
  required: arrayOf(expectString, "an array of names"),
  additionalProperties: schema,
  unevaluatedProperties: (where, name, value) => {
    if (value !== false) throw new RangeError(`${where}: ${name} must be false, not ${describe(value)}`);
  },
  minProperties: size,
  maxProperties: size,
  items: (where, name, value) => (Array.isArray(value) ? schemas : schema)(where, name, value),
  prefixItems: schemas,
  additionalItems: schema,
  minItems: size,
  maxItems: size,
  minLength: size,
  maxLength: size,
  pattern: expectString,
  format: expectString,
  minimum: numberIn(),
  maximum: numberIn(),
  exclusiveMinimum: numberIn(),
  exclusiveMaximum: numberIn(),
  multipleOf: numberIn({ above: 0 }),
} satisfies Record<string, Check>;

/** What a schema says, of the keywords that are honoured. */
export interface Keywords {
  readonly type?: Type | readonly Type[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly unevaluatedProperties?: false;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema | readonly Schema[];
  readonly prefixItems?: readonly Schema[];
  readonly additionalItems?: Schema;
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

export type Schema = boolean | Keywords;

const ANNOTATIONS = [
  ...["title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"],
  ...["$schema", "$id", "id", "$anchor", "$vocabulary", "$defs", "definitions"],
  ...["contentEncoding", "contentMediaType", "contentSchema"],
];
const REFUSED = [
  ...["not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies"],
  ...["patternProperties", "propertyNames", "contains", "minContains", "maxContains", "unevaluatedItems"],
  ...["$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor"],
];

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;

const checks: ReadonlyMap<string, Check> = /* @__PURE__ */ new Map<string, Check>([
  ...Object.entries(honoured),
  ...ANNOTATIONS.map((name) => [name, ignored] as const),
  ...REFUSED.map((name) => [name, refused] as const),
  ["uniqueItems", onlyIdle((value) => value === false)],
  ["patternProperties", onlyIdle(isEmpty)],
  ["dependencies", onlyIdle(isEmpty)],
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
