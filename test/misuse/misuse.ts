/**
 * Wrong calls made of right ones. For each exported function a table holds one right call with every argument and every
 * option; each argument, option and array element is then replaced by wrong values, and unknown options are added. What
 * comes back must be a result without NaN that the table expects, or an error of ours that begins with the function's name.
 */
import { FormatError, Module, ones, Tensor, tensor, WorkerError } from "transformer-blocks";
import { Tokenizer } from "transformer-blocks/tokenizer";
import { expect, it } from "vitest";

/** Values that are wrong nearly everywhere, by the names that tables use for them. */
export const wrongValues = {
  undefined: undefined,
  null: null,
  true: true,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  negative: -7,
  fraction: 0.5,
  huge: 2 ** 53,
  vast: 2 ** 45,
  bigint: 1n,
  symbol: Symbol("wrong"),
  string: "wrong",
  function: () => 1,
  array: [],
  hole: new Array(1),
  strings: ["wrong"],
  nested: [[[["wrong"]]]],
  object: {},
  instance: new Date(0),
  float64: new Float64Array(2),
} as const;

export type WrongValue = keyof typeof wrongValues;

/** A value as another copy of the library makes it: the same, but an instance of other classes. */
const anotherCopy = "of another copy of the library";

const isLibrarys = (value: unknown): value is object =>
  value instanceof Tensor || value instanceof Module || value instanceof Tokenizer;

function ofAnotherCopy(value: object): object {
  const kind = Symbol.for("transformer-blocks.kind");
  return new Proxy(value, {
    getPrototypeOf: () => Object.prototype,
    get(target, key) {
      const found: unknown = Reflect.get(target, key);
      if (key === kind) return { ...(found as object), copy: {} };
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
}

/** A promise of a value, where somebody forgot to await it. */
const promised = "a promise of it";

/** What comes of promises: values of the library, models with their tokenizers, and all that is made of them. */
const isPromised = (value: unknown): value is object =>
  typeof value === "object" &&
  value !== null &&
  (Reflect.get(value, Symbol.for("transformer-blocks.kind")) !== undefined || "tokenizer" in value);

/** Numbers in a row that are no array, as other libraries give token ids. */
const otherLists = {
  "an Int32Array": (numbers: readonly number[]) => Int32Array.from(numbers),
  "a BigInt64Array": (numbers: readonly number[]) => BigInt64Array.from(numbers, (x) => BigInt(Math.trunc(x))),
  "an array of bigints": (numbers: readonly number[]) => numbers.map((x) => BigInt(Math.trunc(x))),
  "a Tensor": (numbers: readonly number[]) => tensor([...numbers]),
};
type OtherList = keyof typeof otherLists;

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((x) => typeof x === "number");

/** What stands in the place of options by mistake: a second tensor, a language. */
const noOptions = [ones([2]), "de", [1], 7, new Float32Array(1), 1n, () => 1];

export type Accepted = Readonly<Record<string, readonly (WrongValue | typeof anotherCopy)[] | "any">>;

/** One right call of a function. */
export interface RightCall {
  /** Every argument, with every option in options objects; fresh ones each time. */
  args: () => readonly unknown[];
  /** What tells this call from others of the same function. */
  title?: string;
  /** How errors call the function, if not by its name. */
  says?: string | RegExp;
  /**
   * Which wrong values are right after all, by place: "0" for the first argument, "1.axis" for an option of the second,
   * "0[0]" for an array's first element. `"any"` for what is not looked at.
   */
  accepts?: Accepted;
  /** Places of plain objects that are data, not options: whatever else stands in them is not looked at. */
  records?: readonly string[];
  /** Places of functions that a stream calls only while it is read, and of numbers that it reaches only then. */
  late?: readonly string[];
  /** What the call needs afterwards. */
  after?: () => void;
}

/** A call with one thing wrong in it. */
interface WrongCall {
  place: string;
  wrong:
    | WrongValue
    | "an unknown option"
    | "one argument more"
    | typeof anotherCopy
    | typeof promised
    | OtherList
    | "no options object";
  args: readonly unknown[];
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

type Path = readonly (string | number)[];

/** Each place inside a value, and the keys that lead to it. */
function* places(
  value: unknown,
  place: string,
  path: Path = [],
): Generator<{ place: string; path: Path; holder: unknown }> {
  yield { place, path, holder: value };
  if (Array.isArray(value) && value.length > 0) yield* places(value[0], `${place}[0]`, [...path, 0]);
  if (isPlain(value))
    for (const [key, part] of Object.entries(value)) yield* places(part, `${place}.${key}`, [...path, key]);
}

/** A copy with something else in one place. */
function changedAt(value: unknown, [key, ...path]: Path, change: (holder: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const part = changedAt(Reflect.get(value as object, key), path, change);
  return Array.isArray(value) ? value.with(key as number, part) : { ...(value as object), [key]: part };
}

/** Every wrong call next to a right one. */
function* wrongCalls({ args, records = [] }: RightCall): Generator<WrongCall> {
  // Where options are the last argument, nobody expects another.
  if (!isPlain(args().at(-1)))
    yield { place: String(args().length), wrong: "one argument more", args: [...args(), { zzz: 1 }] };
  for (let i = 0; i < args().length; i++) {
    for (const { place, path, holder } of places(args()[i], String(i))) {
      // Made anew for each call, as calls may change what they are given.
      const replaced = (change: (holder: unknown) => unknown) => {
        const fresh = args();
        return fresh.with(i, changedAt(fresh[i], path, change));
      };
      for (const name of Object.keys(wrongValues) as WrongValue[])
        yield { place, wrong: name, args: replaced(() => wrongValues[name]) };
      if (isLibrarys(holder))
        yield { place, wrong: anotherCopy, args: replaced((own) => ofAnotherCopy(own as object)) };
      if (isPromised(holder)) yield { place, wrong: promised, args: replaced((own) => Promise.resolve(own)) };
      if (isNumbers(holder))
        for (const [list, make] of Object.entries(otherLists))
          yield { place, wrong: list as OtherList, args: replaced((numbers) => make(numbers as number[])) };
      if (isPlain(holder) && !records.includes(place))
        for (const value of noOptions) yield { place, wrong: "no options object", args: replaced(() => value) };
      if (isPlain(holder) && !records.includes(place))
        for (const unknown of ["zzz", "dim", "eps", "toString"])
          yield {
            place,
            wrong: "an unknown option",
            args: replaced((options) => ({ ...(options as object), [unknown]: undefined })),
          };
    }
  }
}

/** Whether there is a NaN anywhere in a result. */
function holdsNaN(value: unknown): boolean {
  if (typeof value === "number") return Number.isNaN(value);
  if (typeof value !== "object" || value === null) return false;
  if (ArrayBuffer.isView(value)) return value instanceof Float32Array && value.includes(Number.NaN);
  if (value instanceof Map) return holdsNaN([...value.values()]);
  return Object.values(value).some(holdsNaN);
}

/** What a call gives in the end: promises are waited for, streams read. */
async function settled(given: unknown): Promise<unknown> {
  const result: unknown = await given;
  if (typeof result !== "object" || result === null || !(Symbol.asyncIterator in result)) return result;
  const all: unknown[] = [];
  try {
    for await (const one of result as AsyncIterable<unknown>) all.push(one);
  } catch (cause) {
    throw new Error("only while it is read", { cause });
  }
  return all;
}

/** What messages must say of some mistakes. */
const explanations: Partial<Record<WrongCall["wrong"], RegExp>> = {
  [anotherCopy]: /not an? \w+ of another copy of transformer-blocks, loaded by both import and require/,
  [promised]: /; await (it(;|$)|data before the call$)/,
  "an Int32Array": /; convert it with Array\.from\(…\)/,
  "a BigInt64Array": /; convert it with (Array\.from\(…, Number\)|Number\(…\))/,
  "an array of bigints": /; convert it with Number\(…\)/,
  "a Tensor": /; convert it with toArray\(\)/,
  "no options object": /^[^"]* must be (true, false or )?(an object|\{|what |a family)/,
};

/** What is wrong with what a wrong call did; undefined if nothing. */
async function faultOf(
  name: string,
  run: (args: readonly unknown[]) => unknown,
  { says = name, accepts = {}, late = [] }: RightCall,
  { place, wrong, args }: WrongCall,
): Promise<string | undefined> {
  if ((wrong === "function" || wrong === "vast") && late.includes(place)) return undefined;
  const accepted = accepts[place];
  // What may be huge may be vast.
  const names: readonly string[] = wrong === "vast" ? ["vast", "huge"] : [wrong];
  const isRight = accepted === "any" || names.some((name) => accepted?.some((right) => right === name));
  const call = `${name}(… ${place}: ${wrong} …)`;
  try {
    const result = await settled(run(args));
    if (!isRight && !(wrong in otherLists)) return `${call} was taken`;
    // Whoever gives NaN where any number is right gets NaN.
    return holdsNaN(result) && wrong !== "NaN" ? `${call} gave NaN` : undefined;
  } catch (error) {
    const isTyped = [TypeError, RangeError, FormatError, WorkerError].some((Kind) => error instanceof Kind);
    if (!(error instanceof Error)) return `${call} threw ${String(error)}`;
    if (!isTyped) return `${call} threw ${String(error)}`;
    const isOurs = typeof says === "string" ? error.message.startsWith(`${says}:`) : says.test(error.message);
    const explains = explanations[wrong]?.test(error.message) ?? true;
    return isOurs && explains ? undefined : `${call} said "${error.message}"`;
  }
}

/** Every fault of a function next to its right call. */
export async function faultsOf(
  name: string,
  run: (args: readonly unknown[]) => unknown,
  right: RightCall,
): Promise<string[]> {
  const faults: string[] = [];
  for (const wrong of wrongCalls(right)) {
    const fault = await faultOf(name, run, right, wrong);
    if (fault !== undefined) faults.push(fault);
    right.after?.();
  }
  return faults;
}

/** Which options a function says that it has, when it is given one that nobody has. */
async function optionsOf(run: (args: readonly unknown[]) => unknown, args: readonly unknown[]): Promise<string[]> {
  try {
    await settled(run(args));
  } catch (error) {
    return optionsIn(error);
  }
  return [];
}

/** The options that an error of an unknown one lists. */
export function optionsIn(error: unknown): string[] {
  const list = /the options are (.*)$/.exec(error instanceof Error ? error.message : "");
  return list ? list[1]!.split(", ") : [];
}

const WHERE_OPTIONS_GO = "give the row each; those of generation stand in generating of test/misuse/values.ts";
const WHAT_A_ROW_CAN_SAY =
  "if a wrong value is right after all, name it in `accepts` of the row; if the error begins with another name, in `says`; " +
  "if it looks at numbers of a pass, in `uses` of withPass; see RightCall in test/misuse/misuse.ts";

/** Tests one function: the right call is taken, has every option, and no wrong one next to it goes unsaid. */
export function testMisuse(name: string, run: (args: readonly unknown[]) => unknown, right: RightCall): void {
  it(`${right.title ?? name} takes a right call with every option, and refuses each wrong one by its name`, async () => {
    expect(holdsNaN(await settled(run(right.args())))).toBe(false);
    right.after?.();
    for (const [i, options] of right.args().entries()) {
      if (!isPlain(options) || right.records?.includes(String(i))) continue;
      const known = await optionsOf(run, right.args().with(i, { ...options, zzzzzzzz: 1 }));
      expect(Object.keys(options).sort(), `every option of ${name}: ${WHERE_OPTIONS_GO}`).toEqual(known.sort());
    }
    expect(await faultsOf(name, run, right), WHAT_A_ROW_CAN_SAY).toEqual([]);
  });
}
