import { arrayOf, expectString } from "../checks";

/** Checks for non-empty stop strings. */
export const stopsCheck = arrayOf((where, name, value) => {
  expectString(where, name, value);
  if (value === "") throw new RangeError(`${where}: ${name} is empty, which would end every text at once; remove it`);
}, "an array of strings");

/** Text held back, and whether it is visible: special tokens can match a stop string but are not part of the result. */
interface Held {
  text: string;
  seen: boolean;
}

/** Passes text on as it arrives, up to the first stop string; a possible start of a stop string is held back. */
export class StopStrings {
  readonly #stops: readonly string[];
  #held: Held[] = [];
  /** Whether a stop string was found; later text is ignored. */
  stopped = false;

  /** @throws TypeError or RangeError if a stop string is not a string or is empty */
  constructor(where: string, stops: readonly string[]) {
    stopsCheck(where, "stop", stops);
    this.#stops = [...stops];
  }

  /** Adds text and returns what can no longer belong to a stop string. Text that is not seen is never returned. */
  push(text: string, seen = true): string {
    if (this.stopped) return "";
    if (text !== "") this.#held.push({ text, seen });
    const held = this.#held.map((part) => part.text).join("");
    const ends = this.#stops.map((stop) => held.indexOf(stop)).filter((at) => at >= 0);
    this.stopped = ends.length > 0;
    return this.#release(this.stopped ? Math.min(...ends) : held.length - this.#longestStart(held));
  }

  /** The text still held back, at the end of the input. */
  end(): string {
    return this.stopped ? "" : this.#release(Number.POSITIVE_INFINITY);
  }

  /** Releases the first characters and returns the visible part of them. */
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

  /** The length of the longest suffix that begins a stop string. */
  #longestStart(held: string): number {
    const longest = Math.max(0, ...this.#stops.map((stop) => stop.length - 1));
    for (let length = Math.min(longest, held.length); length > 0; length--) {
      const tail = held.slice(-length);
      if (this.#stops.some((stop) => stop.startsWith(tail))) return length;
    }
    return 0;
  }
}
