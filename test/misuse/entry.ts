/**
 * The wrong calls of a whole entry point. Its table is total by type: a function, class or object that is exported, and a
 * method of such a class, does not compile without a row. At run time the same is looked at by reflection.
 */
import type { Module, Parameter, Tensor } from "transformer-blocks";
import { describe, expect, it } from "vitest";
import { testOnDevice } from "../seam/right-calls";
import { type RightCall, testMisuse as testWrongCalls } from "./misuse";

type Run = (...args: readonly unknown[]) => unknown;
type Class = abstract new (...args: never[]) => object;
type NamesOf<Holder, Kind> = {
  [Name in keyof Holder]: Holder[Name] extends Kind ? Name : never;
}[keyof Holder] &
  string;
type Callable<Holder> = NamesOf<Holder, (...args: never[]) => unknown>;

/** One right call or several, as where options exclude each other; a reason where only the library calls it. */
type Rows = RightCall | readonly RightCall[] | string;

/** Methods that a class has from a class which has rows of its own. */
type Inherited<Instance> = Instance extends Parameter
  ? keyof Tensor
  : Instance extends Module
    ? Module extends Instance
      ? never
      : keyof Module
    : Instance extends Error
      ? keyof Error
      : never;

/** A right call for each method of a class. */
export type MethodRows<Instance> = Readonly<Record<Exclude<Callable<Instance>, Inherited<Instance>>, Rows>>;

export interface ClassRows<Instance> {
  construct: Rows;
  /** What methods are called on; a fresh one each time. */
  on: () => Instance;
  methods: MethodRows<Instance>;
  statics?: Readonly<Record<string, Rows>>;
}

/** Static methods, but those of engines' own classes. */
type Statics<Constructor> = Exclude<Callable<Constructor>, keyof ErrorConstructor>;
type StaticRows<Constructor> = [Statics<Constructor>] extends [never]
  ? object
  : { statics: Readonly<Record<Statics<Constructor>, Rows>> };

type Classes<Exports> = {
  readonly [Name in NamesOf<Exports, Class>]: Exports[Name] extends Class
    ? ClassRows<InstanceType<Exports[Name]>> & StaticRows<Exports[Name]>
    : never;
};

type ObjectName<Exports> = Exclude<keyof Exports & string, Callable<Exports> | NamesOf<Exports, Class>>;

/** Right calls for everything that an entry point exports: total by type. */
export interface EntryRows<Exports> {
  functions: Readonly<Record<Callable<Exports>, Rows>>;
  classes: Classes<Exports>;
  /** Rows for the functions of an object, none where it is data; a reason where nobody but the library calls them. */
  objects: { readonly [Name in ObjectName<Exports>]: Readonly<Record<Callable<Exports[Name]>, Rows>> | string };
}

/** Right calls run on a device too, so that every export does. */
function testMisuse(name: string, run: (args: readonly unknown[]) => unknown, right: RightCall): void {
  testWrongCalls(name, run, right);
  testOnDevice(name, run, right);
}

const rowsOf = (rows: Rows): readonly RightCall[] =>
  typeof rows === "string" ? [] : Array.isArray(rows) ? rows : [rows as RightCall];

/** Tests all functions of an object, such as an entry point. */
function testFunctions(holder: object, rows: Readonly<Record<string, Rows>>, prefix = ""): void {
  for (const [name, calls] of Object.entries(rows))
    for (const right of rowsOf(calls))
      testMisuse(`${prefix}${name}`, (args) => (Reflect.get(holder, name) as Run).apply(holder, [...args]), right);
}

/** Tests all methods of an object; errors begin with the name of its class or of the method. */
export function testMethods<Instance>(name: string, on: () => Instance, methods: MethodRows<Instance>): void {
  for (const [method, calls] of Object.entries<Rows>(methods))
    for (const right of rowsOf(calls)) {
      const run = (args: readonly unknown[]) => {
        const instance = on();
        return (Reflect.get(instance as object, method) as Run).apply(instance, [...args]);
      };
      testMisuse(`${name}.${method}`, run, { says: new RegExp(`^(${name}|${method})(: |\\.)`), ...right });
    }
}

function testClass(name: string, holder: object, { construct, on, methods, statics = {} }: ClassRows<object>): void {
  const Constructor = Reflect.get(holder, name) as new (...args: unknown[]) => object;
  it(`every method of ${name} is here`, () => {
    const known = new Set([...Object.keys({ ...methods, ...statics }), ...inherited(Constructor.prototype)]);
    const found = [...methodsOf(Constructor.prototype), ...methodsOf(Constructor)];
    expect(
      found.filter((method) => !known.has(method)),
      `add a row for each to ${name} in test/misuse`,
    ).toEqual([]);
  });
  for (const right of rowsOf(construct)) testMisuse(name, (args) => Reflect.construct(Constructor, args), right);
  testFunctions(Constructor, statics, `${name}.`);
  testMethods(name, on, methods as MethodRows<object>);
}

/** The methods that a prototype has itself. */
const methodsOf = (prototype: object): string[] =>
  Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, { value }]) => name !== "constructor" && typeof value === "function")
    .map(([name]) => name);

/** The methods of the class above. */
const inherited = (prototype: object): string[] => {
  const parent: object | null = Object.getPrototypeOf(prototype);
  return parent === null || parent === Object.prototype ? [] : methodsOf(parent);
};

/** Tests everything that an entry point exports. */
export function testEntry<Exports extends object>(name: string, exports: Exports, rows: EntryRows<Exports>): void {
  describe(`what ${name} is given`, () => {
    it("everything that it exports is here", () => {
      const known = [rows.functions, rows.classes, rows.objects].flatMap((table) => Object.keys(table));
      const advice = `add a row to test/misuse/${name.split("/").at(-1)}.test.ts`;
      expect(known.toSorted(), advice).toEqual(Object.keys(exports).toSorted());
    });
    testFunctions(exports, rows.functions);
    for (const [object, functions] of Object.entries<Readonly<Record<string, Rows>> | string>(rows.objects))
      if (typeof functions !== "string") testFunctions(Reflect.get(exports, object) as object, functions, `${object}.`);
    for (const [Name, own] of Object.entries<ClassRows<object>>(rows.classes)) testClass(Name, exports, own);
  });
}
