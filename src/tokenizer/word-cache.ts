/** Words in each of the two halves. */
const CAPACITY = 1 << 15;
/** Longer words hardly come again. */
const LONGEST_WORD = 128;
/** From this length on, an engine may keep the whole text alive for a part of it. */
const SHARED_LENGTH = 13;

/**
 * Remembers what was made of words. Words that came again since the last clearing stay; when as many others are new,
 * the rest is forgotten.
 */
export class WordCache<T> {
  #recent = new Map<string, T>();
  #old = new Map<string, T>();
  readonly #capacity: number;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  get(word: string): T | undefined {
    const recent = this.#recent.get(word);
    if (recent !== undefined || this.#old.size === 0) return recent;
    const old = this.#old.get(word);
    if (old !== undefined) this.set(word, old);
    return old;
  }

  set(word: string, value: T): void {
    if (word.length > LONGEST_WORD) return;
    if (this.#recent.size >= this.#capacity) {
      this.#old = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(word.length < SHARED_LENGTH ? word : word.split("").join(""), value);
  }
}
