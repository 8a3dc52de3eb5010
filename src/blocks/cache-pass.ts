import { aClassOf } from "../describe";
import { isRecording } from "../tensor/internal";
import { keepers, named, type Place, withoutCaching } from "./caching";
import { expectModule, type Module } from "./module";

/** Which modules may use a cache, and which have written in the current pass. */
export class CachePass {
  /** Modules that were found to work with a cache. */
  readonly #admitted = new Set<Module>();
  /** For each model that can run with a cache, the modules that keep something in it. */
  readonly #keepers = new Map<Module, Place[]>();
  /** The current pass, if a model has begun one, and the modules that have written. */
  #current: { model: Module; written: Set<object> } | undefined;

  /** @throws TypeError as `admit` */
  begin(model: Module): void {
    this.admit(model);
    if (!this.#keepers.has(model)) this.#keepers.set(model, keepers(model));
    this.#current = { model, written: new Set() };
  }

  /** @throws TypeError that names the first module that does not work with a cache */
  admit(module: Module): void {
    if (this.#admitted.has(module)) return;
    expectModule("KeyValueCache", "module", module);
    const found = withoutCaching(module);
    if (found !== undefined)
      throw new TypeError(
        `KeyValueCache: the cache cannot be used with ${named(found)}: its class does not declare "caching" (see Module.caching); omit the cache`,
      );
    for (const part of module.modules().values()) this.#admitted.add(part);
  }

  /** @throws Error if the module cannot write now */
  expectFirst(module: Module): void {
    expectModule("KeyValueCache", "module", module);
    if (isRecording())
      throw new Error("a cache cannot be used while gradients are recorded, because it is written in place");
    if (this.#current?.written.has(module))
      throw new Error(`${aClassOf(module)} runs twice in one pass, which a cache cannot tell apart; omit the cache`);
  }

  wrote(module: Module): void {
    this.#current?.written.add(module);
  }

  /** @throws Error that names a module that should have written but did not */
  end(hasMemory: (module: object) => boolean): void {
    const { model, written } = this.#current ?? {};
    this.#current = undefined;
    const silent = model && this.#keepers.get(model)?.find(({ module }) => !written?.has(module) && !hasMemory(module));
    if (silent !== undefined)
      throw new Error(
        `the cache got nothing from ${named(silent)}: a module whose caching is "keeps" must call cache.append or cache.keep in every pass`,
      );
  }
}
