import {
  folded,
  foldingTo,
  longFold,
  longFoldsOf,
  otherAsciiCase,
  otherCases,
  withOtherAsciiCases,
  withOtherCases,
} from "./case-folding";
import { CodePoints } from "./code-points";
import { choice, type Folding, mapped, type Node, type NodeOf, sequence } from "./syntax-tree";

type Literal = NodeOf<"literal">;

/** The maximum number of characters that fold to one. */
const LONGEST_FOLD = 3;

/**
 * Converts literals to sets of characters. With case folding, neighbours may equal one character (`ss` and `ß`), except
 * in a look-behind, where each is separate.
 */
export function withoutCase(node: Node, inLookBehind: boolean): Node {
  if (node.kind === "literal") return literals([node], inLookBehind);
  if (node.kind !== "sequence") return mapped(node, (child) => withoutCase(child, inLookBehind));
  const parts: Node[] = [];
  for (let i = 0; i < node.parts.length; ) {
    const run: Literal[] = [];
    for (let part = node.parts[i]; isOneOf(run, part); part = node.parts[i]) {
      run.push(part);
      i++;
    }
    parts.push(run.length > 0 ? literals(run, inLookBehind) : withoutCase(node.parts[i++] as Node, inLookBehind));
  }
  return sequence(parts);
}

function isOneOf(run: readonly Literal[], part: Node | undefined): part is Literal {
  return part?.kind === "literal" && (run.length === 0 || run[0]?.folding === part.folding);
}

function literals(run: readonly Literal[], inLookBehind: boolean): Node {
  const parts: Node[] = [];
  for (let i = 0; i < run.length; ) {
    const { codePoint, folding } = run[i] as Literal;
    const joined = folding === "full" && !inLookBehind ? foldedTogether(run.slice(i, i + LONGEST_FOLD)) : undefined;
    parts.push(joined?.node ?? literal(codePoint, folding, inLookBehind));
    i += joined?.count ?? 1;
  }
  return sequence(parts);
}

function setOf(set: CodePoints): Node {
  return { kind: "set", set };
}

function literal(codePoint: number, folding: Folding, inLookBehind: boolean): Node {
  if (folding === "none") return setOf(CodePoints.single(codePoint));
  if (folding === "ascii") return setOf(otherAsciiCase(codePoint));
  const same = setOf(otherCases(codePoint));
  const long = inLookBehind ? undefined : longFold(codePoint);
  return long === undefined ? same : choice([same, eachInAnyCase(long)]);
}

function eachInAnyCase(fold: string): Node {
  return sequence(Array.from(fold, (character) => setOf(otherCases(character.codePointAt(0) as number))));
}

/** The largest number of characters at the start of a run that equal one character with case folded. */
function foldedTogether(run: readonly Literal[]): { node: Node; count: number } | undefined {
  for (let count = run.length; count > 1; count--) {
    const fold = run.slice(0, count).map(shortFold).join("");
    const single = foldingTo(fold);
    if (single !== undefined) return { node: choice([eachInAnyCase(fold), setOf(single)]), count };
  }
  return undefined;
}

function shortFold({ codePoint }: Literal): string {
  const character = String.fromCodePoint(codePoint);
  return longFold(codePoint) === undefined ? folded(character) : character;
}

/** A character class with case folded, including the foldings of its members to several characters. */
export function classWithoutCase(members: CodePoints, negated: boolean, folding: Folding): Node {
  if (folding === "none") return setOf(negated ? members.complement() : members);
  const all = folding === "ascii" ? withOtherAsciiCases(members) : withOtherCases(members);
  if (negated) return setOf(all.complement());
  const long = folding === "ascii" ? [] : longFoldsOf(all);
  return choice([setOf(all), ...long.map(eachInAnyCase)]);
}
