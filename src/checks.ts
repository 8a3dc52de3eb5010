// Over 200 lines: all argument checks are in this one file.
import { conversion, describe, isOfLibrary, wrongKind } from "./describe";
import { editDistance, nearest } from "./nearest";
import { adviceOn, synonymOf, wordFor } from "./synonyms";

export { describe, wrongKind, wrongResult } from "./describe";

/**
 * Checks one argument or option: takes the function's name (`softmax`), the argument's name (`axis`) and the value, and
 * throws a TypeError for the wrong kind or a RangeError for the wrong value. Checks with bounds are created once, at
 * module level; a check allocates only when it throws.
 */
export type Check = (where: string, name: string, value: unknown) => void;

/** One check per option, so that an option cannot be added without one. */
export type Checks<Options> = { readonly [Name in keyof Required<Options>]: Check };

/**
 * Checks that every option is known and passes its check. An undefined option counts as omitted.
 *
 * @param required names of options that must be given
 * @throws TypeError if `options` is not an options object, or for an unknown or missing option
 */
export function checkOptions<Options extends object>(
  where: string,
  options: unknown,
  checks: Checks<Options>,
  required: readonly (keyof Options & string)[] = [],
): asserts options is Options {
  expectOptions(where, options, checks);
  for (const name in options) {
    const value = options[name];
    if (!Object.hasOwn(checks, name)) throw unknownOption(where, name, Object.keys(checks));
    if (value !== undefined) checks[name as keyof Options](where, name, value);
  }
  for (const name of required) {
    if (options[name] !== undefined) continue;
    checks[name](where, name, undefined);
    throw new TypeError(`${where}: ${name} is missing`);
  }
}

function expectOptions(where: string, options: unknown, checks: object): asserts options is Record<string, unknown> {
  if (typeof options === "object" && options !== null) {
    const prototype: unknown = Object.getPrototypeOf(options);
    if (prototype === Object.prototype || prototype === null) return;
    // Options may be an instance of the caller's own class or come from another realm.
    if (hasFields(options)) return;
  }
  const names = Object.keys(checks).slice(0, 3).join(", ");
  const hint = conversion("an object", options);
  throw new TypeError(`${where}: options must be an object, { ${names} … }, not ${describe(options)}${hint}`);
}

/** The error for an unknown name, with the name that was probably meant. */
export function unknownOption(where: string, name: string, known: readonly string[]): TypeError {
  const advice = adviceOn(name, known);
  const meant = synonymOf(name, known) ?? (advice === undefined ? misspelled(name, known) : undefined);
  const hint =
    meant !== undefined
      ? `did you mean "${meant}"?`
      : (advice ?? (known.length > 0 ? `the options are ${known.join(", ")}` : "it takes no options"));
  return new TypeError(`${where}: there is no option "${name}"; ${hint}`);
}

function misspelled(name: string, known: readonly string[]): string | undefined {
  const [closest] = nearest(name, known, 1);
  return closest !== undefined && editDistance(name, closest) <= Math.max(1, name.length / 4) ? closest : undefined;
}

/** @throws TypeError unless it is true or false */
export function expectBoolean(where: string, name: string, value: unknown): asserts value is boolean {
  if (typeof value !== "boolean") throw wrongKind(where, name, "true or false", value);
}

/** @throws TypeError unless it is a string */
export function expectString(where: string, name: string, value: unknown): asserts value is string {
  if (typeof value !== "string") throw wrongKind(where, name, "a string", value);
}

/** @throws TypeError unless it is a function */
export function expectFunction(
  where: string,
  name: string,
  value: unknown,
): asserts value is (...args: never[]) => unknown {
  if (typeof value !== "function") throw wrongKind(where, name, "a function", value);
}

/** @throws TypeError unless it can be used with `instanceof` */
export function expectClass(
  where: string,
  name: string,
  value: unknown,
): asserts value is abstract new (
  ...args: never[]
) => object {
  // Functions that are not constructors have no prototype.
  if (typeof value !== "function" || !value.prototype) throw wrongKind(where, name, "a class", value);
}

/** @throws TypeError unless it is an array */
export function expectArray(where: string, name: string, value: unknown): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw wrongKind(where, name, "an array", value);
}

/** @throws TypeError unless it is an object with named fields */
export function expectRecord(
  where: string,
  name: string,
  value: unknown,
  wanted = "an object",
): asserts value is Readonly<Record<string, unknown>> {
  if (!hasFields(value)) throw wrongKind(where, name, wanted, value);
}

/** An object with named fields: no Promise, Set, value of the library, or other object that has its values elsewhere. */
export const hasFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  Object.prototype.toString.call(value) === "[object Object]" && !isOfLibrary(value);

/** @throws TypeError unless it is an AbortSignal, of any realm */
export function expectSignal(where: string, name: string, value: unknown): asserts value is AbortSignal {
  const signal = value as Partial<AbortSignal> | null | undefined;
  if (typeof signal?.aborted !== "boolean" || typeof signal.addEventListener !== "function")
    throw wrongKind(where, name, "an AbortSignal", value);
}

/** For values that are checked elsewhere. */
export const unchecked: Check = () => {};

export interface Bounds {
  /** The smallest allowed value. */
  least?: number;
  /** The largest allowed value. */
  most?: number;
  /** Values must be greater than this. */
  above?: number;
  /** Values must be less than this. */
  below?: number;
  /** Allows Infinity and −Infinity within the bounds. */
  infinite?: boolean;
}

function bounded(kind: string, isRight: (value: number) => boolean, bounds: Bounds): Check {
  // Comparisons with NaN are false, so a bound of NaN never rejects.
  const { least = -Infinity, most = Infinity, above = Number.NaN, below = Number.NaN } = bounds;
  const limits = [
    bounds.least === undefined ? "" : ` of ${least} or more`,
    bounds.above === undefined ? "" : ` above ${above}`,
    bounds.most === undefined ? "" : ` up to ${most}`,
    bounds.below === undefined ? "" : ` below ${below}`,
  ].filter((limit) => limit !== "");
  const wanted = `${kind}${limits.join(" and")}`;
  return (where, name, value) => {
    if (typeof value !== "number") throw wrongKind(where, name, wanted, value);
    if (!isRight(value) || value < least || value > most || value <= above || value >= below)
      throw new RangeError(`${where}: ${name} must be ${wanted}, not ${describe(value)}`);
  };
}

/** A check for finite numbers within bounds. */
export const numberIn = (bounds: Bounds = {}): Check =>
  bounds.infinite ? bounded("a number", isNumber, bounds) : bounded("a finite number", Number.isFinite, bounds);

const isNumber = (value: number): boolean => !Number.isNaN(value);

/** A check for whole numbers within bounds. */
export const wholeIn = (bounds: Bounds = {}): Check => bounded("a whole number", Number.isSafeInteger, bounds);

/** A check for one of the allowed values. */
export function oneOf(allowed: readonly (string | number | boolean)[]): Check {
  return (where, name, value) => {
    if (allowed.some((one) => one === value)) return;
    const wanted = allowed.map((one) => describe(one)).join(" or ");
    const Wrong = allowed.some((one) => typeof one === typeof value) ? RangeError : TypeError;
    throw new Wrong(`${where}: ${name} must be ${wanted}, not ${describe(value)}${meantWord(value, allowed)}`);
  };
}

/** `; did you mean "silu"?` if the value is another library's word for one that is allowed. */
export function meantWord(value: unknown, allowed: readonly unknown[]): string {
  const words = allowed.filter((one) => typeof one === "string");
  const meant = typeof value === "string" ? wordFor(value, words) : undefined;
  return meant === undefined ? "" : `; did you mean "${meant}"?`;
}

/** A check for arrays whose elements all pass a check. */
export function arrayOf(each: Check, wanted = "an array"): Check {
  return (where, name, value) => {
    if (!Array.isArray(value)) throw wrongKind(where, name, wanted, value);
    // Not forEach, which skips holes.
    for (let i = 0; i < value.length; i++) each(where, `${name}[${i}]`, value[i]);
  };
}

/** A check for objects with these methods, of any class. Unlike `instanceOf`, it adds no class to the bundle. */
export function having(methods: readonly string[], wanted: string): Check {
  return (where, name, value) => {
    const isObject = typeof value === "object" && value !== null;
    if (!isObject || methods.some((method) => typeof Reflect.get(value, method) !== "function"))
      throw wrongKind(where, name, wanted, value);
  };
}

/** A check for instances of a class. */
export function instanceOf(Class: abstract new (...args: never[]) => unknown, wanted: string): Check {
  return (where, name, value) => {
    if (!(value instanceof Class)) throw wrongKind(where, name, wanted, value);
  };
}

/** Refuses extra arguments, as in `transpose(x, 0, 1)`, except the index and the array that `map` and `reduce` pass. */
export function refuseMore(where: string, more: readonly unknown[]): void {
  if (more.length === 0 || (more.length === 2 && Array.isArray(more[1]))) return;
  throw new TypeError(
    `${where}: too many arguments: ${describe(more[0])} is one too many; sizes and axes go into one array, options into one object`,
  );
}
