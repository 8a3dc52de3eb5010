import type { Pass } from "../blocks";
import type { Ids } from "../tensor";
import { startsOf } from "../tensor/internal";
import type { Counting } from "./parts";

/**
 * The pass with the positions of a model that does not count all tokens; unchanged if `pass.positions` is given. With
 * "unmasked", a hidden token has position 0, which nobody sees; with "unpadded", padding has position −1.
 */
export function counted(pass: Pass, ids: Ids, counting: Counting, padToken: number | undefined): Pass {
  if (counting === "all" || counting === "padded" || pass.positions !== undefined) return pass;
  if (counting === "unpadded") {
    const start = pass.cache?.length ?? 0;
    const counts = (row: readonly number[]) => count(row, (id) => id !== padToken, start, -1);
    return { ...pass, positions: ids.map((row) => textsOf(row, pass.lengths).flatMap(counts)) };
  }
  const { mask } = pass;
  if (!isRows(mask)) return pass;
  return {
    ...pass,
    positions: mask.map((row, r) =>
      lastOf(
        count(row, (kept) => kept !== 0, 0, 0),
        ids[r],
      ),
    ),
  };
}

/** The tokens of each text of a row. */
function textsOf(row: readonly number[], lengths: readonly number[] | undefined): (readonly number[])[] {
  if (lengths === undefined) return [row];
  const starts = startsOf(lengths);
  return lengths.map((length, i) => row.slice(starts[i], starts[i]! + length));
}

/** Numbers the elements that count from `start`; the others are `none`. */
function count(row: readonly number[], counts: (value: number) => boolean, start: number, none: number): number[] {
  let next = start;
  return row.map((value) => (counts(value) ? next++ : none));
}

/** A mask covers the tokens in the cache too. */
const lastOf = (positions: number[], row: readonly number[] = []): number[] =>
  positions.slice(Math.max(0, positions.length - row.length));

const isRows = (mask: Pass["mask"]): mask is Ids => Array.isArray(mask) && mask.every((row) => Array.isArray(row));
