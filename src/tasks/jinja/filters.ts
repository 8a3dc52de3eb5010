import { Arguments } from "./arguments";
import { capitalized, methodOf, replaced, stripped, titled } from "./methods";
import { compared, isSame, json, str } from "./python";
import { testNamed } from "./tests";
import {
  elementsOf,
  floatOf,
  isDict,
  isFloat,
  isList,
  isNumber,
  isText,
  isTrue,
  isUndefined,
  listOf,
  type Result,
  resultOf,
  typeName,
  type Value,
  valueFor,
} from "./values";

type Filter = (value: Value, given: Arguments) => Result;

/** What follows `|`. @see https://jinja.palletsprojects.com/en/stable/templates/#list-of-builtin-filters */
const filters: Readonly<Record<string, Filter>> = {
  default: (value, given) =>
    isUndefined(value) || (given.flag(1, "boolean") && !isTrue(value))
      ? (given.positional[0] ?? given.named.get("default_value") ?? "")
      : value,
  safe: (value) => value,
  string: str,
  upper: (value) => str(value).toUpperCase(),
  lower: (value) => str(value).toLowerCase(),
  title: (value) => titled(str(value)),
  capitalize: (value) => capitalized(str(value)),
  trim: (value, given) => stripped(str(value), given.text(0, "chars")),
  replace: (value, given) =>
    replaced(str(value), given.text(0, "old") ?? "", given.text(1, "new") ?? "", given.whole(2, "count")),
  indent: indented,
  escape: (value) =>
    str(value).replace(/[&<>'"]/g, (one) => `&${{ "&": "amp", "<": "lt", ">": "gt", "'": "#39", '"': "#34" }[one]};`),
  wordcount: (value) => (str(value).match(/[\p{L}\p{N}_]+/gu) ?? []).length,
  tojson: (value, given) =>
    json(value, {
      ascii: given.flag(0, "ensure_ascii"),
      indent: indentOf(given.get(1, "indent")),
      separators: given.get(2, "separators") && given.texts(2, "separators"),
      sorted: given.flag(3, "sort_keys"),
    }),
  int: (value, given) => wholeOf(value) ?? given.get(0, "default") ?? 0,
  float: (value, given) => {
    const number = isText(value) ? Number.parseFloat(value.value) : isNumber(value) ? Number(value.value) : Number.NaN;
    return Number.isNaN(number) ? (given.get(0, "default") ?? floatOf(0)) : floatOf(number);
  },
  abs: (value) => numeric(value, Math.abs),
  round: (value, given) => floatOf(rounded(Number(value.value), given.whole(0, "precision") ?? 0)),
  length: lengthOf,
  list: (value) => listOf(elementsOf(value)),
  first: (value) => elementsOf(value)[0] ?? valueFor(undefined),
  last: (value) => elementsOf(value).at(-1) ?? valueFor(undefined),
  reverse: (value) => {
    const elements = [...elementsOf(value)].reverse();
    return isText(value) ? elements.map(str).join("") : listOf(elements);
  },
  join: (value, given) =>
    elementsOf(value)
      .map((one) => str(attribute(one, given.get(1, "attribute"))))
      .join(str(given.get(0, "d") ?? valueFor(""))),
  sort: (value, given) => {
    const key = (one: Value) => folded(attribute(one, given.get(2, "attribute")), given.flag(1, "case_sensitive"));
    const sorted = [...elementsOf(value)].sort(
      (a, b) => compared(key(a), key(b)) * (given.flag(0, "reverse") ? -1 : 1),
    );
    return listOf(sorted);
  },
  unique: (value, given) => {
    const key = (one: Value) => folded(attribute(one, given.get(1, "attribute")), given.flag(0, "case_sensitive"));
    const elements = elementsOf(value);
    return listOf(elements.filter((one, i) => elements.findIndex((before) => isSame(key(before), key(one))) === i));
  },
  min: (value) => extreme(value, 1),
  max: (value) => extreme(value, -1),
  sum: (value, given) =>
    elementsOf(value).reduce((sum, one) => sum + Number(attribute(one, given.get(0, "attribute")).value), 0),
  items: (value) => (isUndefined(value) ? listOf([]) : itemsOf(value)),
  dictsort: (value, given) => {
    const at = given.text(1, "by") === "value" ? 1 : 0;
    const key = (pair: Value) => folded(elementsOf(pair)[at]!, given.flag(0, "case_sensitive"));
    const pairs = [...elementsOf(itemsOf(value))];
    return listOf(pairs.sort((a, b) => compared(key(a), key(b)) * (given.flag(2, "reverse") ? -1 : 1)));
  },
  map: (value, given) => {
    const name = given.named.get("attribute");
    const absent = given.named.get("default");
    if (name === undefined) {
      const filter = filterNamed(given.text(0, "name") ?? "");
      return listOf(elementsOf(value).map((one) => resultOf(filter(one, given.after(1)))));
    }
    const mapped = elementsOf(value).map((one) => attribute(one, name));
    return listOf(mapped.map((one) => (isUndefined(one) ? (absent ?? one) : one)));
  },
  select: (value, given) => listOf(elementsOf(value).filter(passes(given))),
  reject: (value, given) => listOf(elementsOf(value).filter((one) => !passes(given)(one))),
  selectattr: (value, given) => listOf(elementsOf(value).filter(passesAttribute(given))),
  rejectattr: (value, given) => listOf(elementsOf(value).filter((one) => !passesAttribute(given)(one))),
};

const shortNames: Readonly<Record<string, string>> = { d: "default", e: "escape", count: "length" };

/** @throws Error for an unknown filter */
export function filterNamed(name: string): Filter {
  const full = Object.hasOwn(shortNames, name) ? shortNames[name]! : name;
  if (!Object.hasOwn(filters, full)) throw new Error(`there is no filter "${name}"`);
  return filters[full]!;
}

const passes =
  (given: Arguments) =>
  (value: Value): boolean => {
    const name = given.text(0, "test");
    return name === undefined ? isTrue(value) : testNamed(name)(value, given.after(1));
  };

const passesAttribute =
  (given: Arguments) =>
  (value: Value): boolean =>
    passes(given.after(1))(attribute(value, given.get(0, "attribute")));

/** The value at a path such as `function.name` or `0`; the value itself without a path. */
function attribute(value: Value, path: Value | undefined): Value {
  if (path === undefined) return value;
  return str(path)
    .split(".")
    .reduce((at: Value, name) => {
      if (isDict(at)) return at.value.get(name) ?? valueFor(undefined);
      if (isUndefined(at)) throw new Error(`"${str(path)}": "${name}" of undefined`);
      return (isList(at) && /^\d+$/.test(name) ? at.value[Number(name)] : undefined) ?? valueFor(undefined);
    }, value);
}

const folded = (value: Value, exactly: boolean): Value =>
  isText(value) && !exactly ? valueFor(value.value.toLowerCase()) : value;

const itemsOf = (value: Value): Value => {
  const items = isDict(value) ? methodOf(value, "items") : undefined;
  if (items === undefined) throw new Error(`${typeName(value)} has no items`);
  return resultOf(items(new Arguments()));
};

function extreme(value: Value, sign: 1 | -1): Value {
  const elements = elementsOf(value);
  if (elements.length === 0) return valueFor(undefined);
  return elements.reduce((best, one) => (compared(folded(one, false), folded(best, false)) * sign < 0 ? one : best));
}

function lengthOf(value: Value): number {
  if (isText(value)) return Array.from(value.value).length;
  return isDict(value) ? value.value.size : elementsOf(value).length;
}

function wholeOf(value: Value): number | undefined {
  if (isNumber(value)) return Math.trunc(Number(value.value));
  const text = isText(value) ? stripped(value.value) : "";
  if (/^[+-]?\d+$/.test(text)) return Number.parseInt(text, 10);
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Math.trunc(Number(text)) : undefined;
}

function numeric(value: Value, change: (number: number) => number): Value {
  if (!isNumber(value)) throw new Error(`${typeName(value)} is not a number`);
  const changed = change(Number(value.value));
  return isFloat(value) ? floatOf(changed) : valueFor(changed);
}

/** Python rounds halves to the even neighbour. */
function rounded(number: number, digits: number): number {
  const scaled = number * 10 ** digits;
  const near = Math.round(scaled);
  const even = Math.abs(scaled % 1) === 0.5 && near % 2 !== 0 ? near - 1 : near;
  return even / 10 ** digits;
}

function indented(value: Value, given: Arguments): string {
  const width = given.get(0, "width");
  const margin = width !== undefined && isText(width) ? width.value : " ".repeat(given.whole(0, "width") ?? 4);
  const [first, blank] = [given.flag(1, "first"), given.flag(2, "blank")];
  const lines = str(value).split(/\r\n|[\n\r]/);
  return lines.map((line, i) => ((i === 0 ? first : line !== "" || blank) ? margin + line : line)).join("\n");
}

function indentOf(indent: Value | undefined): number | string | undefined {
  if (indent === undefined) return undefined;
  return isText(indent) ? indent.value : Number(indent.value);
}
