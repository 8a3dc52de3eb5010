import {
  isBoolean,
  isDict,
  isFloat,
  isList,
  isNone,
  isNumber,
  isText,
  isTuple,
  isUndefined,
  typeName,
  type Value,
} from "./values";

/** The text that Python's `str` gives, which is what `{{ … }}` writes. */
export function str(value: Value): string {
  if (isText(value)) return value.value;
  return isUndefined(value) ? "" : repr(value);
}

/** The text that Python's `repr` gives: `['a', None, {'b': True}]`. */
export function repr(value: Value): string {
  if (isNone(value)) return "None";
  if (isUndefined(value)) return "Undefined";
  if (isText(value)) return quoted(value.value);
  if (isBoolean(value)) return value.value ? "True" : "False";
  if (isNumber(value)) return numberText(value);
  if (isTuple(value) && isList(value))
    return `(${value.value.map(repr).join(", ")}${value.value.length === 1 ? "," : ""})`;
  if (isList(value)) return `[${value.value.map(repr).join(", ")}]`;
  if (isDict(value)) return `{${[...value.value].map(([key, one]) => `${quoted(key)}: ${repr(one)}`).join(", ")}}`;
  return value.toString();
}

function numberText(value: Value): string {
  const number = Number(value.value);
  return isFloat(value) || !Number.isInteger(number) ? floatText(number) : BigInt(number).toString();
}

/** Python writes floats with an exponent below 1e-4 and from 1e16, with at least two digits. */
function floatText(number: number): string {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
  const size = Math.abs(number);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return number.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  return Number.isInteger(number) ? `${Object.is(number, -0) ? "-0" : number}.0` : String(number);
}

const escapes: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\\\n\r\t\p{Cc}\p{Zl}\p{Zp}]|[^\P{Zs} ]/gu, (one) => escapes[one] ?? codeEscape(one));
  return quote + (quote === "'" ? body.replaceAll("'", "\\'") : body) + quote;
}

function codeEscape(character: string): string {
  const code = character.codePointAt(0)!;
  return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** Python's `==`: numbers by value, true as 1; lists and dictionaries by their elements; no other conversion. */
export function isSame(a: Value, b: Value): boolean {
  if (isNumber(a) && isNumber(b)) return Number(a.value) === Number(b.value);
  if (isList(a) && isList(b) && isTuple(a) === isTuple(b))
    return a.value.length === b.value.length && a.value.every((one, i) => isSame(one, b.value[i]!));
  if (isDict(a) && isDict(b))
    return a.value.size === b.value.size && [...a.value].every(([key, one]) => hasSame(b.value, key, one));
  return a.type === b.type && a.value === b.value;
}

function hasSame(dict: ReadonlyMap<string, Value>, key: string, value: Value): boolean {
  const other = dict.get(key);
  return other !== undefined && isSame(value, other);
}

/** Python's `<`: negative, zero or positive. Strings are compared by their code points. */
export function compared(a: Value, b: Value): number {
  if (isNumber(a) && isNumber(b)) return Number(a.value) - Number(b.value);
  if (isText(a) && isText(b)) return comparedText(a.value, b.value);
  if (isList(a) && isList(b)) {
    const at = a.value.findIndex((one, i) => b.value[i] === undefined || !isSame(one, b.value[i]));
    return at < 0 || b.value[at] === undefined ? a.value.length - b.value.length : compared(a.value[at]!, b.value[at]);
  }
  throw new Error(`${typeName(a)} and ${typeName(b)} cannot be ordered`);
}

/** Code points have the order of UTF-32, not of UTF-16. */
export function comparedText(a: string, b: string): number {
  const [ours, theirs] = [Array.from(a), Array.from(b)];
  const at = ours.findIndex((one, i) => one !== theirs[i]);
  if (at < 0 || theirs[at] === undefined) return ours.length - theirs.length;
  return ours[at]!.codePointAt(0)! - theirs[at].codePointAt(0)!;
}

/** The options of Python's `json.dumps`. */
export interface JsonOptions {
  indent?: number | string | undefined;
  ascii?: boolean | undefined;
  separators?: readonly string[] | undefined;
  sorted?: boolean | undefined;
}

/** The text that Python's `json.dumps` gives. */
export function json(value: Value, options: JsonOptions = {}, margin = "\n"): string {
  if (isNone(value)) return "null";
  if (isBoolean(value)) return String(value.value);
  if (isNumber(value)) return numberText(value).replace(/inf$/, "Infinity").replace("nan", "NaN");
  if (isText(value)) return jsonText(value.value, options);
  const entries = isDict(value) ? [...value.value] : undefined;
  if (options.sorted) entries?.sort(([a], [b]) => comparedText(a, b));
  const { indent, separators = [indent === undefined ? ", " : ",", ": "] } = options;
  const step = typeof indent === "number" ? " ".repeat(indent) : (indent ?? "");
  const inner = margin + step;
  const parts = entries
    ? entries.map(([key, one]) => jsonText(key, options) + separators[1] + json(one, options, inner))
    : isList(value)
      ? value.value.map((one) => json(one, options, inner))
      : undefined;
  if (parts === undefined) throw new Error(`${typeName(value)} cannot be written as JSON`);
  const [open, close] = entries ? (["{", "}"] as const) : (["[", "]"] as const);
  if (parts.length === 0 || indent === undefined) return open + parts.join(separators[0]) + close;
  return open + inner + parts.join(separators[0] + inner) + margin + close;
}

function jsonText(text: string, { ascii }: JsonOptions): string {
  const written = JSON.stringify(text);
  if (!ascii) return written;
  return written.replace(/[\u007f-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
