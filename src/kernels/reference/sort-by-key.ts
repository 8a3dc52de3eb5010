/** So few are sorted by insertion. */
export const FEW = 96;

/** The smallest key. */
export const SMALLEST = -(2 ** 31);

/** Keys to be sorted with their places. */
export interface Keyed {
  places: Int32Array;
  sorted: Int32Array;
}

/** How many bits are sorted by at a time: counting them must not cost more than the keys. */
export const digitOf = (length: number): number => (length < 4096 ? 8 : 11);

/** Sorts both by the keys; places with equal keys keep their order. */
export function sortByKey(keys: Int32Array, places: Int32Array): void {
  if (keys.length <= FEW) insert(keys, places);
  else radix(keys, places, digitOf(keys.length));
}

function insert(keys: Int32Array, places: Int32Array): void {
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i]!;
    const place = places[i]!;
    let at = i;
    for (; at > 0 && keys[at - 1]! > key; at--) {
      keys[at] = keys[at - 1]!;
      places[at] = places[at - 1]!;
    }
    keys[at] = key;
    places[at] = place;
  }
}

/** From the lowest digit to the highest: each pass keeps the order of the one before among equal digits. */
function radix(keys: Int32Array, places: Int32Array, bits: number): void {
  let from: Keyed = { places, sorted: keys };
  let to: Keyed = { places: new Int32Array(keys.length), sorted: new Int32Array(keys.length) };
  const starts = new Int32Array(1 << bits);
  for (let shift = 0; shift < 32; shift += bits) if (distribute(from, to, shift, starts)) [from, to] = [to, from];
  if (from.sorted === keys) return;
  keys.set(from.sorted);
  places.set(from.places);
}

/** One pass: sorts by one digit. @returns false, and does nothing, if that digit is the same everywhere */
function distribute(from: Keyed, to: Keyed, shift: number, starts: Int32Array): boolean {
  const mask = starts.length - 1;
  const { sorted, places } = from;
  const { length } = sorted;
  starts.fill(0);
  for (let i = 0; i < length; i++) starts[((sorted[i]! ^ SMALLEST) >>> shift) & mask]!++;
  if (starts[((sorted[0]! ^ SMALLEST) >>> shift) & mask] === length) return false;
  for (let digit = 0, start = 0; digit <= mask; digit++) {
    const count = starts[digit]!;
    starts[digit] = start;
    start += count;
  }
  for (let i = 0; i < length; i++) {
    const key = sorted[i]!;
    const at = starts[((key ^ SMALLEST) >>> shift) & mask]!++;
    to.sorted[at] = key;
    to.places[at] = places[i]!;
  }
  return true;
}
