/** Passes text on as it comes, up to the first of some stop strings; what may be the start of one is held back. */
export class StopStrings {
  readonly #stops: readonly string[];
  #held = "";
  /** Whether a stop string has come: nothing after it counts. */
  stopped = false;

  /** @throws TypeError or RangeError if a stop string is not a string or is empty */
  constructor(stops: readonly string[]) {
    if (!Array.isArray(stops)) throw new TypeError(`stop must be an array of strings, not ${typeof stops}`);
    stops.forEach((stop, i) => {
      if (typeof stop !== "string") throw new TypeError(`stop[${i}] must be a string, not ${typeof stop}`);
      if (stop === "") throw new RangeError(`stop[${i}] is empty: it would end every text at once`);
    });
    this.#stops = stops;
  }

  /** Takes more text, and gives what can no longer belong to a stop string. */
  push(text: string): string {
    if (this.stopped) return "";
    this.#held += text;
    const ends = this.#stops.map((stop) => this.#held.indexOf(stop)).filter((at) => at >= 0);
    this.stopped = ends.length > 0;
    return this.#release(this.stopped ? Math.min(...ends) : this.#held.length - this.#longestStart());
  }

  /** What is still held back, once no more text comes. */
  end(): string {
    return this.stopped ? "" : this.#release(this.#held.length);
  }

  #release(length: number): string {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return text;
  }

  /** How many of the last characters are the start of a stop string. */
  #longestStart(): number {
    const longest = Math.max(0, ...this.#stops.map((stop) => stop.length - 1));
    for (let length = Math.min(longest, this.#held.length); length > 0; length--) {
      const tail = this.#held.slice(-length);
      if (this.#stops.some((stop) => stop.startsWith(tail))) return length;
    }
    return 0;
  }
}
