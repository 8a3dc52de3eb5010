import { type CacheConfig, KeyValueCache } from "./cache";
import { doors, ofAnotherModel } from "./cache-door";
import type { HeldPart } from "./cache-positions";
import { Module } from "./module";

/**
 * Copies of what each module holds of the text, by the module's path in the model, to be saved; `cacheOfParts` restores
 * it. Keys and values of a memory are not among it.
 *
 * @throws Error if the cache is of another model
 */
export function partsOfCache(cache: KeyValueCache, model: Module): Map<string, HeldPart> {
  const paths = new Map([...model.modules()].map(([path, module]) => [module, path]));
  return new Map(
    doors
      .get(cache)!
      .contents()
      .parts(cache.length)
      .map(([module, part]) => {
        const path = paths.get(module);
        if (path === undefined) throw new Error(`KeyValueCache: ${ofAnotherModel}`);
        return [path, part];
      }),
  );
}

/** A cache of a model with such parts. Their sizes are trusted, and their paths must be in the model. */
export function cacheOfParts(
  model: Module,
  parts: ReadonlyMap<string, HeldPart>,
  { length, ...config }: CacheConfig & { length: number },
): KeyValueCache {
  const cache = new KeyValueCache(config);
  const door = doors.get(cache)!;
  for (const [path, part] of parts) door.contents().restore(model.find(path, Module), part);
  door.setLength(length);
  return cache;
}

/** A copy of some rows, without the padding before them. Keys and values of a memory are left out. */
export function withoutPaddingOf(cache: KeyValueCache, padding: number, rows?: readonly number[]): KeyValueCache {
  const copy = new KeyValueCache({ capacity: cache.capacity, bits: cache.bits });
  const door = doors.get(copy)!;
  door.setContents(doors.get(cache)!.contents().from(padding, cache.length, rows));
  door.setLength(cache.length - padding);
  return copy;
}

/** Whether any position could still be dropped again if the cache held so many. */
export function keepsAll(cache: KeyValueCache, length: number): boolean {
  const { positions, states } = doors.get(cache)!.contents();
  return states.module === undefined && positions.keepsAll(length);
}
