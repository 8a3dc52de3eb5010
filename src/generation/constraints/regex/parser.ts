import { ANY, type CodePoints, codePoints, complement } from "../automaton/code-points";
import { CLASSES, CONTROLS, DOT, engineClass } from "./classes";
import type { Pattern } from "./pattern";

/** Deeper than anyone writes; keeps the stack from overflowing. */
const MOST_DEPTH = 200;
/** A larger number is refused: no text has so many characters. */
const MOST_REPEATS = 1e9;

const one = (point: number): CodePoints => codePoints([[point, point]]);

/** Reads a regular expression in the syntax of JavaScript's `u` flag. */
export class RegexParser {
  readonly #characters: readonly string[];
  readonly #source: string;
  readonly #describe: (problem: string) => Error;
  readonly #dotAll: boolean;
  #at = 0;
  #depth = 0;

  /** @param describe makes an error of a problem */
  constructor(source: string, describe: (problem: string) => Error, dotAll = false) {
    this.#source = source;
    this.#characters = Array.from(source);
    this.#describe = describe;
    this.#dotAll = dotAll;
  }

  parse(): Pattern {
    const pattern = this.#choice();
    if (this.#at < this.#characters.length) throw this.#error(`")" closes nothing; write \\) for the sign`);
    return pattern;
  }

  #error(problem: string): Error {
    return this.#describe(`${problem} (at ${this.#at} of ${JSON.stringify(this.#source.slice(0, 60))})`);
  }

  get #next(): string | undefined {
    return this.#characters[this.#at];
  }

  #takes(text: string): boolean {
    const found = Array.from(text).every((character, i) => this.#characters[this.#at + i] === character);
    if (found) this.#at += text.length;
    return found;
  }

  #choice(): Pattern {
    if (++this.#depth > MOST_DEPTH) throw this.#error(`groups are nested more than ${MOST_DEPTH} deep`);
    const options = [this.#sequence()];
    while (this.#takes("|")) options.push(this.#sequence());
    this.#depth--;
    return options.length === 1 ? options[0]! : { kind: "choice", options };
  }

  #sequence(): Pattern {
    const parts: Pattern[] = [];
    while (this.#next !== undefined && this.#next !== "|" && this.#next !== ")")
      parts.push(this.#repeated(this.#atom()));
    return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
  }

  #repeated(body: Pattern): Pattern {
    const bounds = this.#bounds();
    if (bounds === undefined) return body;
    if (body.kind === "start" || body.kind === "end") throw this.#error("^ and $ cannot be repeated");
    this.#takes("?"); // The lazy form matches the same texts.
    if (this.#bounds() !== undefined) throw this.#error("two repetitions in a row; put the first one into a group");
    const [least, most] = bounds;
    return { kind: "repeat", body, least, most };
  }

  #bounds(): [number, number] | undefined {
    if (this.#takes("*")) return [0, Number.POSITIVE_INFINITY];
    if (this.#takes("+")) return [1, Number.POSITIVE_INFINITY];
    if (this.#takes("?")) return [0, 1];
    if (this.#next !== "{") return undefined;
    const found = /^\{(\d+)(,?)(\d*)\}/.exec(this.#characters.slice(this.#at, this.#at + 40).join(""));
    if (found === null) return undefined;
    this.#at += found[0].length;
    const least = Number(found[1]);
    const most = found[2] === "" ? least : found[3] === "" ? Number.POSITIVE_INFINITY : Number(found[3]);
    if (least > most) throw this.#error(`${found[0]} has its numbers in the wrong order`);
    if (least > MOST_REPEATS || (most > MOST_REPEATS && Number.isFinite(most)))
      throw this.#error(`${found[0]} has a number above ${MOST_REPEATS}`);
    return [least, most];
  }

  #atom(): Pattern {
    const sign = this.#next!;
    if (sign === "(") return this.#group();
    if (sign === "[") return { kind: "set", set: this.#class() };
    if (sign === "\\") return { kind: "set", set: this.#escape(false) };
    if (this.#bounds() !== undefined) throw this.#error("a repetition of nothing; write \\ before the sign itself");
    this.#at++;
    if (sign === "^") return { kind: "start" };
    if (sign === "$") return { kind: "end" };
    if (sign === ".") return { kind: "set", set: this.#dotAll ? ANY : DOT };
    return { kind: "set", set: this.#literal(sign) };
  }

  #literal(sign: string): CodePoints {
    const set = one(sign.codePointAt(0)!);
    if (set.length === 0) throw this.#error("half of a surrogate pair is no character");
    return set;
  }

  #group(): Pattern {
    for (const [opening, name] of [
      ["(?=", "lookahead"],
      ["(?!", "negative lookahead"],
      ["(?<=", "lookbehind"],
      ["(?<!", "negative lookbehind"],
    ] as const)
      if (this.#takes(opening)) throw this.#error(`${name} ${opening}…) is not supported`);
    this.#takes("(");
    if (this.#takes("?") && !this.#takes(":")) {
      const named = /^<[\p{L}_$][\p{L}\p{N}_$]*>/u.exec(this.#characters.slice(this.#at, this.#at + 100).join(""));
      if (named === null) throw this.#error(`(?${this.#next ?? ""} is not supported`);
      this.#at += Array.from(named[0]).length;
    }
    const pattern = this.#choice();
    if (!this.#takes(")")) throw this.#error('a group has no ")"');
    // A sequence of its own, so that what follows is not taken for a part of it.
    return { kind: "sequence", parts: [pattern] };
  }

  #class(): CodePoints {
    this.#takes("[");
    const isNegated = this.#takes("^");
    const ranges: (readonly [number, number])[] = [];
    while (!this.#takes("]")) {
      const first = this.#member();
      const isRange =
        this.#next === "-" && this.#characters[this.#at + 1] !== "]" && this.#at + 1 < this.#characters.length;
      if (!isRange) {
        ranges.push(...first);
        continue;
      }
      this.#at++;
      const last = this.#member();
      if (!isOne(first) || !isOne(last)) throw this.#error("a range needs a character on both sides");
      if (first[0]![0] > last[0]![0]) throw this.#error("a range has its ends in the wrong order");
      ranges.push([first[0]![0], last[0]![0]]);
    }
    const set = codePoints(ranges);
    return isNegated ? complement(set) : set;
  }

  #member(): CodePoints {
    const sign = this.#next;
    if (sign === undefined) throw this.#error('a class has no "]"');
    if (sign === "\\") return this.#escape(true);
    this.#at++;
    return this.#literal(sign);
  }

  #escape(inClass: boolean): CodePoints {
    this.#at++;
    const sign = this.#next;
    if (sign === undefined) throw this.#error("it ends with a backslash");
    this.#at++;
    const set = CLASSES.get(sign);
    if (set !== undefined) return set;
    const control = CONTROLS.get(sign);
    if (control !== undefined) return one(control);
    if (sign === "p" || sign === "P") return this.#property(sign);
    if (sign === "b" && inClass) return one(0x08);
    if (sign === "b" || sign === "B") throw this.#error(`the word boundary \\${sign} is not supported`);
    if (sign === "k" || /[1-9]/.test(sign)) throw this.#error(`the backreference \\${sign} is not supported`);
    if (sign === "0" && !/\d/.test(this.#next ?? "")) return one(0);
    if (sign === "x") return one(this.#hexadecimal(2));
    if (sign === "u") return this.#codePoint();
    if (sign === "c" && /[a-z]/i.test(this.#next ?? "")) return one(this.#characters[this.#at++]!.charCodeAt(0) % 32);
    if (/[\p{L}\p{N}]/u.test(sign)) throw this.#error(`\\${sign} is not an escape`);
    return this.#literal(sign);
  }

  #hexadecimal(digits: number): number {
    const text = this.#characters.slice(this.#at, this.#at + digits).join("");
    if (text.length < digits || !/^[0-9a-f]+$/i.test(text))
      throw this.#error(`an escape needs ${digits} hexadecimal digits`);
    this.#at += digits;
    return Number.parseInt(text, 16);
  }

  #codePoint(): CodePoints {
    let point: number;
    if (this.#takes("{")) {
      const end = this.#characters.indexOf("}", this.#at);
      point = this.#hexadecimal(Math.max(1, end - this.#at));
      if (!this.#takes("}") || point > 0x10ffff) throw this.#error("\\u{…} is not a code point");
    } else {
      point = this.#hexadecimal(4);
      const isHigh = point >= 0xd800 && point <= 0xdbff;
      if (isHigh && this.#takes("\\u")) {
        const low = this.#hexadecimal(4);
        if (low >= 0xdc00 && low <= 0xdfff) point = 0x10000 + (point - 0xd800) * 0x400 + (low - 0xdc00);
      }
    }
    const set = one(point);
    if (set.length === 0) throw this.#error("half of a surrogate pair is no character");
    return set;
  }

  #property(sign: string): CodePoints {
    const name = /^\{[\w=]+\}/.exec(this.#characters.slice(this.#at, this.#at + 80).join(""))?.[0];
    if (name === undefined) throw this.#error(`\\${sign} needs the name of a property, as in \\p{Letter}`);
    try {
      const set = engineClass(`\\${sign}${name}`);
      this.#at += name.length;
      return set;
    } catch {
      throw this.#error(`\\${sign}${name} is not a property of Unicode`);
    }
  }
}

const isOne = (set: CodePoints): boolean => set.length === 1 && set[0]![0] === set[0]![1];
