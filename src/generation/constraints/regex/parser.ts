import { ANY } from "../automaton/code-points";
import { CharacterReader } from "./character-reader";
import { DOT } from "./classes";
import type { Pattern } from "./pattern";
import { PatternText } from "./pattern-text";

/** Deeper than anyone writes; keeps the stack from overflowing. */
const MOST_DEPTH = 200;
/** A larger number is refused: no text has so many characters. */
const MOST_REPEATS = 1e9;

/** Reads a regular expression in the syntax of JavaScript's `u` flag. */
export class RegexParser {
  readonly #text: PatternText;
  readonly #reader: CharacterReader;
  readonly #dotAll: boolean;
  #depth = 0;

  /** @param describe makes an error of a problem */
  constructor(source: string, describe: (problem: string) => Error, dotAll = false) {
    this.#text = new PatternText(source, describe);
    this.#reader = new CharacterReader(this.#text);
    this.#dotAll = dotAll;
  }

  parse(): Pattern {
    const pattern = this.#choice();
    if (this.#text.at < this.#text.characters.length)
      throw this.#text.error(`")" closes nothing; write \\) for the sign`);
    return pattern;
  }

  #choice(): Pattern {
    if (++this.#depth > MOST_DEPTH) throw this.#text.error(`groups are nested more than ${MOST_DEPTH} deep`);
    const options = [this.#sequence()];
    while (this.#text.takes("|")) options.push(this.#sequence());
    this.#depth--;
    return options.length === 1 ? options[0]! : { kind: "choice", options };
  }

  #sequence(): Pattern {
    const parts: Pattern[] = [];
    while (this.#text.next !== undefined && this.#text.next !== "|" && this.#text.next !== ")")
      parts.push(this.#repeated(this.#atom()));
    return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
  }

  #repeated(body: Pattern): Pattern {
    const bounds = this.#bounds();
    if (bounds === undefined) return body;
    if (body.kind === "start" || body.kind === "end") throw this.#text.error("^ and $ cannot be repeated");
    this.#text.takes("?"); // The lazy form matches the same texts.
    if (this.#bounds() !== undefined)
      throw this.#text.error("two repetitions in a row; put the first one into a group");
    const [least, most] = bounds;
    return { kind: "repeat", body, least, most };
  }

  #bounds(): [number, number] | undefined {
    if (this.#text.takes("*")) return [0, Number.POSITIVE_INFINITY];
    if (this.#text.takes("+")) return [1, Number.POSITIVE_INFINITY];
    if (this.#text.takes("?")) return [0, 1];
    if (this.#text.next !== "{") return undefined;
    const found = /^\{(\d+)(,?)(\d*)\}/.exec(this.#text.characters.slice(this.#text.at, this.#text.at + 40).join(""));
    if (found === null) return undefined;
    this.#text.at += found[0].length;
    const least = Number(found[1]);
    const most = found[2] === "" ? least : found[3] === "" ? Number.POSITIVE_INFINITY : Number(found[3]);
    if (least > most) throw this.#text.error(`${found[0]} has its numbers in the wrong order`);
    if (least > MOST_REPEATS || (most > MOST_REPEATS && Number.isFinite(most)))
      throw this.#text.error(`${found[0]} has a number above ${MOST_REPEATS}`);
    return [least, most];
  }

  #atom(): Pattern {
    const sign = this.#text.next!;
    if (sign === "(") return this.#group();
    if (sign === "[") return { kind: "set", set: this.#reader.class() };
    if (sign === "\\") return { kind: "set", set: this.#reader.escape(false) };
    if (this.#bounds() !== undefined)
      throw this.#text.error("a repetition of nothing; write \\ before the sign itself");
    this.#text.at++;
    if (sign === "^") return { kind: "start" };
    if (sign === "$") return { kind: "end" };
    if (sign === ".") return { kind: "set", set: this.#dotAll ? ANY : DOT };
    return { kind: "set", set: this.#reader.literal(sign) };
  }

  #group(): Pattern {
    for (const [opening, name] of [
      ["(?=", "lookahead"],
      ["(?!", "negative lookahead"],
      ["(?<=", "lookbehind"],
      ["(?<!", "negative lookbehind"],
    ] as const)
      if (this.#text.takes(opening)) throw this.#text.error(`${name} ${opening}…) is not supported`);
    this.#text.takes("(");
    if (this.#text.takes("?") && !this.#text.takes(":")) {
      const named = /^<[\p{L}_$][\p{L}\p{N}_$]*>/u.exec(
        this.#text.characters.slice(this.#text.at, this.#text.at + 100).join(""),
      );
      if (named === null) throw this.#text.error(`(?${this.#text.next ?? ""} is not supported`);
      this.#text.at += Array.from(named[0]).length;
    }
    const pattern = this.#choice();
    if (!this.#text.takes(")")) throw this.#text.error('a group has no ")"');
    // A sequence of its own, so that what follows is not taken for a part of it.
    return { kind: "sequence", parts: [pattern] };
  }
}
