/**
 * The places of the k greatest of some numbers, in no order. Of equal numbers it takes the ones that PyTorch's topk
 * takes on a CPU, which selects by the C++ library's nth_element: models that choose among many equal scores, zeros for
 * instance, then choose as they were trained and published to do.
 */
export function greatestPlaces(values: ArrayLike<number>, k: number): number[] {
  const places = Array.from({ length: values.length }, (_, place) => place);
  const before = (a: number, b: number) => values[places[a]!]! > values[places[b]!]!;
  const swap = (a: number, b: number) => {
    [places[a], places[b]] = [places[b]!, places[a]!];
  };
  let [first, last] = [0, values.length];
  while (last - first > 3) {
    const cut = partition(first, last, before, swap);
    if (cut <= k - 1) first = cut;
    else last = cut;
  }
  for (let i = first + 1; i < last; i++) for (let j = i; j > first && before(j, j - 1); j--) swap(j, j - 1);
  return places.slice(0, k);
}

type Before = (a: number, b: number) => boolean;
type Swap = (a: number, b: number) => void;

/** Puts what comes before the median of three to the left of the result, the rest to the right. */
function partition(start: number, end: number, before: Before, swap: Swap): number {
  swap(start, medianOf(start + 1, start + ((end - start) >> 1), end - 1, before));
  let [left, right] = [start + 1, end];
  for (;;) {
    while (before(left, start)) left++;
    right--;
    while (before(start, right)) right--;
    if (left >= right) return left;
    swap(left, right);
    left++;
  }
}

function medianOf(a: number, b: number, c: number, before: Before): number {
  if (before(a, b)) return before(b, c) ? b : before(a, c) ? c : a;
  return before(a, c) ? a : before(b, c) ? c : b;
}
