import { Heap } from "../heap";
import { type MergeTable, NO_MERGE } from "./merges";

/** The symbols of a word: their ids and where each starts and ends in the word. */
export interface Symbols {
  ids: number[];
  starts: number[];
  ends: number[];
}

/** Up to this many symbols, looking at all pairs again after each merge takes less time than a heap. */
const FEW = 48;
/** Positions fill the lower part of a heap entry, ranks the upper. */
const POSITIONS = 2 ** 31;

/** Joins neighbours by ascending rank, leftmost first, until no merge applies. */
export function mergeWord(symbols: Symbols, merges: MergeTable): Symbols {
  return symbols.ids.length <= FEW ? mergeShortWord(symbols, merges) : mergeLongWord(symbols, merges);
}

function mergeShortWord(symbols: Symbols, merges: MergeTable): Symbols {
  const { ids, starts, ends } = symbols;
  const ranks: number[] = [];
  const rankAt = (left: number): number =>
    left >= 0 && left + 1 < ids.length ? merges.rank(ids[left] as number, ids[left + 1] as number) : NO_MERGE;
  for (let left = 0; left + 1 < ids.length; left++) ranks.push(rankAt(left));
  for (;;) {
    let best = NO_MERGE;
    for (let left = 0; left < ranks.length; left++) {
      const rank = ranks[left] as number;
      if (rank !== NO_MERGE && (best === NO_MERGE || rank < (ranks[best] as number))) best = left;
    }
    if (best === NO_MERGE) return symbols;
    ids[best] = merges.made(ranks[best] as number);
    ends[best] = ends[best + 1] as number;
    for (const column of [ids, starts, ends]) column.splice(best + 1, 1);
    ranks.splice(best, 1);
    if (best > 0) ranks[best - 1] = rankAt(best - 1);
    if (best < ranks.length) ranks[best] = rankAt(best);
  }
}

/**
 * O(n log n) with a heap over a linked list. Entries whose pair is gone are recognised when they come up.
 */
function mergeLongWord(symbols: Symbols, merges: MergeTable): Symbols {
  const { ids, starts, ends } = symbols;
  const length = ids.length;
  const next = Int32Array.from(ids, (_, i) => (i + 1 < length ? i + 1 : -1));
  const previous = Int32Array.from(ids, (_, i) => i - 1);
  const gone = new Uint8Array(length);
  const heap = new Heap<number>((a, b) => a < b);
  const enqueue = (left: number): void => {
    const right = next[left] as number;
    if (right < 0) return;
    const rank = merges.rank(ids[left] as number, ids[right] as number);
    if (rank !== NO_MERGE) heap.push(rank * POSITIONS + left);
  };
  for (let i = 0; i < length; i++) enqueue(i);

  for (let entry = heap.pop(); entry !== undefined; entry = heap.pop()) {
    const left = entry % POSITIONS;
    const right = next[left] as number;
    if (gone[left] || right < 0) continue;
    const expected = merges.made((entry - left) / POSITIONS);
    const rank = merges.rank(ids[left] as number, ids[right] as number);
    if (rank === NO_MERGE || merges.made(rank) !== expected) continue;
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
