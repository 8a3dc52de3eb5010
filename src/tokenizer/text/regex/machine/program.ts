import type { CodePoints } from "../syntax/code-points";
import type { Place } from "../syntax/syntax-tree";

/** The operation of a step. Each step is {@link WIDTH} numbers: the operation, and up to three operands. */
export const Op = {
  FAIL: 0,
  ACCEPT: 1,
  /** One UTF-16 code unit. */
  UNIT: 2,
  /** A character in a set. */
  SET: 3,
  UNIT_BEHIND: 4,
  SET_BEHIND: 5,
  /** Continues at the first target, after backtracking at the second. */
  SPLIT: 6,
  JUMP: 7,
  /** Characters of a set, as many as possible between the second operand and the third; fewer after backtracking. */
  RUN: 8,
  /** The same without backtracking. */
  RUN_ALL: 9,
  PLACE: 10,
  /** Stores the position in a register. */
  NOTE: 11,
  /** Jumps if the position has not changed since it was stored. */
  UNLESS_MOVED: 12,
  REPEATED_TEXT: 13,
  /** Runs another part once: its {@link Inside} decides whether the position stays or moves to its end. */
  INSIDE: 14,
  /** Jumps if another part does not match. */
  TEST: 15,
  /** Jumps if no group of a list has matched. */
  HELD: 16,
  CALL: 17,
  RETURN: 18,
  /** Succeeds where a look-behind must end. */
  HERE: 19,
} as const;

export const WIDTH = 4;
/** An unlimited number of repetitions. */
export const UNBOUNDED = -1;

/** A look-behind that cannot be read backwards is tried from every earlier position, to end at {@link Op.HERE}. */
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

/** A compiled regular expression. */
export interface Program {
  readonly code: Int32Array;
  readonly sets: readonly CodePoints[];
  readonly lists: readonly (readonly number[])[];
  /** The registers of `\K`, groups and loops. */
  readonly registers: number;
  /** The register of `\K`; -1 if there is none. */
  readonly keep: number;
}
