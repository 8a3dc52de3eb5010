import type { Arguments } from "./arguments";
import { compared, isSame } from "./python";
import * as values from "./values";
import { isBoolean, isDict, isFloat, isList, isNumber, isText, isUndefined, type Value } from "./values";

type Test = (value: Value, given: Arguments) => boolean;

const other = (given: Arguments): Value => given.positional[0] ?? values.valueFor(undefined);
const numberOf = (value: Value): number => {
  if (!isNumber(value)) throw new Error(`${values.typeName(value)} is not a number`);
  return Number(value.value);
};
const isWhole = (value: Value): boolean => isNumber(value) && !isBoolean(value) && !isFloat(value);
const same: Test = (value, given) => isSame(value, other(given));
const differs: Test = (value, given) => !isSame(value, other(given));
const isIn: Test = (value, given) => contains(other(given), value);
const ordered =
  (right: (order: number) => boolean): Test =>
  (value, given) =>
    right(compared(value, other(given)));

/** Python's `in`. */
export function contains(all: Value, one: Value): boolean {
  if (isUndefined(all)) return false;
  if (isDict(all)) return isText(one) && all.value.has(one.value);
  if (isList(all)) return all.value.some((each) => isSame(each, one));
  if (isText(all) && isText(one)) return all.value.includes(one.value);
  throw new Error(`${values.typeName(one)} cannot be looked for in ${values.typeName(all)}`);
}

/** What follows `is`. @see https://jinja.palletsprojects.com/en/stable/templates/#list-of-builtin-tests */
export const tests: Readonly<Record<string, Test>> = {
  defined: (value) => !isUndefined(value),
  undefined: isUndefined,
  none: values.isNone,
  boolean: isBoolean,
  true: (value) => isBoolean(value) && value.value === true,
  false: (value) => isBoolean(value) && value.value === false,
  integer: isWhole,
  float: isFloat,
  number: isNumber,
  string: isText,
  mapping: isDict,
  iterable: (value) => isText(value) || isList(value) || isDict(value) || isUndefined(value),
  sequence: (value) => isText(value) || isList(value) || isDict(value) || isUndefined(value),
  callable: values.isCallable,
  odd: (value) => Math.abs(numberOf(value) % 2) === 1,
  even: (value) => numberOf(value) % 2 === 0,
  divisibleby: (value, given) => numberOf(value) % numberOf(other(given)) === 0,
  lower: (value) => isText(value) && value.value === value.value.toLowerCase() && /\p{L}/u.test(value.value),
  upper: (value) => isText(value) && value.value === value.value.toUpperCase() && /\p{L}/u.test(value.value),
  sameas: (value, given) => value.type === other(given).type && isSame(value, other(given)),
  eq: same,
  equalto: same,
  "==": same,
  ne: differs,
  "!=": differs,
  in: isIn,
  lt: ordered((order) => order < 0),
  lessthan: ordered((order) => order < 0),
  "<": ordered((order) => order < 0),
  le: ordered((order) => order <= 0),
  "<=": ordered((order) => order <= 0),
  gt: ordered((order) => order > 0),
  greaterthan: ordered((order) => order > 0),
  ">": ordered((order) => order > 0),
  ge: ordered((order) => order >= 0),
  ">=": ordered((order) => order >= 0),
};

/** @throws Error for an unknown test */
export function testNamed(name: string): Test {
  if (!Object.hasOwn(tests, name)) throw new Error(`there is no test "${name}"`);
  return tests[name]!;
}
