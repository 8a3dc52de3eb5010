import type { Axis, Buffer, IndexBuffer, Primitive } from "../kernels";
import { forEachLine } from "./reduction";
import { digitOf, FEW, type Keyed, SMALLEST, sortByKey } from "./sort-by-key";

/**
 * The places along the axis of the first `count` numbers of each line in rising or falling order, [outer, count, inner].
 * Equal numbers are in the order of their places; NaN is the greatest.
 *
 * It sorts whole numbers, digit by digit, and so does not compare: it takes a third of the time of a typed array's own sort.
 */
export const order: Primitive<[x: Buffer, axis: Axis, count: number, descending: boolean], IndexBuffer> = {
  name: "order",
  reference: (x: Float32Array, axis, count, descending) => {
    const { outer, size, inner } = axis;
    const output = new Int32Array(outer * count * inner);
    const keys = new Int32Array(size);
    const bits = new Int32Array(x.buffer, x.byteOffset, x.length);
    forEachLine(axis, (start, line) => {
      const { places, sorted } =
        (count > 0 && count <= size / MANY && passing(bits, start, size, inner, count, descending)) || chosen(start);
      sortByKey(sorted, places);
      const first = Math.floor(line / inner) * count * inner + (line % inner);
      for (let j = 0; j < count; j++) output[first + j * inner] = places[j]!;
    });
    return output;

    function chosen(start: number): Keyed {
      readKeys(keys, bits, start, inner, descending);
      return count < size && size > FEW ? candidates(keys, count) : all(keys);
    }
  },
};

/** One of so many is looked for on the way through a line. */
const MANY = 64;
/** How often the best so far are sorted before another way is taken: a line in falling order would take it too long. */
const ROUNDS = 32;

const INFINITY_BITS = 0x7f800000;
const NAN_BITS = 0x7fc00000;

/**
 * A whole number in the order of the floats: the bits of a positive float rise with it, those of a negative one fall. −0
 * has the key of 0, and every NaN the same.
 */
function keyOf(value: number, flipped: number): number {
  // The magnitude, negated below 0. A branch on signs in no order would double the time.
  const sign = value >> 31;
  const key = (value ^ (sign & 0x7fffffff)) - sign;
  return (key > INFINITY_BITS || key < -INFINITY_BITS ? NAN_BITS : key) ^ flipped;
}

function readKeys(keys: Int32Array, bits: Int32Array, start: number, step: number, descending: boolean): void {
  const flipped = descending ? -1 : 0;
  for (let i = 0, at = start; i < keys.length; i++, at += step) keys[i] = keyOf(bits[at]!, flipped);
}

/**
 * The smallest `count` keys, perhaps some more, found on one way through the line: what is smaller than all of the best
 * so far joins them, and when they are many, the best of them are sorted out. Undefined if that happens too often.
 */
function passing(
  bits: Int32Array,
  start: number,
  size: number,
  step: number,
  count: number,
  descending: boolean,
): Keyed | undefined {
  const flipped = descending ? -1 : 0;
  const places = new Int32Array(4 * count + FEW);
  const sorted = new Int32Array(places.length);
  let [found, limit, rounds] = [0, 2 ** 31, 0];
  for (let i = 0, at = start; i < size; i++, at += step) {
    const key = keyOf(bits[at]!, flipped);
    // An equal key comes later in the line, and so after those that are there.
    if (key >= limit) continue;
    places[found] = i;
    sorted[found++] = key;
    if (found < places.length) continue;
    if (++rounds > ROUNDS) return undefined;
    sortByKey(sorted, places);
    found = count;
    limit = sorted[count - 1]!;
  }
  return { places: places.subarray(0, found), sorted: sorted.subarray(0, found) };
}

function all(keys: Int32Array): Keyed {
  const places = new Int32Array(keys.length);
  // A tenth of the time of Int32Array.from.
  for (let i = 0; i < places.length; i++) places[i] = i;
  return { places, sorted: keys };
}

/**
 * The smallest `count` keys, perhaps some more, in the order of their places. Counts how many keys begin with each value
 * of a few bits, and goes on to the next bits only if the last of these groups is large.
 */
function candidates(keys: Int32Array, count: number): Keyed {
  const digit = digitOf(keys.length);
  const counts = new Int32Array(1 << digit);
  let [total, before, shift, prefix] = [keys.length, 0, 32, 0];
  while (shift > 0 && total > 2 * count + FEW) {
    const bits = Math.min(digit, shift);
    shift -= bits;
    countDigits(counts.fill(0), keys, shift, (1 << bits) - 1, prefix);
    let last = 0;
    while (before + counts[last]! < count) before += counts[last++]!;
    prefix = (prefix << bits) | last;
    total = before + counts[last]!;
  }
  const limit = shift === 32 ? -1 : (prefix << shift) | ((1 << shift) - 1);
  return upTo(limit ^ SMALLEST, keys, total);
}

/** How many keys have each digit, the bits from `shift` on, behind the prefix. */
function countDigits(counts: Int32Array, keys: Int32Array, shift: number, mask: number, prefix: number): void {
  if (prefix === 0 && mask >>> 0 === 0xffffffff >>> shift) {
    for (let i = 0; i < keys.length; i++) counts[(keys[i]! ^ SMALLEST) >>> shift]!++;
    return;
  }
  const digits = 32 - Math.clz32(mask);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]! ^ SMALLEST;
    if (key >>> (shift + digits) === prefix) counts[(key >>> shift) & mask]!++;
  }
}

/** The keys up to a limit, of which there are `total`, with their places. */
function upTo(limit: number, keys: Int32Array, total: number): Keyed {
  const places = new Int32Array(total);
  const sorted = new Int32Array(total);
  for (let i = 0, next = 0; next < total; i++) {
    const key = keys[i]!;
    if (key > limit) continue;
    places[next] = i;
    sorted[next++] = key;
  }
  return { places, sorted };
}
