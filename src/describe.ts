/** By this symbol one copy of the library recognizes values of another: `instanceof` recognizes only its own. */
const KIND = Symbol.for("transformer-blocks.kind");

/** The name of a value's kind, and the copy of the library that made it. */
export interface Kind {
  name: string;
  copy: object;
}

/** This copy of the library. A program that loads it both by `import` and by `require` has two. */
const copy: object = {};

/**
 * What a class returns for `Symbol.for("transformer-blocks.kind")`. A bundler may prefix class names with underscores.
 */
export const kindNamed = (name: string): Kind => ({ name: withoutUnderscores(name), copy });

const withoutUnderscores = (name: string): string => name.replace(/^_+/, "");

/** The name of an object's class, for messages. */
export const classOf = (value: object): string => withoutUnderscores(value.constructor.name);

/** The same with its article: "an EncoderBlock". */
export const aClassOf = (value: object): string => withArticle(classOf(value));

function kindOf(value: unknown): Kind | undefined {
  return typeof value === "object" && value !== null ? (Reflect.get(value, KIND) as Kind | undefined) : undefined;
}

/** Whether it is a value of any copy of the library: a tensor, a module, a tokenizer … */
export const isOfLibrary = (value: unknown): boolean => kindOf(value) !== undefined;

/** Whether it is of a class of this copy of the library. Unlike `instanceof`, it brings no class to the bundle. */
export const isOfKind = (value: unknown, name: string): boolean =>
  kindOf(value)?.name === name && !isOfAnotherCopy(value);

/** Whether it belongs to another copy of the library. */
export const isOfAnotherCopy = (value: unknown): boolean => (kindOf(value)?.copy ?? copy) !== copy;

/** The longest string that a message quotes in full. */
const LONGEST = 60;

/** How messages describe a wrong value: `"first"`, `NaN`, `an array`, `a Tensor`. */
export function describe(value: unknown): string {
  if (typeof value === "string") {
    const quoted = JSON.stringify(value);
    return quoted.length > LONGEST ? `${quoted.slice(0, LONGEST)}…"` : quoted;
  }
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (Array.isArray(value)) return "an array";
  const kind = kindOf(value)?.name ?? Object.prototype.toString.call(value).slice(8, -1);
  if (isOfAnotherCopy(value))
    return `${withArticle(kind)} of another copy of transformer-blocks, loaded by both import and require or in two versions; load it one way`;
  return kind === "Object" ? "an object" : withArticle(kind);
}

export const withArticle = (kind: string): string => `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind}`;

/** The error for an argument of the wrong kind. */
export const wrongKind = (where: string, name: string, wanted: string, value: unknown): TypeError =>
  new TypeError(`${where}: ${name} must be ${wanted}, not ${describe(value)}${conversion(wanted, value)}`);

/** The error for what a function of the caller's gives, if it is of the wrong kind. */
export const wrongResult = (where: string, name: string, wanted: string, value: unknown): TypeError =>
  isPromise(value)
    ? new TypeError(`${where}: ${name} must be ${wanted}, not a Promise; the function must not be async`)
    : wrongKind(where, name, wanted, value);

/** Whether it must be awaited first, as what `fromPretrained` returns. */
export const isPromise = (value: unknown): boolean =>
  typeof (value as PromiseLike<unknown> | null)?.then === "function";

/** A hint on how to turn a promise, or another kind of number or list, into what is wanted. */
export function conversion(wanted: string, value: unknown): string {
  if (isPromise(value)) return "; await it";
  const isWanted = typeof value === "bigint" ? /number|\bid/ : /array|\[batch\]|rows/;
  const how = isWanted.test(wanted) ? converter(value) : undefined;
  return how === undefined ? "" : `; convert it with ${how}`;
}

/** Whether a value is a list of numbers other than an array: a typed array or a tensor. */
export const isOtherList = (value: unknown): boolean => typeof value === "object" && converter(value) !== undefined;

/** What converts a bigint to a number, or another list of numbers to an array. */
function converter(value: unknown): string | undefined {
  if (typeof value === "bigint") return "Number(…)";
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return "Array.from(…, Number)";
  if (ArrayBuffer.isView(value)) return value instanceof DataView ? undefined : "Array.from(…)";
  return /^(Tensor|Parameter)$/.test(kindOf(value)?.name ?? "") && !isOfAnotherCopy(value) ? "toArray()" : undefined;
}
