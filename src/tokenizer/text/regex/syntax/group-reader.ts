import { readName, readReference } from "./groups";
import { readOptions } from "./options";
import type { Parsing } from "./parsing";
import { notOffered } from "./problem";
import { choice, EMPTY, type Node } from "./syntax-tree";

/** Reads a group after its `(`, which is at `at`. */
export function readGroup(parsing: Parsing, at: number): Node {
  const { reader, groups } = parsing;
  if (reader.sees("*")) throw notOffered("a callout, (*…)", at);
  if (!reader.takes("?")) {
    if (parsing.options.capturesNothing) return readClosed(parsing, at);
    const group = groups.open();
    return { kind: "capture", group, body: readClosed(parsing, at) };
  }
  const kind = reader.takeMatch(/:|=|!|>|<=|<!|<|'|\(|~|\{/uy)?.[0];
  switch (kind) {
    case ":":
      return readClosed(parsing, at);
    case "=":
    case "!":
      parsing.refuseInLookBehind("a look-ahead", at);
      return { kind: "look", behind: false, negative: kind === "!", body: readClosed(parsing, at) };
    case "<=":
    case "<!":
      return readLookBehind(parsing, at, kind === "<!");
    case ">":
      return { kind: "atomic", body: readClosed(parsing, at) };
    case "<":
    case "'": {
      const group = groups.open(readName(reader, kind === "<" ? ">" : "'"));
      return { kind: "capture", group, body: readClosed(parsing, at) };
    }
    case "(":
      return readCondition(parsing, at);
    case "~":
      throw notOffered("an absent operator, (?~…)", at);
    case "{":
      throw notOffered("a callout, (?{…})", at);
    default:
      return readOptionGroup(parsing, at);
  }
}

function readClosed(parsing: Parsing, opened: number): Node {
  const body = choice(parsing.branches());
  close(parsing, opened);
  return body;
}

function close({ reader }: Parsing, opened: number): void {
  if (!reader.takes(")")) throw reader.problem("a group is never closed; it opens", opened);
}

function readLookBehind(parsing: Parsing, at: number, negative: boolean): Node {
  if (negative && !parsing.inNegative) parsing.refuseInLookBehind("a negative look-behind", at);
  const { inNegative } = parsing;
  const captures = parsing.groups.count;
  parsing.inNegative = negative;
  parsing.lookBehinds++;
  const body = parsing.withoutCase(readClosed(parsing, at));
  parsing.lookBehinds--;
  parsing.inNegative = inNegative;
  if (negative && parsing.groups.count > captures) {
    throw parsing.reader.problem("capturing group (write (?:…) instead) inside a negative look-behind", at);
  }
  return { kind: "look", behind: true, negative, body };
}

/** `(?i:…)`, or `(?i)`, which applies up to the end of the enclosing group, including other alternatives. */
function readOptionGroup(parsing: Parsing, at: number): Node {
  const before = parsing.options;
  parsing.options = readOptions(parsing.reader, before);
  const isIsolated = parsing.reader.takes(")");
  if (!isIsolated) parsing.reader.at++;
  const body = parsing.withoutCase(isIsolated ? choice(parsing.branches()) : readClosed(parsing, at));
  parsing.options = before;
  // A separate group: its characters do not combine with neighbours outside.
  return { kind: "choice", branches: [body] };
}

/** `(?(1)…|…)`, `(?(<name>)…|…)`, and `(?(…)…|…)` with an expression to test. */
function readCondition(parsing: Parsing, at: number): Node {
  const { reader, groups } = parsing;
  parsing.refuseInLookBehind("a condition", at);
  const mark = reader.takeMatch(/[<']|(?=[+-]?\d+(?:[+-]\d+)?\))/uy)?.[0];
  if (reader.sees("?")) throw notOffered("a condition on another kind of group", at);
  let test: Node;
  if (mark === undefined) {
    test = readClosed(parsing, at);
  } else {
    const end = mark === "<" ? ">)" : mark === "'" ? "')" : ")";
    test = { kind: "is held", groups: groups.behind(readReference(reader, end, groups), at) };
  }
  if (reader.takes(")")) {
    if (mark === undefined) throw reader.problem("condition without a branch", at);
    return test;
  }
  const [met = EMPTY, ...others] = parsing.branches();
  close(parsing, at);
  return { kind: "condition", test, met, otherwise: others.length === 0 ? EMPTY : choice(others) };
}
