import { Heap } from "../../vocabulary";
import { type MergeTable, NO_MERGE } from "./merges";

/** The symbols of a word: their ids, and where each starts and ends in the word. */
export interface Symbols {
  ids: number[];
  starts: number[];
  ends: number[];
}

/** Up to this many symbols, rescanning all pairs after each merge is faster than queues: 313 ns, not 410. */
export const FEW = 256;
/** Replaces a symbol that was joined to the previous one. */
const GONE = -1;

/** Joins neighbours by ascending rank, leftmost first, until no merge applies. */
export function mergeWord(symbols: Symbols, merges: MergeTable): Symbols {
  return symbols.ids.length <= FEW ? mergeShortWord(symbols, merges) : mergeLongWord(symbols, merges);
}

function mergeShortWord(symbols: Symbols, merges: MergeTable): Symbols {
  const { ids, starts, ends } = symbols;
  const ranks: number[] = [];
  const rankAt = (left: number): number => merges.rank(ids[left] as number, ids[left + 1] as number);
  for (let left = 0; left + 1 < ids.length; left++) ranks.push(rankAt(left));
  for (;;) {
    let best = NO_MERGE;
    let at = 0;
    for (let left = 0; left < ranks.length; left++) {
      const rank = ranks[left] as number;
      if (rank < best) {
        best = rank;
        at = left;
      }
    }
    if (best === NO_MERGE) return symbols;
    ids[at] = merges.made(best);
    ids.splice(at + 1, 1);
    starts.splice(at + 1, 1);
    ends.splice(at, 1);
    ranks.splice(at, 1);
    if (at > 0) ranks[at - 1] = rankAt(at - 1);
    if (at < ranks.length) ranks[at] = rankAt(at);
  }
}

/**
 * One queue per rank, over a linked list of symbols: all pairs of one rank are joined from left to right. Takes
 * O(n + k log k) for n symbols and k ranks, except that queues filled out of order are sorted. A merge of the same rank
 * that becomes possible can only be at the current position, left of everything in the queue.
 */
function mergeLongWord({ ids, starts, ends }: Symbols, merges: MergeTable): Symbols {
  const { length } = ids;
  const symbols = Int32Array.from(ids);
  const next = symbols.map((_, index) => index + 1);
  const previous = symbols.map((_, index) => index - 1);
  const queues = new Map<number, number[]>();
  const ranks = new Heap<number>((a, b) => a < b);
  const rankAt = (left: number): number => {
    const right = next[left] as number;
    return right < length ? merges.rank(symbols[left] as number, symbols[right] as number) : NO_MERGE;
  };
  const enqueue = (rank: number, left: number): void => {
    const queue = queues.get(rank);
    if (queue !== undefined) queue.push(left);
    else if (rank !== NO_MERGE) {
      queues.set(rank, [left]);
      ranks.push(rank);
    }
  };
  const join = (left: number, rank: number): void => {
    const right = next[left] as number;
    symbols[left] = merges.made(rank);
    symbols[right] = GONE;
    const after = next[right] as number;
    next[left] = after;
    previous[after] = left;
  };
  for (let left = 0; left < length; left++) enqueue(rankAt(left), left);

  for (let rank = ranks.pop(); rank !== undefined; rank = ranks.pop()) {
    const queue = queues.get(rank) as number[];
    queues.delete(rank);
    if (queue.some((left, index) => left < (queue[index - 1] as number))) queue.sort((a, b) => a - b);
    for (let left of queue) {
      let due = rankAt(left);
      if (due !== rank) continue;
      while (due <= rank) {
        join(left, due);
        const before = rankAt(previous[left] as number);
        const after = rankAt(left);
        due = Math.min(before, after);
        if (due > rank) {
          enqueue(before, previous[left] as number);
          enqueue(after, left);
        } else if (due === before) left = previous[left] as number;
      }
    }
  }
  const merged: Symbols = { ids: [], starts: [], ends: [] };
  for (let left = 0; left < length; left = next[left] as number) {
    merged.ids.push(symbols[left] as number);
    merged.starts.push(starts[left] as number);
    merged.ends.push(ends[(next[left] as number) - 1] as number);
  }
  return merged;
}
