import { arrayOf, expectString } from "../checks";

/** Asks for strings that a text may end before. */
export const stopsCheck = arrayOf((where, name, value) => {
  expectString(where, name, value);
  if (value === "") throw new RangeError(`${where}: ${name} is empty: it would end every text at once`);
}, "an array of strings");

/** What is held back, with whether it is seen: special tokens end a text but are no part of it. */
interface Held {
  text: string;
  seen: boolean;
}

/** Passes text on as it comes, up to the first of some stop strings; what may be the start of one is held back. */
export class StopStrings {
  readonly #stops: readonly string[];
  #held: Held[] = [];
  /** Whether a stop string has come: nothing after it counts. */
  stopped = false;

  /** @throws TypeError or RangeError if a stop string is not a string or is empty */
  constructor(where: string, stops: readonly string[]) {
    stopsCheck(where, "stop", stops);
    this.#stops = [...stops];
  }

  /** Takes more text, and gives what can no longer belong to a stop string. Text that is not seen is never given. */
  push(text: string, seen = true): string {
    if (this.stopped) return "";
    if (text !== "") this.#held.push({ text, seen });
    const held = this.#held.map((part) => part.text).join("");
    const ends = this.#stops.map((stop) => held.indexOf(stop)).filter((at) => at >= 0);
    this.stopped = ends.length > 0;
    return this.#release(this.stopped ? Math.min(...ends) : held.length - this.#longestStart(held));
  }

  /** What is still held back, once no more text comes. */
  end(): string {
    return this.stopped ? "" : this.#release(Number.POSITIVE_INFINITY);
  }

  /** The seen part of the first characters, which are held no longer. */
  #release(length: number): string {
    let given = "";
    let left = length;
    while (left > 0 && this.#held.length > 0) {
      const [part] = this.#held as [Held];
      const text = part.text.slice(0, left);
      if (part.seen) given += text;
      left -= text.length;
      if (text.length === part.text.length) this.#held.shift();
      else part.text = part.text.slice(text.length);
    }
    return given;
  }

  /** How many of the last characters are the start of a stop string. */
  #longestStart(held: string): number {
    const longest = Math.max(0, ...this.#stops.map((stop) => stop.length - 1));
    for (let length = Math.min(longest, held.length); length > 0; length--) {
      const tail = held.slice(-length);
      if (this.#stops.some((stop) => stop.startsWith(tail))) return length;
    }
    return 0;
  }
}
