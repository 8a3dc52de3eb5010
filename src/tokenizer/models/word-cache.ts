import type { Piece } from "./model";

const CAPACITY = 10_000;
/** Longer words hardly come again. */
const LONGEST_WORD = 256;

/** The pieces of words that were cut before. What does not fit any more is cut again each time. */
export class WordCache {
  readonly #pieces = new Map<string, readonly Piece[]>();
  readonly #capacity: number;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  /** The pieces of a word, from the cache or from `cut`. */
  pieces(word: string, cut: (word: string) => readonly Piece[]): readonly Piece[] {
    const known = this.#pieces.get(word);
    if (known !== undefined) return known;
    const pieces = cut(word);
    if (word.length < LONGEST_WORD && this.#pieces.size < this.#capacity) this.#pieces.set(word, pieces);
    return pieces;
  }
}
