import { describe } from "../checks";
import { type Caching, Module, objectsIn } from "./module";

/** A part of a model and where it lies. */
export interface Place {
  path: string;
  module: object;
}

/**
 * The first part of a model, by its path, that cannot be trusted with a cache: a module that declares no `caching`, one
 * that overrides a method, such as `forward`, of the class that declares it, or an object with `forward` that is no Module.
 *
 * @returns undefined if every module keeps up
 * @throws TypeError that names a module whose `caching` is neither "perPosition" nor "keeps"
 */
export function withoutCaching(model: Module): Place | undefined {
  for (const [path, module] of objectsIn(model)) {
    const keepsUp =
      module instanceof Module ? declares(path, module) : typeof methodOf(module, "forward") !== "function";
    if (!keepsUp) return { path, module };
  }
  return undefined;
}

/** The modules that keep something of every position in the cache. */
export function keepers(model: Module): { path: string; module: Module }[] {
  return [...model.modules()]
    .filter(([, module]) => module.caching === "keeps")
    .map(([path, module]) => ({ path, module }));
}

/** `"blocks.0.attention", a LocalAttention` */
export const named = ({ path, module }: Place): string =>
  `${path === "" ? "the model itself" : `"${path}"`}, ${module instanceof Module ? `a ${module.constructor.name}` : describe(module)}`;

const values: readonly unknown[] = ["perPosition", "keeps"] satisfies Caching[];

function declares(path: string, module: Module): boolean {
  if (module.caching === undefined || declaringPrototype(module) === undefined) return false;
  if (values.includes(module.caching)) return true;
  throw new TypeError(
    `${named({ path, module })}: caching must be "perPosition" or "keeps", or left out, not ${describe(module.caching)}`,
  );
}

/** What declares how a module takes part; nothing if one of its methods is overridden below that. */
export function declaringPrototype(module: Module): object | undefined {
  if (Object.hasOwn(module, "caching")) return module;
  const own = Object.keys(module).filter((name) => typeof methodOf(module, name) === "function");
  const first: object = Object.getPrototypeOf(module);
  for (let level = first; level !== Module.prototype; level = Object.getPrototypeOf(level)) {
    if (Object.hasOwn(level, "caching")) return own.some((name) => replaces(name, level, first)) ? undefined : level;
    if (Object.getOwnPropertyNames(level).some((name) => overrides(name, level))) return undefined;
  }
  return undefined;
}

/** Whether a function in a field of a module takes the place of a method of the class that declares `caching`, or of one above. */
function replaces(name: string, declaring: object, first: object): boolean {
  // A class that declares it may well write its own methods as fields.
  if (declaring === first) return Object.hasOwn(declaring, name);
  return name === "forward" || typeof methodOf(declaring, name) === "function";
}

/** Whether a class has a method that the class it extends has as well, or `forward`. */
function overrides(name: string, level: object): boolean {
  if (name === "constructor") return false;
  return name === "forward" || typeof methodOf(Object.getPrototypeOf(level), name) === "function";
}

/** What an object or a class has under a name, without calling a getter. */
function methodOf(owner: object, name: string): unknown {
  for (let level: object | null = owner; level !== null; level = Object.getPrototypeOf(level)) {
    const found = Object.getOwnPropertyDescriptor(level, name);
    if (found !== undefined) return found.value;
  }
  return undefined;
}
