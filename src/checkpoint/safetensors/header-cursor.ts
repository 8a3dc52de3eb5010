import { FormatError } from "../../errors";
import { jsonString } from "../json/string";
import { quote } from "../quote";

const EXCERPT = 20;

/**
 * Reads the JSON of a safetensors header. JSON.parse would hide violations of the format: it drops repeated keys, reads
 * 4.0 and 4e0 as 4, rounds integers beyond 2⁵³ and reorders keys that look like integers. The header's grammar has a
 * fixed depth, so nothing here recurses.
 */
export class HeaderCursor {
  readonly #text: string;
  readonly #file: string;
  readonly #start: number;
  #position = 0;

  /** `start` is the byte offset of `text` in the file. */
  constructor(text: string, file: string, start: number) {
    this.#text = text;
    this.#file = file;
    this.#start = start;
  }

  /** Reads an object; `member` reads each value. */
  object(what: string, member: (key: string) => void): void {
    const seen = new Set<string>();
    this.#sequence("{", "}", `${what}, a JSON object`, () => {
      this.#skipWhitespace();
      const before = this.#position;
      const key = this.string("a key in double quotes");
      if (seen.has(key)) this.#failAt(before, `the key ${quote(key)} twice in ${what}`, "unique keys");
      seen.add(key);
      this.#take(":", '":" after the key');
      member(key);
    });
  }

  /** Reads an array of integers ≥ 0. */
  integers(what: string): number[] {
    const integers: number[] = [];
    this.#sequence("[", "]", `${what}, a JSON array of integers`, () => {
      integers.push(this.#integer(what));
    });
    return integers;
  }

  string(what: string): string {
    this.#skipWhitespace();
    if (this.#text[this.#position] !== '"') this.fail(what);
    const read = jsonString(this.#text, this.#position);
    if (read === undefined) this.fail("a closed JSON string with valid escapes");
    this.#position = read.end;
    return read.value;
  }

  /** Only white space may follow. */
  end(): void {
    this.#skipWhitespace();
    if (this.#position < this.#text.length) this.fail("the end of the header");
  }

  /** @throws FormatError at the current byte; `found` defaults to the text there. */
  fail(expected: string, found?: string): never {
    if (found !== undefined) this.#failAt(this.#position, found, expected);
    this.#skipWhitespace();
    const excerpt = this.#text.slice(this.#position, this.#position + EXCERPT);
    this.#failAt(this.#position, excerpt === "" ? "the end of the header" : quote(excerpt), expected);
  }

  #failAt(position: number, found: string, expected: string): never {
    const offset = this.#start + new TextEncoder().encode(this.#text.slice(0, position)).length;
    throw new FormatError({ file: this.#file, at: `byte ${offset}`, found, expected });
  }

  #sequence(open: string, close: string, what: string, element: () => void): void {
    this.#take(open, what);
    if (this.#sees(close)) return;
    do element();
    while (this.#sees(","));
    this.#take(close, `"," or "${close}"`);
  }

  #integer(what: string): number {
    this.#skipWhitespace();
    const start = this.#position;
    let end = start;
    while (isDigit(this.#text.charCodeAt(end))) end += 1;
    const digits = this.#text.slice(start, end);
    const follows = this.#text[end] ?? "";
    if (digits === "" || (digits.length > 1 && digits.startsWith("0")) || ".eE".includes(follows || " ")) {
      this.fail(`an integer ≥ 0 in ${what}`);
    }
    const value = Number(digits);
    if (!Number.isSafeInteger(value)) this.fail(`an integer below 2⁵³ in ${what}`);
    this.#position = end;
    return value;
  }

  #take(character: string, what: string): void {
    if (!this.#sees(character)) this.fail(what);
  }

  #sees(character: string): boolean {
    this.#skipWhitespace();
    if (this.#text[this.#position] !== character) return false;
    this.#position += 1;
    return true;
  }

  #skipWhitespace(): void {
    while (isSpace(this.#text.charCodeAt(this.#position))) this.#position += 1;
  }
}

const isSpace = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
