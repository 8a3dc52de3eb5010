import { readClass } from "./class-reader";
import { ALL_CODE_POINTS } from "./code-points";
import { LINE_FEED, readEscape } from "./escape-reader";
import { readGroup } from "./group-reader";
import { foldingOf } from "./options";
import { Parsing, setOf } from "./parsing";
import { readQuantifier } from "./quantifiers";
import { choice, type Node, sequence } from "./syntax-tree";
import { classWithoutCase } from "./without-case";

/** Maximum number of quantifiers on one part; each adds a level of recursion to all later passes. */
const MOST_REPETITIONS = 4;

/**
 * Reads a regular expression in the syntax of Oniguruma.
 *
 * @throws RegexProblem for an invalid or unsupported pattern, with the position.
 * @see https://github.com/kkos/oniguruma/blob/master/doc/RE
 */
export function parseRegex(source: string): Node {
  const parsing = new Parsing(source, readBranches);
  const root = parsing.withoutCase(choice(parsing.branches()));
  if (!parsing.reader.done) throw parsing.reader.problem("unmatched )");
  parsing.groups.check();
  return root;
}

function readBranches(parsing: Parsing): Node[] {
  const branches = [readBranch(parsing)];
  while (parsing.reader.takes("|")) branches.push(readBranch(parsing));
  return branches;
}

function readBranch(parsing: Parsing): Node {
  const { reader } = parsing;
  const parts: Node[] = [];
  for (;;) {
    skipIgnored(parsing);
    if (reader.done || reader.sees("|") || reader.sees(")")) return sequence(parts);
    parts.push(readRepeated(parsing));
  }
}

/** Skips comments, and in extended patterns white space. */
function skipIgnored({ reader, options }: Parsing): void {
  const ignored = options.extended
    ? /[ \t\n\r\f]+|#[^\n]*|\(\?#(?:[^\\)]|\\[\s\S])*\)/uy
    : /\(\?#(?:[^\\)]|\\[\s\S])*\)/uy;
  while (reader.takeMatch(ignored) !== undefined);
  if (reader.sees("(?#")) throw reader.problem("a comment is never closed; it opens");
}

function readRepeated(parsing: Parsing): Node {
  const { reader } = parsing;
  const { at } = reader;
  if (readQuantifier(reader) !== undefined) throw reader.problem("nothing to repeat", at);
  let node = readAtom(parsing);
  for (let count = 0; ; count++) {
    skipIgnored(parsing);
    const { at: behind } = reader;
    const quantifier = readQuantifier(reader);
    if (quantifier === undefined) return node;
    if (count >= MOST_REPETITIONS)
      throw reader.problem(`more than ${MOST_REPETITIONS} repetitions of one part`, behind);
    if (cannotRepeat(node)) throw reader.problem("repetition of an anchor", behind);
    if (quantifier.least !== 1 || quantifier.most !== 1) node = { kind: "repeat", body: node, ...quantifier };
  }
}

function readAtom(parsing: Parsing): Node {
  const { reader, options } = parsing;
  const { at } = reader;
  const character = reader.take("where an expression is expected,");
  switch (character) {
    case "(":
      return readGroup(parsing, at);
    case "[": {
      const { members, negated } = readClass(reader, options);
      return classWithoutCase(members, negated, foldingOf(options));
    }
    case ".":
      return setOf(options.dotMatchesLineEnd ? ALL_CODE_POINTS : LINE_FEED.complement());
    case "^":
      return { kind: "place", place: "line start" };
    case "$":
      return { kind: "place", place: "line end" };
    case "\\":
      return readEscape(parsing, at);
    default:
      return parsing.literal(character.codePointAt(0) as number);
  }
}

function cannotRepeat(node: Node): boolean {
  if (node.kind === "place" || node.kind === "look" || node.kind === "keep") return true;
  // A group with options is a single branch.
  return node.kind === "choice" && node.branches.length > 1 && node.branches.some(cannotRepeat);
}
