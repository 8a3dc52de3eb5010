import { describe } from "../checks";
import { aClassOf } from "../describe";
import { type Caching, Module, objectsIn } from "./module";

/** A part of a model and its path. */
export interface Place {
  path: string;
  module: object;
}

/**
 * The first part of a model that may not work with a cache: a module that declares no `caching`, one that overrides a
 * method (such as `forward`) of the class that declares it, or an object with `forward` that is not a Module.
 *
 * @returns undefined if every module works with a cache
 * @throws TypeError that names a module whose `caching` is neither "perPosition" nor "keeps"
 */
export function withoutCaching(model: Module): Place | undefined {
  return firstWithout(model, declares);
}

/**
 * The first part of a model that may mix texts that stand end to end: a module that neither declares `keepsTextsApart`
 * nor is one of ours that computes each position by itself, or an object with `forward` that is not a Module.
 */
export function mixingTexts(model: Module): Place | undefined {
  return firstWithout(model, (_, module) => {
    if (declaringPrototype(module, "keepsTextsApart") !== undefined) return module.keepsTextsApart;
    return module.caching === "perPosition" && isCovered(declaringPrototype(module));
  });
}

/** These fields of a pass. */
interface PassOfTexts {
  readonly lengths?: readonly number[] | undefined;
  readonly shared?: Map<object, unknown> | undefined;
}

/**
 * Before a module runs over texts end to end: its parts keep them apart. A model checks all of its parts once in a pass.
 *
 * @throws TypeError that names the part that may not
 */
export function admitTexts(where: string, module: Module, { lengths, shared }: PassOfTexts): void {
  if (lengths === undefined || shared?.has(admitTexts)) return;
  const found = mixingTexts(module);
  if (found !== undefined)
    throw new TypeError(
      `${where}: pass.lengths cannot be used with ${named(found)}: its class does not declare "keepsTextsApart" (see Module.keepsTextsApart); run texts one at a time`,
    );
  shared?.set(admitTexts, true);
}

function firstWithout(model: Module, has: (path: string, module: Module) => boolean): Place | undefined {
  for (const [path, module] of objectsIn(model)) {
    const fits = module instanceof Module ? has(path, module) : !isMethod(module, "forward");
    if (!fits) return { path, module };
  }
  return undefined;
}

/** Whether the class that declares `caching` is one of ours, which our tests cover. */
export const isCovered = (declaring: object | undefined): boolean =>
  declaring !== undefined && Object.hasOwn(declaring.constructor, "isCachingTested");

/** The modules that keep something for every position in the cache. */
export function keepers(model: Module): { path: string; module: Module }[] {
  return [...model.modules()]
    .filter(([, module]) => module.caching === "keeps")
    .map(([path, module]) => ({ path, module }));
}

/** `"blocks.0.attention", a LocalAttention` */
export const named = ({ path, module }: Place): string =>
  `${path === "" ? "the model itself" : `"${path}"`}, ${module instanceof Module ? aClassOf(module) : describe(module)}`;

const values: readonly unknown[] = ["perPosition", "keeps"] satisfies Caching[];

function declares(path: string, module: Module): boolean {
  if (module.caching === undefined || declaringPrototype(module) === undefined) return false;
  if (values.includes(module.caching)) return true;
  throw new TypeError(
    `${named({ path, module })}: caching must be "perPosition" or "keeps", or undefined, not ${describe(module.caching)}`,
  );
}

/**
 * The prototype that declares how a module takes part, by a property; undefined if a subclass overrides one of its methods.
 */
export function declaringPrototype(
  module: Module,
  property: "caching" | "keepsTextsApart" = "caching",
): object | undefined {
  if (Object.hasOwn(module, property)) return module;
  const fields = Object.keys(module).filter((name) => isMethod(module, name));
  const first: object = Object.getPrototypeOf(module);
  for (let level = first; level !== Module.prototype; ) {
    const above: object = Object.getPrototypeOf(level);
    if (Object.hasOwn(level, property)) {
      // The declaring class may define its own methods as fields.
      const replaces = (name: string) => (level === first ? Object.hasOwn(level, name) : overrides(level, name));
      return fields.some(replaces) ? undefined : level;
    }
    if (Object.getOwnPropertyNames(level).some((name) => overrides(above, name))) return undefined;
    level = above;
  }
  return undefined;
}

/** Whether a method of this name overrides one of the class; `forward` always does. */
const overrides = (above: object, name: string): boolean =>
  name === "forward" || (name !== "constructor" && isMethod(above, name));

/** Whether there is a function of this name. Calls no getter. */
function isMethod(owner: object, name: string): boolean {
  for (let level: object | null = owner; level !== null; level = Object.getPrototypeOf(level)) {
    const found = Object.getOwnPropertyDescriptor(level, name);
    if (found !== undefined) return typeof found.value === "function";
  }
  return false;
}
