import { arrayOf, type Check, type Checks, checkOptions, expectString, wholeIn } from "../checks";
import { type Kind, kindNamed } from "../describe";
import { kernels, type RandomStream } from "../kernels";
import { threefry, Words } from "../kernels/internal";
import { defineVisible, printed } from "../visible";
import { noteDraw } from "./draws";

/** The position of a stream, in whole numbers that survive JSON. */
export interface RandomState {
  /** The key that identifies the stream: two whole numbers from 0 to 2³² − 1. */
  readonly key: readonly [first: number, second: number];
  /** The number of 32-bit words drawn so far. */
  readonly drawn: number;
}

/**
 * Counter-based random numbers: the n-th 32-bit word is a pure function of (key, n). Equal seeds give equal bits on
 * every machine and with all kernels, however many are drawn at once.
 *
 * @see Salmon et al. 2011, Parallel Random Numbers: As Easy as 1, 2, 3 (Threefry-2x32, 20 rounds)
 */
export class Random {
  readonly #words: Words;
  /** The position of the stream. An own property, so that equality assertions and printing see it. */
  declare readonly position: RandomState;

  constructor(key: readonly [number, number]) {
    checkKey("Random", "key", key);
    this.#words = new Words({ key: [...key], start: 0 }, (stream, count) => kernels().words(stream, count));
    defineVisible(this, "position", () => this.state());
  }

  /**
   * A stream that continues from `state`.
   *
   * @throws TypeError or RangeError if it is not the state of a stream
   * @example
   * ```ts
   * import { Random, random } from "transformer-blocks";
   * const stream = random(7);
   * stream.normal(3);
   * const state = JSON.parse(JSON.stringify(stream.state())); // { key: [0, 7], drawn: … }
   * Random.fromState(state).next() === stream.next(); // true
   * ```
   */
  static fromState(state: RandomState): Random {
    checkOptions("Random.fromState", state, stateChecks, ["key", "drawn"]);
    const stream = new Random(state.key);
    stream.#words.skip(state.drawn);
    return stream;
  }

  /** The state for `Random.fromState` to continue from. Later draws do not change it. */
  state(): RandomState {
    const [first, second] = this.#words.key;
    return { key: [first, second], drawn: this.#words.position };
  }

  /** An independent stream that depends only on this stream's key and the name, not on what was drawn. */
  stream(name: string): Random {
    expectString("stream", "name", name);
    let { key } = this.#words;
    for (let i = 0; i < name.length; i++) key = encipher(key, name.charCodeAt(i), i + 1);
    return new Random(encipher(key, name.length, 0xffffffff));
  }

  /** 32 random bits. */
  bits(): number {
    this.#drawn();
    return this.#words.next();
  }

  /** A number in [0, 1), a multiple of 2⁻²⁴ so that float32 holds it exactly. */
  next(): number {
    return fractionOf(this.bits());
  }

  /** A whole number in [0, limit). */
  integer(limit: number): number {
    checkLimit("integer", "limit", limit);
    return Math.floor((this.bits() / 2 ** 32) * limit);
  }

  /** Numbers in [0, 1), the same as repeated calls of `next` give. */
  uniform(count: number): Float32Array {
    checkCount("uniform", "count", count);
    return this.draw((stream) => {
      const words = kernels().words(stream, count);
      const value = new Float32Array(count);
      for (let i = 0; i < count; i++) value[i] = fractionOf(words[i]!);
      return { value, end: stream.start + count };
    });
  }

  /**
   * Numbers from the standard normal distribution. They are drawn in pairs: an odd count discards the last one's
   * partner.
   *
   * @see Marsaglia and Bray 1964, A Convenient Method for Generating Normal Variables (the polar method)
   */
  normal(count: number): Float32Array {
    checkCount("normal", "count", count);
    return this.draw((stream) => {
      const { numbers, end } = kernels().normal(stream, count);
      return { value: numbers, end };
    });
  }

  /**
   * Lets a kernel draw: it gets the position of the stream and returns the position afterwards.
   *
   * @internal
   */
  draw<Value>(take: (stream: RandomStream) => { value: Value; end: number }): Value {
    this.#drawn();
    const start = this.#words.position;
    const { value, end } = take({ key: this.#words.key, start });
    this.#words.skip(end - start);
    return value;
  }

  /** Goes to the word that a stream of this key is at. @internal */
  moveTo(position: number): void {
    this.#words.skip(position - this.#words.position);
  }

  #drawn(): void {
    noteDraw(this, this.#words.position);
  }

  /** What Node and Bun print. */
  [Symbol.for("nodejs.util.inspect.custom")](depth: number, options: object, inspect: () => string): string {
    return printed("Random", this.state(), depth, options, inspect);
  }

  /** How messages name it, also in another copy of the library. */
  get [Symbol.for("transformer-blocks.kind")](): Kind {
    return kindNamed("Random");
  }
}

/**
 * Seeded random numbers.
 *
 * @param seed a whole number from 0 to 2⁵³ − 1
 * @throws TypeError or RangeError for any other seed
 * @example
 * ```ts
 * import { random } from "transformer-blocks";
 * random(7).next() === random(7).next(); // true
 * ```
 */
export function random(seed: number): Random {
  checkSeed("random", "seed", seed);
  return new Random([Math.floor(seed / 2 ** 32), seed >>> 0]);
}

const checkSeed = wholeIn({ least: 0 });
const checkCount = wholeIn({ least: 0, most: 2 ** 32 });
const checkLimit = wholeIn({ least: 1, most: 2 ** 32 });
const checkWords = arrayOf(wholeIn({ least: 0, most: 2 ** 32 - 1 }), "an array of two whole numbers");

const checkKey: Check = (where, name, value) => {
  checkWords(where, name, value);
  if ((value as readonly number[]).length !== 2)
    throw new RangeError(`${where}: ${name} must be two whole numbers, not ${(value as readonly number[]).length}`);
};

const stateChecks: Checks<RandomState> = { key: checkKey, drawn: wholeIn({ least: 0 }) };

/** In [0, 1): the upper 24 bits of a word. */
const fractionOf = (word: number): number => (word >>> 8) / 2 ** 24;

/** A counter under a key. */
function encipher(key: RandomState["key"], low: number, high: number): [number, number] {
  const words = new Uint32Array(2);
  threefry(words, key, low, high);
  return [words[0]!, words[1]!];
}
