import { Module } from "./module";

/**
 * The first module of a model, by its path, that cannot be trusted with a cache: it declares no `caching`, or it is of a
 * class that overrides a method, such as `forward`, of the class that declares it.
 *
 * @returns undefined if every module keeps up
 */
export function withoutCaching(model: Module): { path: string; module: Module } | undefined {
  for (const [path, module] of model.modules()) if (!declares(module)) return { path, module };
  return undefined;
}

/** The modules that keep something of every position in the cache. */
export function keepers(model: Module): { path: string; module: Module }[] {
  return [...model.modules()]
    .filter(([, module]) => module.caching === "keeps")
    .map(([path, module]) => ({ path, module }));
}

/** `"blocks.0.attention", a LocalAttention` */
export const named = ({ path, module }: { path: string; module: Module }): string =>
  `${path === "" ? "the model itself" : `"${path}"`}, a ${module.constructor.name}`;

function declares(module: Module): boolean {
  if (module.caching === undefined) return false;
  if (Object.hasOwn(module, "caching")) return true;
  for (
    let level: object = Object.getPrototypeOf(module);
    level !== Module.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    if (Object.hasOwn(level, "caching")) return true;
    if (overrides(level)) return false;
  }
  return false;
}

/** Whether a prototype has a method of its own that the one it inherits from has as well, or `forward`. */
function overrides(level: object): boolean {
  const parent: object = Object.getPrototypeOf(level);
  return Object.getOwnPropertyNames(level).some(
    (name) => name !== "constructor" && (name === "forward" || typeof Reflect.get(parent, name, level) === "function"),
  );
}
