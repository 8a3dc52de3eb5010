import { ANY } from "../automaton/code-points";
import { callOf, choice, type Expression, newRule, type Rule, repeat, sequence } from "../automaton/expression";
import { character } from "../automaton/utf8";
import { GrammarText } from "./grammar-text";
import { TerminalReader } from "./terminal-reader";

/** Deeper than anyone writes; keeps the stack from overflowing. */
const MOST_DEPTH = 200;
const MOST_REPEATS = 1e9;

const NAME = /[A-Za-z0-9_-]+/y;
const BLANK = /(?:[ \t]|#[^\r\n]*)+/y;
const BLANK_LINES = /(?:\s|#[^\r\n]*)+/y;
const BOUNDS = /\{\s*(\d+)\s*(?:(,)\s*(\d*)\s*)?\}/y;

/**
 * Reads a grammar in llama.cpp's notation, GBNF.
 *
 * @see https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
 */
export class GbnfParser {
  readonly #text: GrammarText;
  readonly #terminals: TerminalReader;
  readonly #rules = new Map<string, Rule>();
  readonly #defined = new Set<Rule>();
  /** Where each rule was first named. */
  readonly #uses = new Map<Rule, number>();
  #depth = 0;

  constructor(source: string) {
    this.#text = new GrammarText(source);
    this.#terminals = new TerminalReader(this.#text);
  }

  /** @throws RangeError that gives the line */
  parse(): Expression {
    this.#text.skip(BLANK_LINES);
    while (this.#text.at < this.#text.source.length) this.#rule();
    for (const [rule, at] of this.#uses)
      if (!this.#defined.has(rule)) throw this.#text.error(`the rule "${rule.name}" is not defined`, at);
    const root = this.#rules.get("root");
    if (root === undefined) throw new RangeError('grammar: it has no rule "root", which says what the whole text is');
    return callOf(root);
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
    const at = this.#text.at;
    const name = this.#text.match(NAME)?.[0];
    if (name === undefined) throw this.#text.error(`expected the name of a rule, not ${this.#text.here()}`);
    this.#text.skip(BLANK);
    if (!this.#text.takes("::=")) throw this.#text.error(`expected "::=" after "${name}", not ${this.#text.here()}`);
    const rule = this.#ruleNamed(name, at);
    if (this.#defined.has(rule)) throw this.#text.error(`the rule "${name}" is defined twice`, at);
    this.#text.skip(BLANK_LINES);
    rule.body = this.#choice(false);
    this.#defined.add(rule);
    if (this.#text.at < this.#text.source.length && !/[\r\n]/.test(this.#text.source[this.#text.at]!))
      throw this.#text.error(`expected the end of the line, not ${this.#text.here()}`);
    this.#text.skip(BLANK_LINES);
  }

  #choice(inGroup: boolean): Expression {
    if (++this.#depth > MOST_DEPTH) throw this.#text.error(`groups are nested more than ${MOST_DEPTH} deep`);
    const options = [this.#sequence(inGroup)];
    while (this.#takesBar(inGroup)) {
      this.#text.skip(BLANK_LINES);
      options.push(this.#sequence(inGroup));
    }
    this.#depth--;
    return choice(options);
  }

  /** A `|`, also at the start of the next line. */
  #takesBar(inGroup: boolean): boolean {
    const at = this.#text.at;
    this.#text.skip(BLANK_LINES);
    if (this.#text.takes("|")) return true;
    if (!inGroup) this.#text.at = at;
    return false;
  }

  #sequence(inGroup: boolean): Expression {
    const parts: Expression[] = [];
    for (;;) {
      this.#text.skip(inGroup ? BLANK_LINES : BLANK);
      const part = this.#item();
      if (part === undefined) return sequence(parts);
      parts.push(this.#repeated(part, inGroup));
    }
  }

  #item(): Expression | undefined {
    const at = this.#text.at;
    const sign = this.#text.source[at];
    if (sign === undefined || /[|)\r\n]/.test(sign)) return undefined;
    if (this.#text.takes('"')) return this.#terminals.text();
    if (this.#text.takes("[")) return this.#terminals.class();
    if (this.#text.takes(".")) return character(ANY);
    if (this.#text.takes("(")) {
      const group = this.#choice(true);
      if (!this.#text.takes(")")) throw this.#text.error('a group has no ")"', at);
      return group;
    }
    const name = this.#text.match(NAME)?.[0];
    if (name !== undefined) return callOf(this.#ruleNamed(name, at));
    if (sign === "<" || sign === "!")
      throw this.#text.error("tokens in angle brackets are not supported; write their text");
    throw this.#text.error(`expected a rule, a text in quotes, a class or a group, not ${this.#text.here()}`);
  }

  #repeated(part: Expression, inGroup: boolean): Expression {
    let repeated = part;
    for (;;) {
      const at = this.#text.at;
      this.#text.skip(inGroup ? BLANK_LINES : BLANK);
      const bounds = this.#bounds();
      if (bounds === undefined) {
        this.#text.at = at;
        return repeated;
      }
      repeated = repeat(repeated, ...bounds);
    }
  }

  #bounds(): [number, number] | undefined {
    if (this.#text.takes("*")) return [0, Number.POSITIVE_INFINITY];
    if (this.#text.takes("+")) return [1, Number.POSITIVE_INFINITY];
    if (this.#text.takes("?")) return [0, 1];
    if (this.#text.source[this.#text.at] !== "{") return undefined;
    const found = this.#text.match(BOUNDS);
    if (found === null) throw this.#text.error("a repetition must be {n}, {n,} or {n,m}");
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[3] === "" ? Number.POSITIVE_INFINITY : Number(found[3]);
    if (least > most) throw this.#text.error(`${found[0]} has its numbers in the wrong order`);
    if (least > MOST_REPEATS || (most > MOST_REPEATS && Number.isFinite(most)))
      throw this.#text.error(`${found[0]} has a number above ${MOST_REPEATS}`);
    return [least, most];
  }
}
