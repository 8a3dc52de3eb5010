import { readClass } from "./class-reader";
import { ALL_CODE_POINTS, CodePoints } from "./code-points";
import { readCharacterEscape, readClassEscape } from "./escapes";
import { Groups, readName, readReference } from "./groups";
import { foldingOf, NO_OPTIONS, type Options, readOptions, wordWith } from "./options";
import { notOffered } from "./problem";
import { readQuantifier } from "./quantifiers";
import { Reader } from "./reader";
import { choice, EMPTY, type Node, type Place, sequence } from "./syntax-tree";
import { classWithoutCase, withoutCase } from "./without-case";

const MOST_LEVELS = 400;
const LINE_FEED = /* @__PURE__ */ CodePoints.single(0x0a);
const NEW_LINE = /* @__PURE__ */ CodePoints.of([0x0a, 0x0e, 0x85, 0x86, 0x2028, 0x202a]);

const PLACES: ReadonlyMap<string, Place> = new Map([
  ["A", "text start"],
  ["z", "text end"],
  ["Z", "last line end"],
  ["G", "search start"],
  ["b", "word edge"],
  ["B", "no word edge"],
  ["y", "cluster edge"],
  ["Y", "no cluster edge"],
]);

const setOf = (set: CodePoints): Node => ({ kind: "set", set });

/** A regular expression as it was read, and the groups in it. */
export interface Parsed {
  readonly root: Node;
  readonly groups: Groups;
}

/**
 * Reads a regular expression in the syntax of Oniguruma.
 *
 * @throws RegexProblem that names what is wrong or not offered, and where.
 * @see https://github.com/kkos/oniguruma/blob/master/doc/RE
 */
export function parseRegex(source: string): Parsed {
  return new Parser(source).parse();
}

class Parser {
  readonly #reader: Reader;
  readonly #groups = new Groups();
  #options = NO_OPTIONS;
  #level = 0;
  #lookBehinds = 0;
  /** Whether the look-behind around is negative. */
  #inNegative = false;

  constructor(source: string) {
    this.#reader = new Reader(source);
  }

  parse(): Parsed {
    const root = this.#withoutCase(this.#alternatives());
    if (!this.#reader.done) throw this.#reader.problem("a ) without its ( stands");
    this.#groups.check();
    return { root, groups: this.#groups };
  }

  #withoutCase(node: Node): Node {
    return withoutCase(node, this.#lookBehinds > 0);
  }

  #alternatives(): Node {
    return choice(this.#branches());
  }

  #branches(): Node[] {
    const { at } = this.#reader;
    if (++this.#level > MOST_LEVELS) throw this.#reader.problem(`groups are nested more than ${MOST_LEVELS} deep`, at);
    const before = this.#options;
    const branches = [this.#branch()];
    while (this.#reader.takes("|")) branches.push(this.#branch());
    this.#options = before;
    this.#level--;
    return branches;
  }

  #branch(): Node {
    const parts: Node[] = [];
    for (;;) {
      this.#skipIgnored();
      if (this.#reader.done || this.#reader.sees("|") || this.#reader.sees(")")) return sequence(parts);
      parts.push(this.#repeated());
    }
  }

  /** Comments, and in extended patterns white space. */
  #skipIgnored(): void {
    const { extended } = this.#options;
    const ignored = extended ? /[ \t\n\r\f]+|#[^\n]*|\(\?#(?:[^\\)]|\\[\s\S])*\)/u : /\(\?#(?:[^\\)]|\\[\s\S])*\)/u;
    while (this.#reader.takeMatch(ignored) !== undefined);
    if (this.#reader.sees("(?#")) throw this.#reader.problem("a comment without its ) opens");
  }

  #repeated(): Node {
    const { at } = this.#reader;
    if (readQuantifier(this.#reader) !== undefined)
      throw this.#reader.problem("nothing stands before the repetition", at);
    let node = this.#atom();
    for (;;) {
      this.#skipIgnored();
      const { at: behind } = this.#reader;
      const quantifier = readQuantifier(this.#reader);
      if (quantifier === undefined) return node;
      if (cannotRepeat(node)) throw this.#reader.problem("a place in the text cannot be repeated,", behind);
      const { least, most } = quantifier;
      if (least !== 1 || most !== 1) node = { kind: "repeat", body: node, ...quantifier, at: behind };
    }
  }

  #atom(): Node {
    const reader = this.#reader;
    const { at } = reader;
    const character = reader.take("where something should stand");
    switch (character) {
      case "(":
        return this.#group(at);
      case "[": {
        const { members, negated } = readClass(reader, this.#options);
        return classWithoutCase(members, negated, foldingOf(this.#options));
      }
      case ".":
        return setOf(this.#options.dotMatchesLineEnd ? ALL_CODE_POINTS : LINE_FEED.complement());
      case "^":
        return { kind: "place", place: "line start" };
      case "$":
        return { kind: "place", place: "line end" };
      case "\\":
        return this.#escape(at);
      default:
        return this.#literal(character.codePointAt(0) as number);
    }
  }

  #literal(codePoint: number): Node {
    return { kind: "literal", codePoint, folding: foldingOf(this.#options) };
  }

  #escape(at: number): Node {
    const reader = this.#reader;
    const letter = reader.peek();
    const place = PLACES.get(letter);
    if (place !== undefined) {
      reader.at++;
      return { kind: "place", place, word: wordWith(this.#options) };
    }
    if (reader.takes("K")) return { kind: "keep" };
    if (reader.takes("N")) return setOf(LINE_FEED.complement());
    if (reader.takes("O")) return setOf(ALL_CODE_POINTS);
    if (reader.takes("R")) return newLine();
    if (reader.takes("X")) return cluster();
    const members = readClassEscape(reader, this.#options, false);
    if (members !== undefined) return setOf(members);
    return this.#reference(at) ?? this.#several() ?? this.#literal(readCharacterEscape(reader));
  }

  /** Code points that share their braces: `\x{61 62}`. */
  #several(): Node | undefined {
    const { at } = this.#reader;
    const list = this.#reader.takeMatch(/x\{([0-9a-fA-F]+(?:[ \n]+[0-9a-fA-F]+)+)[ \n]*\}/u);
    if (list === undefined) return undefined;
    const codePoints = (list[1] as string).split(/[ \n]+/u).map((digits) => Number.parseInt(digits, 16));
    if (codePoints.some((codePoint) => codePoint > 0x10ffff))
      throw this.#reader.problem("a code point is too great,", at);
    return sequence(codePoints.map((codePoint) => this.#literal(codePoint)));
  }

  /** `\1`, `\k<name>` and `\g<name>`. */
  #reference(at: number): Node | undefined {
    const reader = this.#reader;
    const digits = /[1-9][0-9]*/uy;
    digits.lastIndex = reader.at;
    const number = Number(digits.exec(reader.source)?.[0] ?? Number.NaN);
    if (number <= 9 || number <= this.#groups.count) {
      reader.at = digits.lastIndex;
      return this.#backReference(this.#groups.behind({ number }, at), at);
    }
    const named = reader.takeMatch(/([kg])([<'])/u);
    if (named === undefined) return undefined;
    const reference = readReference(reader, named[2] === "<" ? ">" : "'", this.#groups);
    if (named[1] === "k") return this.#backReference(this.#groups.behind(reference, at), at);
    this.#groups.noteCall(reference, at);
    const groups = this.#groups;
    // The group may open later; it is known once all has been read.
    return {
      kind: "call",
      at,
      get group() {
        return groups.called(reference);
      },
    };
  }

  #backReference(groups: readonly number[], at: number): Node {
    return { kind: "back reference", groups, folding: foldingOf(this.#options), at };
  }

  #group(at: number): Node {
    const reader = this.#reader;
    if (reader.sees("*")) throw notOffered("a callout, (*…)", at);
    if (!reader.takes("?")) {
      if (this.#options.capturesNothing) return this.#closed(at);
      const group = this.#groups.open();
      return { kind: "capture", group, body: this.#closed(at) };
    }
    const kind = reader.takeMatch(/:|=|!|>|<=|<!|<|'|\(|~|\{/u)?.[0];
    switch (kind) {
      case ":":
        return this.#closed(at);
      case "=":
      case "!":
        this.#refuseInLookBehind("a look-ahead", at);
        return { kind: "look", behind: false, negative: kind === "!", body: this.#closed(at), at };
      case "<=":
      case "<!":
        return this.#lookBehind(at, kind === "<!");
      case ">":
        return { kind: "atomic", body: this.#closed(at) };
      case "<":
      case "'": {
        const group = this.#groups.open(readName(reader, kind === "<" ? ">" : "'"));
        return { kind: "capture", group, body: this.#closed(at) };
      }
      case "(":
        return this.#condition(at);
      case "~":
        throw notOffered("an absent operator, (?~…)", at);
      case "{":
        throw notOffered("a callout, (?{…})", at);
      default:
        return this.#optionGroup(at);
    }
  }

  #closed(at: number): Node {
    const body = this.#alternatives();
    this.#close(at);
    return body;
  }

  #close(opened: number): void {
    if (!this.#reader.takes(")")) throw this.#reader.problem("a group without its ) opens", opened);
  }

  #refuseInLookBehind(construct: string, at: number): void {
    if (this.#lookBehinds > 0) throw this.#reader.problem(`${construct} in a look-behind, where it cannot be,`, at);
  }

  #lookBehind(at: number, negative: boolean): Node {
    if (negative && !this.#inNegative) this.#refuseInLookBehind("a negative look-behind", at);
    const around = this.#inNegative;
    this.#inNegative = negative;
    this.#lookBehinds++;
    const before = this.#groups.count;
    const body = this.#withoutCase(this.#closed(at));
    this.#lookBehinds--;
    this.#inNegative = around;
    if (negative && this.#groups.count > before) {
      throw this.#reader.problem(
        "a negative look-behind with a group that captures, which it never can; write (?:…),",
        at,
      );
    }
    return { kind: "look", behind: true, negative, body, at };
  }

  /** `(?i:…)`, or `(?i)`, which holds up to the end of the group around it, other alternatives included. */
  #optionGroup(at: number): Node {
    const before: Options = this.#options;
    this.#options = readOptions(this.#reader, before);
    const isolated = this.#reader.takes(")");
    if (!isolated) this.#reader.at++;
    const body = this.#withoutCase(isolated ? this.#alternatives() : this.#closed(at));
    this.#options = before;
    // A group of its own: nothing in it is one with a neighbour outside.
    return body.kind === "sequence" ? { kind: "choice", branches: [body] } : body;
  }

  /** `(?(1)…|…)`, `(?(<name>)…|…)`, and `(?(…)…|…)` with an expression to test. */
  #condition(at: number): Node {
    const reader = this.#reader;
    const mark = reader.takeMatch(/[<']|(?=[+-]?\d+(?:[+-]\d+)?\))/u)?.[0];
    let test: Node;
    if (reader.sees("?")) throw notOffered("a condition that is a group of another kind", at);
    if (mark === undefined) test = this.#closed(at);
    else {
      const close = mark === "<" ? ">)" : mark === "'" ? "')" : ")";
      test = { kind: "is held", groups: this.#groups.behind(readReference(reader, close, this.#groups), at) };
    }
    if (reader.takes(")")) {
      if (mark === undefined) throw reader.problem("a condition is followed by nothing,", at);
      return test;
    }
    const [met = EMPTY, ...others] = this.#branches();
    this.#close(at);
    return { kind: "condition", test, met, otherwise: others.length === 0 ? EMPTY : choice(others) };
  }
}

/** `\R`: never half of a carriage return and line feed. */
function newLine(): Node {
  const both = sequence([setOf(CodePoints.single(0x0d)), setOf(LINE_FEED)]);
  return { kind: "atomic", body: choice([both, setOf(NEW_LINE)]) };
}

/** `\X`: what a reader sees as one character. */
function cluster(): Node {
  const more = sequence([{ kind: "place", place: "no cluster edge" }, setOf(ALL_CODE_POINTS)]);
  const rest: Node = { kind: "repeat", body: more, least: 0, most: Number.POSITIVE_INFINITY, manner: "greedy", at: 0 };
  return { kind: "atomic", body: sequence([setOf(ALL_CODE_POINTS), rest]) };
}

function cannotRepeat(node: Node): boolean {
  if (node.kind === "place" || node.kind === "look" || node.kind === "keep") return true;
  if (node.kind === "sequence") return node.parts.length > 0 && node.parts.every(cannotRepeat);
  return node.kind === "choice" && node.branches.some(cannotRepeat);
}
