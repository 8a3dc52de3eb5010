import type { CodePoints } from "../syntax/code-points";
import type { Place } from "../syntax/syntax-tree";

/** What a step of a program does. Each takes {@link WIDTH} numbers: one of these, and up to three of its own. */
export const Op = {
  FAIL: 0,
  ACCEPT: 1,
  /** One UTF-16 code unit. */
  UNIT: 2,
  /** A character of a set. */
  SET: 3,
  UNIT_BEHIND: 4,
  SET_BEHIND: 5,
  /** Goes on at the first, later at the second. */
  SPLIT: 6,
  JUMP: 7,
  /** Characters of a set, as many as there are from the second number up to the third; fewer later. */
  RUN: 8,
  /** The same without fewer later. */
  RUN_ALL: 9,
  PLACE: 10,
  /** Notes the place in the text in a register. */
  NOTE: 11,
  /** Goes on elsewhere if the place is still the one that was noted. */
  UNLESS_MOVED: 12,
  REPEATED_TEXT: 13,
  /** Runs another part to its end, once: at {@link Inside} it stays or goes on behind it. */
  INSIDE: 14,
  /** Goes on elsewhere if another part does not match. */
  TEST: 15,
  /** Goes on elsewhere if no group of a list holds something. */
  HELD: 16,
  CALL: 17,
  RETURN: 18,
  /** The place from which a part that stands behind was looked for. */
  HERE: 19,
} as const;

export const WIDTH = 4;
/** In place of a number of repetitions: any. */
export const UNBOUNDED = -1;

/** A part that stands behind and cannot be read backwards is tried from every place before, to end {@link Op.HERE}. */
export const Inside = { ATOMIC: 0, LOOK: 1, LOOK_NOT: 2, BEHIND: 3, BEHIND_NOT: 4 } as const;

export const PLACES: readonly Place[] = [
  "text start",
  "text end",
  "last line end",
  "line start",
  "line end",
  "search start",
  "word edge",
  "no word edge",
  "cluster edge",
  "no cluster edge",
];

/** A regular expression as steps. */
export interface Program {
  readonly code: Int32Array;
  readonly sets: readonly CodePoints[];
  readonly lists: readonly (readonly number[])[];
  /** The registers of `\K`, groups and loops. */
  readonly registers: number;
  /** The register in which `\K` notes the place; -1 if there is none. */
  readonly keep: number;
}
