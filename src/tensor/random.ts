import { wrongKind } from "../checks";

/**
 * Counter-based random numbers: the n-th number of a stream is a pure function of (key, n), so that equal seeds give
 * equal bits on every machine, in any order of use.
 *
 * @see Salmon et al. 2011, Parallel Random Numbers: As Easy as 1, 2, 3 (Threefry-2x32, 20 rounds)
 */
export class Random {
  readonly #key: readonly [number, number];
  #counter = 0;
  #spare: number | undefined;

  constructor(key: readonly [number, number]) {
    this.#key = key;
  }

  /** An independent stream that depends on this stream's key and the name alone, not on how much was drawn. */
  stream(name: string): Random {
    let key = this.#key;
    for (let i = 0; i < name.length; i++) key = threefry(key, [name.charCodeAt(i), i + 1]);
    return new Random(threefry(key, [name.length, 0xffffffff]));
  }

  /** 32 random bits. */
  bits(): number {
    if (this.#spare !== undefined) {
      const bits = this.#spare;
      this.#spare = undefined;
      return bits;
    }
    const counter = this.#counter++;
    const [first, second] = threefry(this.#key, [counter >>> 0, Math.floor(counter / 2 ** 32)]);
    this.#spare = second;
    return first;
  }

  /** A number in [0, 1), a multiple of 2⁻²⁴ so that float32 holds it exactly. */
  next(): number {
    return (this.bits() >>> 8) / 2 ** 24;
  }

  /** A whole number in [0, limit). */
  integer(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > 2 ** 32)
      throw new RangeError(`integer: the limit must be a whole number from 1 to 2^32, not ${limit}`);
    return Math.floor((this.bits() / 2 ** 32) * limit);
  }

  /** Numbers in [0, 1). */
  uniform(count: number): Float32Array {
    return new Float32Array(count).map(() => this.next());
  }

  /** Numbers of the standard normal distribution. @see Marsaglia and Bray 1964, the polar method */
  normal(count: number): Float32Array {
    const numbers = new Float32Array(count);
    for (let i = 0; i < count; i += 2) {
      let u: number;
      let v: number;
      let square: number;
      do {
        u = 2 * this.next() - 1;
        v = 2 * this.next() - 1;
        square = u * u + v * v;
      } while (square >= 1 || square === 0);
      const factor = Math.sqrt((-2 * logarithm(square)) / square);
      numbers[i] = u * factor;
      if (i + 1 < count) numbers[i + 1] = v * factor;
    }
    return numbers;
  }
}

/**
 * Seeded random numbers.
 *
 * @param seed a whole number from 0 to 2⁵³ − 1
 * @throws RangeError if the seed is anything else
 * @example
 * ```ts
 * import { random } from "transformer-blocks";
 * random(7).next() === random(7).next(); // true
 * ```
 */
export function random(seed: number): Random {
  if (typeof seed !== "number") throw wrongKind("random", "seed", "a whole number from 0 to 2^53 - 1", seed);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`seed must be a whole number from 0 to 2^53 - 1, not ${seed}`);
  return new Random([Math.floor(seed / 2 ** 32), seed >>> 0]);
}

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/** Encrypts a counter under a key. */
export function threefry(key: readonly [number, number], counter: readonly [number, number]): [number, number] {
  const keys = [key[0], key[1], 0x1bd11bda ^ key[0] ^ key[1]] as const;
  let x = (counter[0] + keys[0]) | 0;
  let y = (counter[1] + keys[1]) | 0;
  for (let round = 0; round < 20; round++) {
    const rotation = ROTATIONS[round % 8]!;
    x = (x + y) | 0;
    y = ((y << rotation) | (y >>> (32 - rotation))) ^ x;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x = (x + keys[injection % 3]!) | 0;
      y = (y + keys[(injection + 1) % 3]! + injection) | 0;
    }
  }
  return [x >>> 0, y >>> 0];
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
