/** The span of the original text for every UTF-16 code unit of a text. */
export interface Alignment {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** A text with the origin of each of its code units. */
interface Placed {
  startOf(index: number): number;
  endOf(index: number): number;
}

/** Builds the alignment of a text derived from another, from beginning to end. */
export class Spans implements Alignment {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly #old: Placed;
  #at = 0;
  #length = 0;

  constructor(length: number, old: Placed) {
    this.starts = new Int32Array(length);
    this.ends = new Int32Array(length);
    this.#old = old;
  }

  /** Keeps the code units of the old text up to `to`. */
  keepUntil(to: number): void {
    for (; this.#at < to; this.#at++) {
      this.starts[this.#length] = this.#old.startOf(this.#at);
      this.ends[this.#length++] = this.#old.endOf(this.#at);
    }
  }

  /** Replaces the old text up to `to` by `length` code units with one span. */
  replace(to: number, length: number, start: number, end: number): void {
    this.starts.fill(start, this.#length, this.#length + length);
    this.ends.fill(end, this.#length, this.#length + length);
    this.#length += length;
    this.#at = to;
  }
}
