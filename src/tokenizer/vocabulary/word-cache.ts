import { HASH_START, hashUnits, mixed, standsAt } from "./hash";

const SLOTS = 1 << 16;
/** The number of slots tried for a word; limits the cost of words that were made to collide. */
const WAYS = 4;
/** From this length on, an engine may keep the whole text alive for a substring. */
const SHARED_LENGTH = 13;

/**
 * Caches the results for words in a table of fixed size: without a free slot, a new word replaces another one. A word
 * is looked up inside its text, because extracting it takes longer than finding it.
 */
export class WordCache<T extends { word: string }> {
  readonly #hashes: Int32Array;
  readonly #entries: (T | undefined)[];
  #writes = 0;

  /** @param slots a power of two */
  constructor(slots = SLOTS) {
    this.#hashes = new Int32Array(slots);
    this.#entries = new Array(slots);
  }

  /** The result for the word `[from, to)` of a text. */
  get(text: string, from: number, to: number): T | undefined {
    const hash = hashOf(text, from, to);
    for (let way = 0; way < WAYS; way++) {
      const slot = (hash + way) & (this.#hashes.length - 1);
      if (this.#hashes[slot] !== hash) continue;
      const entry = this.#entries[slot];
      if (entry?.word.length === to - from && standsAt(entry.word, text, from)) return entry;
    }
    return undefined;
  }

  set(entry: T): void {
    const { word } = entry;
    const hash = hashOf(word, 0, word.length);
    const slot = this.#slotFor(hash);
    if (word.length >= SHARED_LENGTH) entry.word = word.split("").join("");
    this.#hashes[slot] = hash;
    this.#entries[slot] = entry;
  }

  #slotFor(hash: number): number {
    const mask = this.#hashes.length - 1;
    for (let way = 0; way < WAYS; way++) {
      if (this.#entries[(hash + way) & mask] === undefined) return (hash + way) & mask;
    }
    return (hash + (this.#writes++ % WAYS)) & mask;
  }
}

function hashOf(text: string, from: number, to: number): number {
  return mixed(hashUnits(HASH_START, text, from, to));
}
