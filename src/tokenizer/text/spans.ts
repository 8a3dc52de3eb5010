/** For every UTF-16 code unit of a text, the span of the original text it came from. */
export interface Alignment {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** A text that says where each of its code units came from. */
interface Placed {
  startOf(index: number): number;
  endOf(index: number): number;
}

/** The alignment of a text that is made out of another, from its beginning to its end. */
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

  /** Code units of the old text up to `to` stay. */
  keepUntil(to: number): void {
    for (; this.#at < to; this.#at++) {
      this.starts[this.#length] = this.#old.startOf(this.#at);
      this.ends[this.#length++] = this.#old.endOf(this.#at);
    }
  }

  /** The old text up to `to` becomes `length` code units with one span. */
  replace(to: number, length: number, start: number, end: number): void {
    this.starts.fill(start, this.#length, this.#length + length);
    this.ends.fill(end, this.#length, this.#length + length);
    this.#length += length;
    this.#at = to;
  }
}
