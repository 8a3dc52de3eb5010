/**
 * Wrong calls made of right ones. For each exported function a table holds one right call with every argument and every
 * option; each argument, option and array element is then replaced by wrong values, and unknown options are added. What
 * comes back must be a result without NaN that the table expects, or an error of ours that begins with the function's name.
 */
import { describe, expect, it } from "vitest";

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

export type Accepted = Readonly<Record<string, readonly WrongValue[] | "any">>;

/** One right call of a function. */
export interface RightCall {
  /** Every argument, with every option in options objects; fresh ones each time. */
  args: () => readonly unknown[];
  /** How errors call the function, if not by its name. */
  says?: string | RegExp;
  /**
   * Which wrong values are right after all, by place: "0" for the first argument, "1.axis" for an option of the second,
   * "0[0]" for an array's first element. `"any"` for what is not looked at.
   */
  accepts?: Accepted;
  /** Places of plain objects that are data, not options: whatever else stands in them is not looked at. */
  records?: readonly string[];
  /** What the call needs afterwards. */
  after?: () => void;
}

type Callable<Module> = {
  [Name in keyof Module]: Module[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof Module];

/** A right call for each function that a module exports: total by type. */
export type RightCalls<Module> = Readonly<Record<Callable<Module> & string, RightCall>>;

/** A right call for each method of a class. */
export type RightMethods<Instance> = Readonly<Record<Callable<Instance> & string, RightCall & { on: () => Instance }>>;

/** A call with one thing wrong in it. */
interface WrongCall {
  place: string;
  wrong: WrongValue | "an unknown option" | "one argument more";
  args: readonly unknown[];
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Each place inside a value with a function that puts another value there. */
function* places(
  value: unknown,
  place: string,
): Generator<{ place: string; holder: unknown; put: (wrong: unknown) => unknown }> {
  yield { place, holder: value, put: (wrong) => wrong };
  const inside = isPlain(value)
    ? Object.keys(value).map((key) => [key, `${place}.${key}`] as const)
    : Array.isArray(value) && value.length > 0
      ? [[0, `${place}[0]`] as const]
      : [];
  for (const [key, at] of inside) {
    const copy = (part: unknown) =>
      Array.isArray(value) ? value.with(key as number, part) : { ...(value as object), [key]: part };
    for (const { put, ...rest } of places(Reflect.get(value as object, key), at))
      yield { ...rest, put: (wrong) => copy(put(wrong)) };
  }
}

/** Every wrong call next to a right one. */
function* wrongCalls({ args, records = [] }: RightCall): Generator<WrongCall> {
  // Where options are the last argument, nobody expects another.
  if (!isPlain(args().at(-1)))
    yield { place: String(args().length), wrong: "one argument more", args: [...args(), { zzz: 1 }] };
  for (let i = 0; i < args().length; i++) {
    const replaced = (put: (wrong: unknown) => unknown, wrong: unknown) => args().with(i, put(wrong));
    for (const { place, holder, put } of places(args()[i], String(i))) {
      for (const name of Object.keys(wrongValues) as WrongValue[])
        yield { place, wrong: name, args: replaced(put, wrongValues[name]) };
      if (isPlain(holder) && !records.includes(place))
        for (const unknown of ["zzz", "dim", "eps", "toString"])
          yield { place, wrong: "an unknown option", args: replaced(put, { ...holder, [unknown]: undefined }) };
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

/** What is wrong with what a wrong call did; undefined if nothing. */
async function faultOf(
  name: string,
  run: (args: readonly unknown[]) => unknown,
  { says = name, accepts = {} }: RightCall,
  { place, wrong, args }: WrongCall,
): Promise<string | undefined> {
  const accepted = accepts[place];
  const isRight = accepted === "any" || (wrong in wrongValues && accepted?.includes(wrong as WrongValue) === true);
  const call = `${name}(… ${place}: ${wrong} …)`;
  try {
    const result = await run(args);
    if (!isRight) return `${call} was taken`;
    // Whoever gives NaN where any number is right gets NaN.
    return holdsNaN(result) && wrong !== "NaN" ? `${call} gave NaN` : undefined;
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) return `${call} threw ${String(error)}`;
    const isOurs = typeof says === "string" ? error.message.startsWith(`${says}:`) : says.test(error.message);
    return isOurs ? undefined : `${call} said "${error.message}"`;
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
    await run(args);
  } catch (error) {
    const list = /the options are (.*)$/.exec(error instanceof Error ? error.message : "");
    if (list) return list[1]!.split(", ");
  }
  return [];
}

/** Tests one function: the right call is taken, has every option, and no wrong one next to it goes unsaid. */
export function testMisuse(name: string, run: (args: readonly unknown[]) => unknown, right: RightCall): void {
  it(`${name} takes a right call with every option, and refuses each wrong one by its name`, async () => {
    expect(holdsNaN(await run(right.args()))).toBe(false);
    right.after?.();
    for (const [i, options] of right.args().entries()) {
      if (!isPlain(options) || right.records?.includes(String(i))) continue;
      const known = await optionsOf(run, right.args().with(i, { ...options, zzzzzzzz: 1 }));
      expect(Object.keys(options).sort(), `every option of ${name}`).toEqual(known.sort());
    }
    expect(await faultsOf(name, run, right)).toEqual([]);
  });
}

/** Tests every function of a module. */
export function testModule<Module extends object>(title: string, module: Module, calls: RightCalls<Module>): void {
  describe(`what ${title} is given`, () => {
    for (const name of Object.keys(calls) as (Callable<Module> & string)[]) {
      const run = module[name] as (...args: readonly unknown[]) => unknown;
      testMisuse(name, (args) => run(...args), calls[name]);
    }
  });
}

/** Tests every method of a class. */
export function testMethods<Instance extends object>(title: string, calls: RightMethods<Instance>): void {
  describe(`what ${title} is given`, () => {
    for (const name of Object.keys(calls) as (Callable<Instance> & string)[]) {
      const right = calls[name];
      const run = (args: readonly unknown[]) => {
        const instance = right.on();
        return (instance[name] as (...args: readonly unknown[]) => unknown).apply(instance, [...args]);
      };
      testMisuse(name, run, right);
    }
  });
}
