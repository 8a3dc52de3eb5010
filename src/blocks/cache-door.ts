import type { Contents } from "./cache-contents";

/** What the library itself may do with a cache, to save and restore it. */
interface Door {
  contents(): Contents;
  setContents(contents: Contents): void;
  setLength(length: number): void;
}

export const doors = /* @__PURE__ */ new WeakMap<object, Door>();

export const ofAnotherModel = "the cache holds values of another model; use one cache per model";
