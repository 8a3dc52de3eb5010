import type { Buffer, DropoutSpec, RandomStream } from "../kernels";
import { Words } from "./threefry";

/** A word's upper 24 bits: as many as float32 holds exactly. */
const upper = (word: number): number => word >>> 8;

export function uniform({ key, start }: RandomStream, count: number): Buffer {
  const words = new Words(key, start);
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = upper(words.next()) / 2 ** 24;
  return numbers;
}

export function dropout(x: Buffer, { key, start, rate }: DropoutSpec): Buffer {
  const words = new Words(key, start);
  const output = new Float32Array(x.length);
  const scale = Math.fround(1 / (1 - rate));
  for (let i = 0; i < x.length; i++) output[i] = x[i]! * (upper(words.next()) / 2 ** 24 < rate ? 0 : scale);
  return output;
}

/** @see Marsaglia and Bray 1964, A Convenient Method for Generating Normal Variables (the polar method) */
export function normal({ key, start }: RandomStream, count: number): { numbers: Buffer; end: number } {
  const words = new Words(key, start);
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; ) {
    const u = upper(words.next()) / 2 ** 23 - 1;
    const v = upper(words.next()) / 2 ** 23 - 1;
    const square = u * u + v * v;
    if (square >= 1 || square === 0) continue;
    const factor = Math.sqrt((-2 * logarithm(square)) / square);
    numbers[i++] = u * factor;
    // Of an odd count the last one's partner is left out: an array takes no number beyond its end.
    numbers[i++] = v * factor;
  }
  return { numbers, end: words.position };
}

/**
 * ln x for x in (0, 1], from additions, products and quotients alone: Math.log may differ in the last bit from one
 * engine to the next. ln m = 2 artanh((m − 1) / (m + 1)), for m near 1.
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
