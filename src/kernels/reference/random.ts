import type { Kept, RandomStream } from "../kernels";
import { threefry, Words } from "./threefry";

export function words({ key, start }: RandomStream, count: number): Uint32Array {
  const odd = start % 2;
  const pairs = new Uint32Array(2 * Math.ceil((odd + count) / 2));
  threefry(pairs, key, Math.floor(start / 2));
  return pairs.subarray(odd, odd + count);
}

/** A word's upper 24 bits: as many as float32 holds exactly. */
const upper = (word: number): number => word >>> 8;

export function choosePlaces(stream: RandomStream, count: number, rate: number): Kept {
  const bits = new Uint8Array(Math.ceil(count / 8));
  const drawn = new Words(stream, words);
  for (let i = 0; i < count; i++) if (upper(drawn.next()) / 2 ** 24 >= rate) bits[i >>> 3]! |= 1 << (i & 7);
  return { bits, rate };
}

export function dropout(x: Float32Array, kept: Kept): Float32Array {
  const output = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) output[i] = x[i]! * keptFactor(kept, i);
  return output;
}

/** The dropout factor of an element. */
export function keptFactor({ bits, rate }: Kept, place: number): number {
  return ((bits[Math.floor(place / 8)]! >>> (place % 8)) & 1) === 1 ? Math.fround(1 / (1 - rate)) : 0;
}

/** @see Marsaglia and Bray 1964, A Convenient Method for Generating Normal Variables (the polar method) */
export function normal(stream: RandomStream, count: number): { numbers: Float32Array; end: number } {
  const drawn = new Words(stream, words);
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; ) {
    const u = upper(drawn.next()) / 2 ** 23 - 1;
    const v = upper(drawn.next()) / 2 ** 23 - 1;
    const square = u * u + v * v;
    if (square >= 1 || square === 0) continue;
    const factor = Math.sqrt((-2 * logarithm(square)) / square);
    numbers[i++] = u * factor;
    // An odd count discards the last one's partner: writes past the end of a typed array are ignored.
    numbers[i++] = v * factor;
  }
  return { numbers, end: drawn.position };
}

/**
 * ln x for x in (0, 1], using only additions, products and quotients: Math.log may differ between engines in the last
 * bit. ln m = 2 artanh((m − 1) / (m + 1)), for m near 1.
 */
function logarithm(x: number): number {
  let exponent = 0;
  while (x < Math.SQRT1_2) {
    x *= 2;
    exponent--;
  }
  const s = (x - 1) / (x + 1);
  let sum = 0;
  for (let power = 23; power >= 1; power -= 2) sum = sum * s * s + 1 / power;
  return 2 * s * sum + exponent * Math.LN2;
}
