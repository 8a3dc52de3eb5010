import { codePoints, complement } from "../automaton/code-points";
import { type Expression, literal, nothing } from "../automaton/expression";
import { character } from "../automaton/utf8";
import type { GrammarText } from "./grammar-text";

const HEXADECIMAL: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const CONTROLS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** Reads texts in quotes and classes in brackets. */
export class TerminalReader {
  readonly #text: GrammarText;

  constructor(text: GrammarText) {
    this.#text = text;
  }

  text(): Expression {
    const at = this.#text.at;
    let text = "";
    while (!this.#text.takes('"')) text += this.#character(at, "a text has no closing quote");
    return text === "" ? nothing : literal(text);
  }

  class(): Expression {
    const at = this.#text.at;
    const isNegated = this.#text.takes("^");
    const ranges: [number, number][] = [];
    while (!this.#text.takes("]")) {
      const first = this.#point(at);
      const isRange = this.#text.source[this.#text.at] === "-" && this.#text.source[this.#text.at + 1] !== "]";
      if (isRange) this.#text.at++;
      const last = isRange ? this.#point(at) : first;
      if (first > last) throw this.#text.error("a range has its ends in the wrong order");
      ranges.push([first, last]);
    }
    const set = codePoints(ranges);
    return character(isNegated ? complement(set) : set);
  }

  #point(at: number): number {
    return this.#character(at, 'a class has no "]"').codePointAt(0)!;
  }
  /** One character of a text or a class. */
  #character(start: number, unclosed: string): string {
    const found = String.fromCodePoint(this.#text.source.codePointAt(this.#text.at) ?? 0x0a);
    if (this.#text.at >= this.#text.source.length || found === "\n") throw this.#text.error(unclosed, start);
    this.#text.at += found.length;
    const text = found === "\\" ? this.#escape() : found;
    if (/\p{Surrogate}/u.test(text)) throw this.#text.error("half of a surrogate pair is no character");
    return text;
  }

  #escape(): string {
    const sign = this.#text.source[this.#text.at++] ?? "";
    const control = CONTROLS[sign];
    if (control !== undefined) return control;
    if (/["\\[\]-]/.test(sign)) return sign;
    const digits = HEXADECIMAL[sign];
    if (digits === undefined) throw this.#text.error(`\\${sign} is not an escape`);
    const hexadecimal = this.#text.source.slice(this.#text.at, this.#text.at + digits);
    this.#text.at += digits;
    if (hexadecimal.length < digits || !/^[0-9a-fA-F]+$/.test(hexadecimal))
      throw this.#text.error(`\\${sign} needs ${digits} hexadecimal digits`);
    const point = Number.parseInt(hexadecimal, 16);
    if (point > 0x10ffff) throw this.#text.error(`\\${sign}${hexadecimal} is not a code point`);
    return String.fromCodePoint(point);
  }
}
