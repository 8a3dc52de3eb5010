import { previousCharacterStart, utf8 } from "../../unicode";
import { isAtPlace } from "../analysis/places";
import { folded } from "../syntax/case-folding";
import { PLACES, type Program, UNBOUNDED } from "./program";
import { SetTest } from "./set-test";

/** The text as seen by a program. */
export class TextView {
  readonly #sets: readonly SetTest[];
  /** For each set, the start and end of the last run that was read without backtracking. */
  readonly #runs: Int32Array;
  text = "";
  /** Where the search began. */
  start = 0;
  /** Where the look-behind must end. */
  here = 0;
  /** The end of the text for the current match: {@link here} inside a look-behind. */
  limit = 0;

  constructor(program: Program) {
    this.#sets = program.sets.map((set) => new SetTest(set));
    this.#runs = new Int32Array(2 * program.sets.length);
  }

  open(text: string): void {
    this.text = text;
    this.limit = text.length;
    this.#runs.fill(-1);
  }

  /** The position after the character at `at` if it is in the set; otherwise `at`. */
  memberEnd(set: number, at: number): number {
    if (at >= this.limit) return at;
    const codePoint = this.text.codePointAt(at) as number;
    if (!(this.#sets[set] as SetTest).has(codePoint)) return at;
    return codePoint > 0xffff ? at + 2 : at + 1;
  }

  /** The position before the character that ends at `at` if it is in the set; otherwise -1. */
  memberStart(set: number, at: number): number {
    const before = at > 0 ? previousCharacterStart(this.text, at) : -1;
    return before >= 0 && this.memberEnd(set, before) > before ? before : -1;
  }

  /** The position after `count` characters of a set; if there are fewer, `~end`, which is negative, with their end. */
  skip(set: number, at: number, count: number): number {
    let end = at;
    for (let i = 0; i < count; i++) {
      const next = this.memberEnd(set, end);
      if (next === end) return ~end;
      end = next;
    }
    return end;
  }

  /** The position after as many characters of a set as possible. */
  runEnd(set: number, at: number, most: number): number {
    let end = at;
    for (let i = 0; i !== most; i++) {
      const next = this.memberEnd(set, end);
      if (next === end) break;
      end = next;
    }
    return end;
  }

  /** The same, but does not reread a known run from within. */
  knownRunEnd(set: number, at: number, most: number): number {
    if (most !== UNBOUNDED || this.limit < this.text.length) return this.runEnd(set, at, most);
    const [from, known] = [this.#runs[2 * set] as number, this.#runs[2 * set + 1] as number];
    if (from >= 0 && from <= at && at <= known) return known;
    const end = this.runEnd(set, at, most);
    this.#runs[2 * set] = at;
    this.#runs[2 * set + 1] = end;
    return end;
  }

  /** @param word the set of word characters */
  isAt(place: number, at: number, word: number): boolean {
    const name = PLACES[place];
    if (name === "search start") return at === this.start;
    if (name !== "word edge" && name !== "no word edge") return isAtPlace(name, this.text, at);
    const words = this.#sets[word] as SetTest;
    const { text } = this;
    const before = at > 0 && words.has(text.codePointAt(previousCharacterStart(text, at)) as number);
    const after = at < text.length && words.has(text.codePointAt(at) as number);
    return (before !== after) === (name === "word edge");
  }

  /** The end of a text repeated at `at`; -1 if it is not repeated there. */
  repeatedEnd(held: string, at: number, ignoresCase: boolean): number {
    const end = ignoresCase ? this.#sameEnd(held, at) : this.text.startsWith(held, at) ? at + held.length : -1;
    return end <= this.limit ? end : -1;
  }

  /** The reference compares as many bytes as the group matched, even if case changes the length. */
  #sameEnd(held: string, at: number): number {
    let bytes = utf8(held).length;
    if (utf8(this.text.slice(at, at + bytes)).length < bytes) return -1;
    let end = at;
    for (const character of held) {
      const own = String.fromCodePoint(this.text.codePointAt(end) ?? 0);
      bytes -= utf8(own).length;
      if (bytes < 0 || (own !== character && folded(own) !== folded(character))) return -1;
      end += own.length;
    }
    return end;
  }
}
