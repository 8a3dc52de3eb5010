import type { Module } from "../blocks";
import type { CacheUse } from "./cache-use";
import type { Writer } from "./language-model";
import type { ReadText } from "./read-text";
import type { Turns } from "./yield";

/** What generation does with a PrefixCache, which brings it: a page without one leaves it out. */
export interface Door {
  open(writer: Writer, turns: Turns): CacheUse;
  bind(where: string, model: Module): void;
  take(ids: readonly number[]): ReadText | undefined;
  keep(text: ReadText): void;
  /** Whether it is known that any part of a text can be taken back. */
  keepsAll(): boolean;
}

const doors = /* @__PURE__ */ new WeakMap<object, Door>();

export const openDoor = (prefix: object, door: Door): void => void doors.set(prefix, door);

/** The door of a PrefixCache; undefined for anything else. */
export const doorOf = (value: unknown): Door | undefined =>
  typeof value === "object" && value !== null ? doors.get(value) : undefined;
