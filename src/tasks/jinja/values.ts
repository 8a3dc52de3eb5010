import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";

/** A value at run time, as `@huggingface/jinja` represents it. */
export type Value = ReturnType<Environment["set"]>;
type With<Inner> = Value extends infer Each ? (Each extends { value: Inner } ? Each : never) : never;
export type Text = With<string>;
export type Numeric = With<number> | With<boolean>;
export type List = With<Value[]>;
export type Dict = With<Map<string, Value>>;
type Callable = With<(given: Value[], scope: Environment) => Value>;

const scratch = /* @__PURE__ */ new Environment();

/** Makes a runtime value from plain data: null, true, 1, "a", [ … ], { … }; undefined is Jinja's undefined. */
export function valueFor(plain: unknown): Value {
  // A name is set once only.
  scratch.variables.delete("value");
  return scratch.set("value", plain);
}

export const isText = (value: Value): value is Text => value.type === "StringValue";
export const isList = (value: Value): value is List => value.type === "ArrayValue" || isTuple(value);
export const isTuple = (value: Value): boolean => value.type === "TupleValue";
export const isDict = (value: Value): value is Dict =>
  value.type === "ObjectValue" || value.type === "KeywordArgumentsValue";
export const isUndefined = (value: Value): boolean => value.type === "UndefinedValue";
export const isNone = (value: Value): boolean => value.type === "NullValue";
export const isFloat = (value: Value): boolean => value.type === "FloatValue";
export const isBoolean = (value: Value): boolean => value.type === "BooleanValue";
export const isCallable = (value: Value): value is Callable => value.type === "FunctionValue";
export const isNumber = (value: Value): value is Numeric =>
  value.type === "IntegerValue" || isFloat(value) || isBoolean(value);
export const isTrue = (value: Value): boolean => value.__bool__().value;

/** A list of runtime values. */
export function listOf(values: Iterable<Value>): Value {
  const list = valueFor([]) as List;
  list.value.push(...values);
  return list;
}

const pair = /* @__PURE__ */ parse(/* @__PURE__ */ tokenize("{{ (0, 0) }}"));

/** A tuple of two runtime values. */
export function pairOf(first: Value, second: Value): Value {
  const tuple = new Interpreter().evaluate(pair.body[0], new Environment()) as List;
  tuple.value = [first, second];
  return tuple;
}

/** A dictionary of runtime values. */
export function dictOf(entries: Iterable<readonly [string, Value]>): Value {
  const dict = valueFor({}) as Dict;
  for (const [key, value] of entries) dict.value.set(key, value);
  return dict;
}

/** What a filter or method returns: a runtime value, or plain data. */
export type Result = Value | string | number | boolean | null | readonly string[];

export const resultOf = (result: Result): Value =>
  typeof result === "object" && result !== null && "__bool__" in result ? result : valueFor(result);

/** A float, also if it is a whole number. */
export function floatOf(number: number): Value {
  const float = valueFor(0.5) as With<number>;
  float.value = number;
  return float;
}

/** A function of runtime values, which `valueFor` alone would convert to plain data. */
export function callable(run: (given: Value[]) => Value): Value {
  const made = valueFor(() => null) as Callable;
  made.value = run;
  return made;
}

/** The name of a value's type in Python, for messages. */
export function typeName(value: Value): string {
  const names: Record<string, string> = {
    StringValue: "a string",
    IntegerValue: "a number",
    FloatValue: "a number",
    BooleanValue: "true or false",
    ArrayValue: "a list",
    TupleValue: "a tuple",
    NullValue: "none",
    UndefinedValue: "undefined",
    FunctionValue: "a function",
  };
  return names[value.type] ?? "an object";
}

/** The elements that Python's `for` visits: characters, elements or keys; nothing for undefined. */
export function elementsOf(value: Value): Value[] {
  if (isUndefined(value)) return [];
  if (isList(value)) return value.value;
  if (isDict(value)) return [...value.value.keys()].map(valueFor);
  if (isText(value)) return Array.from(value.value, valueFor);
  throw new Error(`${typeName(value)} has no elements`);
}
