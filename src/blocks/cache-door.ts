import type { Contents } from "./cache-contents";
import type { KeysAndValues } from "./keys-and-values";
import type { Module } from "./module";

/** What a module appends for one position of one text. */
export interface KeptRow {
  readonly module: Module;
  /** Of the key, and of the value. */
  readonly shape: readonly [heads: number, headDim: number];
  /** As for `append`. */
  readonly window: number | undefined;
}

/** What the library itself may do with a cache, to save and restore it, and in a decoding step. */
interface Door {
  contents(): Contents;
  setContents(contents: Contents): void;
  setLength(length: number): void;
  /**
   * What is held, if one more position goes behind it in place, and the cache has no `append` of its own. It checks nothing
   * that `append` checked when the module appended before. What is written there changes nothing unless the position is
   * counted.
   */
  roomForRow(row: KeptRow): KeysAndValues | undefined;
  /** Says that the module has written its position there. */
  wroteRow(module: Module): void;
}

export const doors = /* @__PURE__ */ new WeakMap<object, Door>();

export const ofAnotherModel = "the cache holds values of another model; use one cache per model";
