import type { Contents } from "./cache-contents";
import type { KeysAndValues } from "./keys-and-values";
import type { Module } from "./module";

/** Numbers of one position, [heads, headDim]. */
interface Heads {
  readonly shape: readonly [heads: number, headDim: number];
  readonly numbers: Float32Array;
}

/** What a module appends for one position of one text. */
export interface KeptRow {
  readonly module: Module;
  readonly k: Heads;
  readonly v: Heads;
  /** As for `append`. */
  readonly window: number | undefined;
}

/** What the library itself may do with a cache, to save and restore it, and in a decoding step. */
interface Door {
  contents(): Contents;
  setContents(contents: Contents): void;
  setLength(length: number): void;
  /**
   * Like `append`, if there is room in what the module appended before, and the cache has no `append` of its own. It checks
   * nothing that `append` checked then.
   *
   * @param use told what is held; if it returns false, nothing was appended
   * @returns whether the position was appended
   */
  appendRow(row: KeptRow, use: (held: KeysAndValues) => boolean): boolean;
}

export const doors = /* @__PURE__ */ new WeakMap<object, Door>();

export const ofAnotherModel = "the cache holds values of another model; use one cache per model";
