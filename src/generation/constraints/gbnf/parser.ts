import { ANY, codePoints, complement } from "../automaton/code-points";
import {
  callOf,
  choice,
  type Expression,
  literal,
  newRule,
  nothing,
  type Rule,
  repeat,
  sequence,
} from "../automaton/expression";
import { character } from "../automaton/utf8";

/** Deeper than anyone writes; keeps the stack from overflowing. */
const MOST_DEPTH = 200;
const MOST_REPEATS = 1e9;

const NAME = /[A-Za-z0-9_-]+/y;
const BLANK = /(?:[ \t]|#[^\r\n]*)+/y;
const BLANK_LINES = /(?:\s|#[^\r\n]*)+/y;
const BOUNDS = /\{\s*(\d+)\s*(?:(,)\s*(\d*)\s*)?\}/y;
const HEXADECIMAL: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const CONTROLS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/**
 * Reads a grammar in llama.cpp's notation, GBNF.
 *
 * @see https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
 */
export class GbnfParser {
  readonly #source: string;
  readonly #rules = new Map<string, Rule>();
  readonly #defined = new Set<Rule>();
  /** Where each rule was first named. */
  readonly #uses = new Map<Rule, number>();
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** @throws RangeError that gives the line */
  parse(): Expression {
    this.#skip(BLANK_LINES);
    while (this.#at < this.#source.length) this.#rule();
    for (const [rule, at] of this.#uses)
      if (!this.#defined.has(rule)) throw this.#error(`the rule "${rule.name}" is not defined`, at);
    const root = this.#rules.get("root");
    if (root === undefined) throw new RangeError('grammar: it has no rule "root", which says what the whole text is');
    return callOf(root);
  }

  #error(problem: string, at = this.#at): Error {
    const line = this.#source.slice(0, at).split("\n").length;
    return new RangeError(`grammar: line ${line}: ${problem}`);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  #skip(blank: RegExp): void {
    this.#match(blank);
  }

  #takes(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #ruleNamed(name: string, at: number): Rule {
    let rule = this.#rules.get(name);
    if (rule === undefined) {
      rule = newRule(name);
      this.#rules.set(name, rule);
    }
    if (!this.#uses.has(rule)) this.#uses.set(rule, at);
    return rule;
  }

  #rule(): void {
    const at = this.#at;
    const name = this.#match(NAME)?.[0];
    if (name === undefined) throw this.#error(`expected the name of a rule, not ${this.#here()}`);
    this.#skip(BLANK);
    if (!this.#takes("::=")) throw this.#error(`expected "::=" after "${name}", not ${this.#here()}`);
    const rule = this.#ruleNamed(name, at);
    if (this.#defined.has(rule)) throw this.#error(`the rule "${name}" is defined twice`, at);
    this.#skip(BLANK_LINES);
    rule.body = this.#choice(false);
    this.#defined.add(rule);
    if (this.#at < this.#source.length && !/[\r\n]/.test(this.#source[this.#at]!))
      throw this.#error(`expected the end of the line, not ${this.#here()}`);
    this.#skip(BLANK_LINES);
  }

  #here(): string {
    const character = Array.from(this.#source.slice(this.#at, this.#at + 2))[0];
    return character === undefined ? "the end" : JSON.stringify(character);
  }

  #choice(inGroup: boolean): Expression {
    if (++this.#depth > MOST_DEPTH) throw this.#error(`groups are nested more than ${MOST_DEPTH} deep`);
    const options = [this.#sequence(inGroup)];
    while (this.#takesBar(inGroup)) {
      this.#skip(BLANK_LINES);
      options.push(this.#sequence(inGroup));
    }
    this.#depth--;
    return choice(options);
  }

  /** A `|`, also at the start of the next line. */
  #takesBar(inGroup: boolean): boolean {
    const at = this.#at;
    this.#skip(BLANK_LINES);
    if (this.#takes("|")) return true;
    if (!inGroup) this.#at = at;
    return false;
  }

  #sequence(inGroup: boolean): Expression {
    const parts: Expression[] = [];
    for (;;) {
      this.#skip(inGroup ? BLANK_LINES : BLANK);
      const part = this.#item();
      if (part === undefined) return sequence(parts);
      parts.push(this.#repeated(part, inGroup));
    }
  }

  #item(): Expression | undefined {
    const at = this.#at;
    const sign = this.#source[at];
    if (sign === undefined || /[|)\r\n]/.test(sign)) return undefined;
    if (this.#takes('"')) return this.#text();
    if (this.#takes("[")) return this.#class();
    if (this.#takes(".")) return character(ANY);
    if (this.#takes("(")) {
      const group = this.#choice(true);
      if (!this.#takes(")")) throw this.#error('a group has no ")"', at);
      return group;
    }
    const name = this.#match(NAME)?.[0];
    if (name !== undefined) return callOf(this.#ruleNamed(name, at));
    if (sign === "<" || sign === "!") throw this.#error("tokens in angle brackets are not supported; write their text");
    throw this.#error(`expected a rule, a text in quotes, a class or a group, not ${this.#here()}`);
  }

  #repeated(part: Expression, inGroup: boolean): Expression {
    let repeated = part;
    for (;;) {
      const at = this.#at;
      this.#skip(inGroup ? BLANK_LINES : BLANK);
      const bounds = this.#bounds();
      if (bounds === undefined) {
        this.#at = at;
        return repeated;
      }
      repeated = repeat(repeated, ...bounds);
    }
  }

  #bounds(): [number, number] | undefined {
    if (this.#takes("*")) return [0, Number.POSITIVE_INFINITY];
    if (this.#takes("+")) return [1, Number.POSITIVE_INFINITY];
    if (this.#takes("?")) return [0, 1];
    if (this.#source[this.#at] !== "{") return undefined;
    const found = this.#match(BOUNDS);
    if (found === null) throw this.#error("a repetition must be {n}, {n,} or {n,m}");
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[3] === "" ? Number.POSITIVE_INFINITY : Number(found[3]);
    if (least > most) throw this.#error(`${found[0]} has its numbers in the wrong order`);
    if (least > MOST_REPEATS || (most > MOST_REPEATS && Number.isFinite(most)))
      throw this.#error(`${found[0]} has a number above ${MOST_REPEATS}`);
    return [least, most];
  }

  #text(): Expression {
    const at = this.#at;
    let text = "";
    while (!this.#takes('"')) text += this.#character(at, "a text has no closing quote");
    return text === "" ? nothing : literal(text);
  }

  #class(): Expression {
    const at = this.#at;
    const isNegated = this.#takes("^");
    const ranges: [number, number][] = [];
    while (!this.#takes("]")) {
      const first = this.#point(at);
      const isRange = this.#source[this.#at] === "-" && this.#source[this.#at + 1] !== "]";
      if (isRange) this.#at++;
      const last = isRange ? this.#point(at) : first;
      if (first > last) throw this.#error("a range has its ends in the wrong order");
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
    const found = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0x0a);
    if (this.#at >= this.#source.length || found === "\n") throw this.#error(unclosed, start);
    this.#at += found.length;
    const text = found === "\\" ? this.#escape() : found;
    if (/\p{Surrogate}/u.test(text)) throw this.#error("half of a surrogate pair is no character");
    return text;
  }

  #escape(): string {
    const sign = this.#source[this.#at++] ?? "";
    const control = CONTROLS[sign];
    if (control !== undefined) return control;
    if (/["\\[\]-]/.test(sign)) return sign;
    const digits = HEXADECIMAL[sign];
    if (digits === undefined) throw this.#error(`\\${sign} is not an escape`);
    const hexadecimal = this.#source.slice(this.#at, this.#at + digits);
    this.#at += digits;
    if (hexadecimal.length < digits || !/^[0-9a-fA-F]+$/.test(hexadecimal))
      throw this.#error(`\\${sign} needs ${digits} hexadecimal digits`);
    const point = Number.parseInt(hexadecimal, 16);
    if (point > 0x10ffff) throw this.#error(`\\${sign}${hexadecimal} is not a code point`);
    return String.fromCodePoint(point);
  }
}
