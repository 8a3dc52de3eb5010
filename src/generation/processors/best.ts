/**
 * The k-th highest score, or the lowest if there are fewer; −∞ scores do not count.
 *
 * The k best so far are a heap with the lowest of them first, so that most scores take one comparison.
 */
export function kthBest(scores: Float32Array, k: number): number {
  const heap = new Float32Array(Math.min(k, scores.length));
  let size = 0;
  let lowest = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < scores.length; id++) {
    const score = scores[id]!;
    if (size < heap.length) {
      if (score > Number.NEGATIVE_INFINITY) rise(heap, size++, score);
      lowest = size === heap.length ? heap[0]! : lowest;
    } else if (score > lowest) {
      sink(heap, score);
      lowest = heap[0]!;
    }
  }
  return size > 0 ? heap[0]! : Number.NEGATIVE_INFINITY;
}

/** Puts a number at the end of the heap, and moves it up to its place. */
function rise(heap: Float32Array, end: number, value: number): void {
  let at = end;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent]! <= value) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = value;
}

/** Puts a number in the place of the first of a full heap, and moves it down to its place. */
function sink(heap: Float32Array, value: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
    if (child >= heap.length || heap[child]! >= value) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = value;
}

/** The tokens with the highest scores, best first; of equal ones the first. −∞ scores do not count. */
export function bestIds(scores: Float32Array, count: number): number[] {
  const bound = kthBest(scores, count);
  const ids: number[] = [];
  for (let id = 0; id < scores.length; id++)
    if (scores[id]! >= bound && scores[id]! > Number.NEGATIVE_INFINITY) ids.push(id);
  return ids.sort((a, b) => scores[b]! - scores[a]!).slice(0, count);
}
