import { ALL_CODE_POINTS, CodePoints, NO_CODE_POINTS } from "../syntax/code-points";
import { RegexProblem } from "../syntax/problem";
import { childrenOf, type Node, type NodeOf } from "../syntax/syntax-tree";

export interface Beginning {
  /** The characters with which a match can begin. */
  readonly set: CodePoints;
  /** Whether the match may be empty. */
  readonly mayBeEmpty: boolean;
}

const ANYTHING: Beginning = { set: ALL_CODE_POINTS, mayBeEmpty: true };
const NOTHING: Beginning = { set: NO_CODE_POINTS, mayBeEmpty: true };

/** How the matches of a node can begin; an overestimate if the exact answer is expensive. */
export function beginningOf(node: Node): Beginning {
  switch (node.kind) {
    case "literal":
    case "back reference":
    case "call":
      return ANYTHING;
    case "set":
      return { set: node.set, mayBeEmpty: false };
    case "sequence":
      return ofSequence(node.parts);
    case "choice":
      return ofChoice(node.branches);
    case "repeat": {
      const { set, mayBeEmpty } = beginningOf(node.body);
      return node.most === 0 ? NOTHING : { set, mayBeEmpty: mayBeEmpty || node.least === 0 };
    }
    case "capture":
    case "atomic":
      return beginningOf(node.body);
    case "condition":
      return ofChoice([{ kind: "sequence", parts: [node.test, node.met] }, node.otherwise]);
    default:
      return NOTHING;
  }
}

function ofSequence(parts: readonly Node[]): Beginning {
  const sets: CodePoints[] = [];
  for (const part of parts) {
    const { set, mayBeEmpty } = beginningOf(part);
    sets.push(set);
    if (!mayBeEmpty) return { set: CodePoints.union(sets), mayBeEmpty };
  }
  return { set: CodePoints.union(sets), mayBeEmpty: true };
}

function ofChoice(branches: readonly Node[]): Beginning {
  const beginnings = branches.map(beginningOf);
  const set = CodePoints.union(beginnings.map((beginning) => beginning.set));
  return { set, mayBeEmpty: beginnings.some(({ mayBeEmpty }) => mayBeEmpty) };
}

/** Whether a node would behave differently if it were read backwards. */
export function readsForwardOnly(node: Node): boolean {
  if (node.kind === "repeat") return node.manner === "possessive";
  return ["atomic", "back reference", "call", "capture", "condition", "is held", "keep"].includes(node.kind);
}

/** The groups that a pattern calls, by number; 0 is the whole pattern. */
export function calledGroups(root: Node): ReadonlyMap<number, Node> {
  const bodies = new Map<number, Node>([[0, root]]);
  const calls: NodeOf<"call">[] = [];
  const visit = (node: Node): void => {
    if (node.kind === "capture") bodies.set(node.group, node);
    if (node.kind === "call") calls.push(node);
    childrenOf(node).forEach(visit);
  };
  visit(root);
  const called = new Map(calls.map(({ group }) => [group, bodies.get(group) as Node]));
  for (const call of calls) checkEnds(call, called);
  return called;
}

/** @throws RegexProblem if a group can call itself before it has matched a character. */
function checkEnds(call: NodeOf<"call">, called: ReadonlyMap<number, Node>): void {
  const seen = new Set<number>();
  const pending = [call];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next.group)) continue;
    seen.add(next.group);
    const first = firstCalls(called.get(next.group) as Node);
    if (first.some(({ group }) => group === call.group)) {
      throw new RegexProblem("endless recursion of a group (let it match a character before it calls itself)", call.at);
    }
    pending.push(...first);
  }
  if (!canEnd(called.get(call.group) as Node, new Set([call.group]), called)) {
    throw new RegexProblem("endless recursion of a group (add an alternative that does not call itself)", call.at);
  }
}

/** The calls that can be reached before a character is matched. */
function firstCalls(node: Node): NodeOf<"call">[] {
  if (node.kind === "call") return [node];
  if (node.kind !== "sequence") return childrenOf(node).flatMap(firstCalls);
  const calls: NodeOf<"call">[] = [];
  for (const part of node.parts) {
    calls.push(...firstCalls(part));
    if (!beginningOf(part).mayBeEmpty) break;
  }
  return calls;
}

/** Whether there is a path that calls none of these groups. */
function canEnd(node: Node, within: ReadonlySet<number>, called: ReadonlyMap<number, Node>): boolean {
  const ends = (child: Node): boolean => canEnd(child, within, called);
  switch (node.kind) {
    case "call":
      return (
        !within.has(node.group) && canEnd(called.get(node.group) as Node, new Set([...within, node.group]), called)
      );
    case "repeat":
      return node.least === 0 || ends(node.body);
    case "choice":
      return node.branches.some(ends);
    case "condition":
      return ends(node.otherwise) || (ends(node.test) && ends(node.met));
    default:
      return childrenOf(node).every(ends);
  }
}
