import type { Arguments } from "./arguments";
import { isSame } from "./python";
import {
  dictOf,
  elementsOf,
  isDict,
  isList,
  isText,
  listOf,
  pairOf,
  type Result,
  type Value,
  valueFor,
} from "./values";

type Method<Of> = (of: Of, given: Arguments) => Result;

/** Python's whitespace, which has more control characters than JavaScript's and no byte order mark. */
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const spaces = new RegExp(`[${SPACE}]+`, "u");

/** Removes the characters of Python's `strip`, at the start, the end, or both. */
export function stripped(text: string, characters?: string, { start = true, end = true } = {}): string {
  if (characters === "") return text;
  const one = `[${characters?.replace(/[\\\]^-]/g, "\\$&") ?? SPACE}]+`;
  const without = start ? text.replace(new RegExp(`^${one}`, "u"), "") : text;
  return end ? without.replace(new RegExp(`${one}$`, "u"), "") : without;
}

export const titled = (text: string): string =>
  text.replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());

export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();

/** At most `count` replacements; all if it is undefined or negative. */
export function replaced(text: string, old: string, by: string, count = -1): string {
  if (count < 0) return text.replaceAll(old, () => by);
  let left = count;
  return text.replaceAll(old, (found) => (left-- > 0 ? by : found));
}

function split(text: string, separator: string | undefined, most = -1): string[] {
  if (separator === "") throw new Error("split: the separator is empty");
  const parts = separator === undefined ? stripped(text).split(spaces) : text.split(separator);
  if (separator === undefined && parts[0] === "") return [];
  if (most < 0 || parts.length <= most + 1) return parts;
  if (separator !== undefined) return [...parts.slice(0, most), parts.slice(most).join(separator)];
  const rest = new RegExp(`^[${SPACE}]*(?:[^${SPACE}]+[${SPACE}]+){${most}}`, "u").exec(text)![0].length;
  return [...parts.slice(0, most), text.slice(rest)];
}

function splitFromEnd(text: string, separator: string | undefined, most = -1): string[] {
  const parts = split(text, separator);
  if (most < 0 || parts.length <= most + 1) return parts;
  const kept = parts.length - most;
  if (separator !== undefined) return [parts.slice(0, kept).join(separator), ...parts.slice(kept)];
  const rest = new RegExp(`(?:[${SPACE}]+[^${SPACE}]+){${most}}[${SPACE}]*$`, "u").exec(text)![0].length;
  return [stripped(text.slice(0, text.length - rest), undefined, { end: false }), ...parts.slice(kept)];
}

const argument = (given: Arguments, position: number, name: string): string => {
  const text = given.text(position, name);
  if (text === undefined) throw new Error(`${name} must be a string`);
  return text;
};

const ofText: Record<string, Method<string>> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  title: titled,
  capitalize: capitalized,
  strip: (text, given) => stripped(text, given.text(0, "chars")),
  lstrip: (text, given) => stripped(text, given.text(0, "chars"), { end: false }),
  rstrip: (text, given) => stripped(text, given.text(0, "chars"), { start: false }),
  startswith: (text, given) => given.texts(0, "prefix").some((one) => text.startsWith(one)),
  endswith: (text, given) => given.texts(0, "suffix").some((one) => text.endsWith(one)),
  removeprefix: (text, given) => {
    const start = argument(given, 0, "prefix");
    return text.startsWith(start) ? text.slice(start.length) : text;
  },
  removesuffix: (text, given) => {
    const end = argument(given, 0, "suffix");
    return text.endsWith(end) ? text.slice(0, text.length - end.length) : text;
  },
  split: (text, given) => split(text, given.text(0, "sep"), given.whole(1, "maxsplit")),
  rsplit: (text, given) => splitFromEnd(text, given.text(0, "sep"), given.whole(1, "maxsplit")),
  splitlines: (text) => text.replace(/\r\n|[\n\r]$/, (end) => (end === "\r\n" ? "\n" : "")).split(/\r\n|[\n\r]/),
  replace: (text, given) =>
    replaced(text, argument(given, 0, "old"), argument(given, 1, "new"), given.whole(2, "count")),
  find: (text, given) => codePointAt(text, text.indexOf(argument(given, 0, "sub"))),
  rfind: (text, given) => codePointAt(text, text.lastIndexOf(argument(given, 0, "sub"))),
  count: (text, given) => text.split(argument(given, 0, "sub")).length - 1,
  join: (text, given) =>
    elementsOf(given.get(0, "iterable") ?? valueFor(undefined))
      .map(joinable)
      .join(text),
  isdigit: (text) => /^\p{Nd}+$/u.test(text),
  isalpha: (text) => /^\p{L}+$/u.test(text),
  isalnum: (text) => /^[\p{L}\p{N}]+$/u.test(text),
  isspace: (text) => text !== "" && stripped(text) === "",
  isupper: (text) => text === text.toUpperCase() && text !== text.toLowerCase(),
  islower: (text) => text === text.toLowerCase() && text !== text.toUpperCase(),
  zfill: (text, given) => text.padStart(given.whole(0, "width") ?? 0, "0"),
};

const codePointAt = (text: string, unit: number): number => (unit < 0 ? unit : Array.from(text.slice(0, unit)).length);

function joinable(value: Value): string {
  if (!isText(value)) throw new Error("join: every element must be a string");
  return value.value;
}

/** What changes its object is refused, as in Python's sandbox. */
const ofDict: Record<string, Method<ReadonlyMap<string, Value>>> = {
  get: (dict, given) => {
    const key = given.positional[0];
    return (key && isText(key) ? dict.get(key.value) : undefined) ?? given.positional[1] ?? null;
  },
  items: (dict) => listOf([...dict].map(([key, value]) => pairOf(valueFor(key), value))),
  keys: (dict) => [...dict.keys()],
  values: (dict) => listOf(dict.values()),
  copy: dictOf,
};

const ofList: Record<string, Method<readonly Value[]>> = {
  index: (list, given) => list.findIndex((one) => isSame(one, given.positional[0] ?? valueFor(undefined))),
  count: (list, given) => list.filter((one) => isSame(one, given.positional[0] ?? valueFor(undefined))).length,
  copy: listOf,
};

/** The method of a value; undefined if it has none of this name. */
export function methodOf(of: Value, name: string): ((given: Arguments) => Result) | undefined {
  if (isText(of)) return bound(ofText, name, of.value);
  if (isDict(of)) return bound(ofDict, name, of.value);
  return isList(of) ? bound(ofList, name, of.value) : undefined;
}

function bound<Of>(table: Readonly<Record<string, Method<Of>>>, name: string, of: Of) {
  const method = Object.hasOwn(table, name) ? table[name] : undefined;
  return method && ((given: Arguments) => method(of, given));
}
