import { Heap } from "../heap";
import type { MergeTable } from "./merges";

/** The symbols of a word: their ids and where each starts and ends in the word. */
export interface Symbols {
  ids: number[];
  starts: number[];
  ends: number[];
}

/** Positions fill the lower part of a heap entry, ranks the upper. */
const POSITIONS = 2 ** 31;

/**
 * Joins neighbours by ascending rank, leftmost first, until no merge applies: O(n log n) with a heap over a linked
 * list. Entries whose pair is gone are recognised when they come up.
 */
export function mergeWord(symbols: Symbols, merges: MergeTable): Symbols {
  const { ids, starts, ends } = symbols;
  const length = ids.length;
  const next = Array.from({ length }, (_, i) => (i + 1 < length ? i + 1 : -1));
  const previous = Array.from({ length }, (_, i) => i - 1);
  const gone = new Uint8Array(length);
  const heap = new Heap<number>((a, b) => a < b);
  const enqueue = (left: number): void => {
    const right = next[left] as number;
    if (right < 0) return;
    const merge = merges.find(ids[left] as number, ids[right] as number);
    if (merge !== undefined) heap.push(merge.rank * POSITIONS + left);
  };
  for (let i = 0; i < length; i++) enqueue(i);

  for (let entry = heap.pop(); entry !== undefined; entry = heap.pop()) {
    const left = entry % POSITIONS;
    const right = next[left] as number;
    if (gone[left] || right < 0) continue;
    const expected = merges.byRank((entry - left) / POSITIONS).id;
    if (merges.find(ids[left] as number, ids[right] as number)?.id !== expected) continue;
    ids[left] = expected;
    ends[left] = ends[right] as number;
    gone[right] = 1;
    const after = next[right] as number;
    next[left] = after;
    if (after >= 0) previous[after] = left;
    if ((previous[left] as number) >= 0) enqueue(previous[left] as number);
    enqueue(left);
  }
  const remains = (_: number, index: number): boolean => gone[index] === 0;
  return { ids: ids.filter(remains), starts: starts.filter(remains), ends: ends.filter(remains) };
}
