import type { RandomStream } from "../kernels";

/**
 * Threefry-2x32, 20 rounds: fills `words`, an even number of them, with the encryption of consecutive counters under a
 * key.
 *
 * @param high the counter's upper 32 bits, if it has more than 53 bits
 *
 * @see Salmon et al. 2011, Parallel Random Numbers: As Easy as 1, 2, 3, section 4.3
 */
export function threefry(
  words: Uint32Array,
  [first, second]: RandomStream["key"],
  counter: number,
  high = Math.floor(counter / 2 ** 32),
): void {
  let x0 = (counter % 2 ** 32) | 0;
  let y0 = high | 0;
  for (let i = 0; i < words.length; i += 2) {
    let [a, b, c] = [first | 0, second | 0, 0x1bd11bda ^ first ^ second];
    let x = (x0 + a) | 0;
    let y = (y0 + b) | 0;
    // Rotations are written out: 4 ns per word; a table of them takes ten times as long.
    for (let group = 1; group <= 5; group++) {
      if (group % 2 === 1) {
        x = (x + y) | 0;
        y = ((y << 13) | (y >>> 19)) ^ x;
        x = (x + y) | 0;
        y = ((y << 15) | (y >>> 17)) ^ x;
        x = (x + y) | 0;
        y = ((y << 26) | (y >>> 6)) ^ x;
        x = (x + y) | 0;
        y = ((y << 6) | (y >>> 26)) ^ x;
      } else {
        x = (x + y) | 0;
        y = ((y << 17) | (y >>> 15)) ^ x;
        x = (x + y) | 0;
        y = ((y << 29) | (y >>> 3)) ^ x;
        x = (x + y) | 0;
        y = ((y << 16) | (y >>> 16)) ^ x;
        x = (x + y) | 0;
        y = ((y << 24) | (y >>> 8)) ^ x;
      }
      [a, b, c] = [b, c, a];
      x = (x + a) | 0;
      y = (y + b + group) | 0;
    }
    words[i] = x;
    words[i + 1] = y;
    x0 = (x0 + 1) | 0;
    if (x0 === 0) y0 = (y0 + 1) | 0;
  }
}

/** The number of words generated at a time doubles from the first to the second, so that short streams generate few. */
const [FIRST, LARGEST] = [16, 1024];

/** The words of a stream, one after another. */
export class Words {
  readonly key: RandomStream["key"];
  readonly #make: (stream: RandomStream, count: number) => Uint32Array;
  /** The buffered words, read up to `#at`, and the index of the first of them. */
  #words: Uint32Array = new Uint32Array(0);
  #at = 0;
  #first: number;

  constructor({ key, start }: RandomStream, make: (stream: RandomStream, count: number) => Uint32Array) {
    this.key = key;
    this.#make = make;
    this.#first = start;
  }

  /** The index of the next word. */
  get position(): number {
    return this.#first + this.#at;
  }

  next(): number {
    if (this.#at === this.#words.length) this.#fill();
    return this.#words[this.#at++]!;
  }

  /** Skips words that were generated elsewhere. */
  skip(count: number): void {
    this.#first = this.position + count;
    this.#words = this.#words.subarray(0, 0);
    this.#at = 0;
  }

  #fill(): void {
    const length = Math.min(Math.max(2 * this.#words.length, FIRST), LARGEST);
    this.#first = this.position;
    this.#words = this.#make({ key: this.key, start: this.#first }, length);
    this.#at = 0;
  }
}
