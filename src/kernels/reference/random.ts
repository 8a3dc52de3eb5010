import type { Buffer, DropoutSpec, RandomStream } from "../kernels";
import { threefry, Words } from "./threefry";

export function words({ key, start }: RandomStream, count: number): Uint32Array {
  const odd = start % 2;
  const pairs = new Uint32Array(2 * Math.ceil((odd + count) / 2));
  threefry(pairs, key, Math.floor(start / 2));
  return pairs.subarray(odd, odd + count);
}

/** A word's upper 24 bits: as many as float32 holds exactly. */
const upper = (word: number): number => word >>> 8;

export function dropout(x: Buffer, spec: DropoutSpec): { output: Buffer; kept: Uint8Array } {
  const kept = new Uint8Array(x.length);
  const drawn = new Words(spec, words);
  for (let i = 0; i < x.length; i++) kept[i] = upper(drawn.next()) / 2 ** 24 < spec.rate ? 0 : 1;
  return { output: dropoutGradient(x, kept, spec), kept };
}

export function dropoutGradient(gradient: Buffer, kept: Uint8Array, { rate }: DropoutSpec): Buffer {
  const scale = Math.fround(1 / (1 - rate));
  const output = new Float32Array(gradient.length);
  for (let i = 0; i < output.length; i++) output[i] = gradient[i]! * (kept[i] === 1 ? scale : 0);
  return output;
}

/** @see Marsaglia and Bray 1964, A Convenient Method for Generating Normal Variables (the polar method) */
export function normal(stream: RandomStream, count: number): { numbers: Buffer; end: number } {
  const drawn = new Words(stream, words);
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; ) {
    const u = upper(drawn.next()) / 2 ** 23 - 1;
    const v = upper(drawn.next()) / 2 ** 23 - 1;
    const square = u * u + v * v;
    if (square >= 1 || square === 0) continue;
    const factor = Math.sqrt((-2 * logarithm(square)) / square);
    numbers[i++] = u * factor;
    // Of an odd count the last one's partner is left out: an array takes no number beyond its end.
    numbers[i++] = v * factor;
  }
  return { numbers, end: drawn.position };
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
