import { Heap } from "../../vocabulary";

/** Two neighbours that may be joined; the first ends where the second starts. */
interface Candidate {
  left: number;
  end: number;
  rank: number;
}

/**
 * Joins neighbouring stretches of a text, lowest rank first, then leftmost: O(n log n) with a heap. Unlike
 * {@link mergeWord} it looks up what two neighbours form instead of using a list of merges.
 *
 * @param ends the end of the stretch that starts at each index, 0 if none starts there; changed in place
 * @param rankOf the rank of what two neighbours form, or undefined if they are not joined
 */
export function mergeText(
  length: number,
  ends: Uint32Array,
  rankOf: (left: number, right: number, end: number) => number | undefined,
): void {
  const previous = new Int32Array(length + 1).fill(-1);
  const heap = new Heap<Candidate>((a, b) => a.rank < b.rank || (a.rank === b.rank && a.left < b.left));
  const enqueue = (left: number): void => {
    const right = ends[left] as number;
    const end = ends[right] as number;
    const rank = end === 0 ? undefined : rankOf(left, right, end);
    if (rank !== undefined) heap.push({ left, end, rank });
  };
  for (let start = 0; start < length; start = ends[start] as number) {
    previous[ends[start] as number] = start;
    enqueue(start);
  }
  for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
    const { left, end } = top;
    const right = ends[left] as number;
    if (right === 0 || right >= end || ends[right] !== end) continue;
    ends[left] = end;
    ends[right] = 0;
    previous[end] = left;
    const before = previous[left] as number;
    if (before >= 0) enqueue(before);
    enqueue(left);
  }
}
