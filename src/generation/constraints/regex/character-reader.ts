import { type CodePoints, codePoints, complement } from "../automaton/code-points";
import { CLASSES, CONTROLS, engineClass } from "./classes";
import type { PatternText } from "./pattern-text";

const one = (point: number): CodePoints => codePoints([[point, point]]);

/** Reads what stands for one character: itself, an escape, or a class in brackets. */
export class CharacterReader {
  readonly #text: PatternText;

  constructor(text: PatternText) {
    this.#text = text;
  }

  literal(sign: string): CodePoints {
    const set = one(sign.codePointAt(0)!);
    if (set.length === 0) throw this.#text.error("half of a surrogate pair is no character");
    return set;
  }

  class(): CodePoints {
    this.#text.takes("[");
    const isNegated = this.#text.takes("^");
    const ranges: (readonly [number, number])[] = [];
    while (!this.#text.takes("]")) {
      const first = this.#member();
      const isRange =
        this.#text.next === "-" &&
        this.#text.characters[this.#text.at + 1] !== "]" &&
        this.#text.at + 1 < this.#text.characters.length;
      if (!isRange) {
        ranges.push(...first);
        continue;
      }
      this.#text.at++;
      const last = this.#member();
      if (!isOne(first) || !isOne(last)) throw this.#text.error("a range needs a character on both sides");
      if (first[0]![0] > last[0]![0]) throw this.#text.error("a range has its ends in the wrong order");
      ranges.push([first[0]![0], last[0]![0]]);
    }
    const set = codePoints(ranges);
    return isNegated ? complement(set) : set;
  }

  #member(): CodePoints {
    const sign = this.#text.next;
    if (sign === undefined) throw this.#text.error('a class has no "]"');
    if (sign === "\\") return this.escape(true);
    this.#text.at++;
    return this.literal(sign);
  }

  escape(inClass: boolean): CodePoints {
    this.#text.at++;
    const sign = this.#text.next;
    if (sign === undefined) throw this.#text.error("it ends with a backslash");
    this.#text.at++;
    const set = CLASSES.get(sign);
    if (set !== undefined) return set;
    const control = CONTROLS.get(sign);
    if (control !== undefined) return one(control);
    if (sign === "p" || sign === "P") return this.#property(sign);
    if (sign === "b" && inClass) return one(0x08);
    if (sign === "b" || sign === "B") throw this.#text.error(`the word boundary \\${sign} is not supported`);
    if (sign === "k" || /[1-9]/.test(sign)) throw this.#text.error(`the backreference \\${sign} is not supported`);
    if (sign === "0" && !/\d/.test(this.#text.next ?? "")) return one(0);
    if (sign === "x") return one(this.#hexadecimal(2));
    if (sign === "u") return this.#codePoint();
    if (sign === "c" && /[a-z]/i.test(this.#text.next ?? ""))
      return one(this.#text.characters[this.#text.at++]!.charCodeAt(0) % 32);
    if (/[\p{L}\p{N}]/u.test(sign)) throw this.#text.error(`\\${sign} is not an escape`);
    return this.literal(sign);
  }

  #hexadecimal(digits: number): number {
    const text = this.#text.characters.slice(this.#text.at, this.#text.at + digits).join("");
    if (text.length < digits || !/^[0-9a-f]+$/i.test(text))
      throw this.#text.error(`an escape needs ${digits} hexadecimal digits`);
    this.#text.at += digits;
    return Number.parseInt(text, 16);
  }

  #codePoint(): CodePoints {
    let point: number;
    if (this.#text.takes("{")) {
      const end = this.#text.characters.indexOf("}", this.#text.at);
      point = this.#hexadecimal(Math.max(1, end - this.#text.at));
      if (!this.#text.takes("}") || point > 0x10ffff) throw this.#text.error("\\u{…} is not a code point");
    } else {
      point = this.#hexadecimal(4);
      const isHigh = point >= 0xd800 && point <= 0xdbff;
      if (isHigh && this.#text.takes("\\u")) {
        const low = this.#hexadecimal(4);
        if (low >= 0xdc00 && low <= 0xdfff) point = 0x10000 + (point - 0xd800) * 0x400 + (low - 0xdc00);
      }
    }
    const set = one(point);
    if (set.length === 0) throw this.#text.error("half of a surrogate pair is no character");
    return set;
  }

  #property(sign: string): CodePoints {
    const name = /^\{[\w=]+\}/.exec(this.#text.characters.slice(this.#text.at, this.#text.at + 80).join(""))?.[0];
    if (name === undefined) throw this.#text.error(`\\${sign} needs the name of a property, as in \\p{Letter}`);
    try {
      const set = engineClass(`\\${sign}${name}`);
      this.#text.at += name.length;
      return set;
    } catch {
      throw this.#text.error(`\\${sign}${name} is not a property of Unicode`);
    }
  }
}

const isOne = (set: CodePoints): boolean => set.length === 1 && set[0]![0] === set[0]![1];
