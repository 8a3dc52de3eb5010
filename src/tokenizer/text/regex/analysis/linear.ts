import { CodePoints } from "../syntax/code-points";
import type { Node, NodeOf, Repeat } from "../syntax/syntax-tree";
import { beginningOf } from "./facts";
import { writtenPlace } from "./places";

/** Steps that a part may take at one place in a text, whatever the text is. */
const MOST_STEPS = 256;
/** Characters that a run may need to be one. */
const MOST_AT_LEAST = 64;

/**
 * How an alternative behaves where it begins to match:
 *
 * - `bounded`: ends after a few steps
 * - `steady`: a few characters, then a run of a set; once that has its least length, all the rest matches too, or all but
 *   one character of the run
 * - `retreating`: a run of a set that may have to give back characters until something that must follow it does; if it
 *   cannot, the run was read for nothing
 */
type Behavior = { readonly kind: "bounded" } | { readonly kind: "steady" | "retreating"; readonly run: Run };

interface Run {
  readonly before: Node;
  readonly set: CodePoints;
  readonly least: number;
}

/**
 * Whether a backtracking engine finds all matches in a time that grows as the length of the text. Says no where it cannot
 * see it.
 *
 * What is read for nothing must be read once: where a `retreating` alternative fails, a later `steady` one takes the same
 * run, and nothing between them can take a part of it.
 */
export function isLinear(root: Node): boolean {
  const branches = branchesOf(root);
  const behaviors = branches.map(behaviorOf);
  return behaviors.every((behavior, i) => {
    if (behavior === undefined) return false;
    return behavior.kind !== "retreating" || isCaught(behavior.run, behaviors, branches, i);
  });
}

/**
 * The set of a run with which the only alternative begins, if what must follow takes no characters: what fails at the
 * start of a run fails at every later place in it, and behind a match nothing more in it matches.
 */
export function runToStartBefore(root: Node): CodePoints | undefined {
  const [first, ...rest] = partsOf(root);
  const set = first === undefined || (first as Repeat).least !== 1 ? undefined : setOfRun(first);
  return rest.every((part) => (part.kind === "place" || part.kind === "look") && isBounded(part)) ? set : undefined;
}

function branchesOf(node: Node): readonly Node[] {
  return node.kind === "choice" ? node.branches.flatMap(branchesOf) : [node];
}

function isCaught(
  run: Run,
  behaviors: readonly (Behavior | undefined)[],
  branches: readonly Node[],
  from: number,
): boolean {
  const reach = CodePoints.union([run.set, beginningOf(run.before).set]);
  for (let i = from + 1; i < branches.length; i++) {
    const behavior = behaviors[i];
    const takes = behavior !== undefined && behavior.kind !== "bounded" && takesAll(behavior.run, run);
    if (takes && behavior.kind === "steady") return true;
    const { set, mayBeEmpty } = beginningOf(branches[i] as Node);
    if (!takes && (mayBeEmpty || set.overlaps(reach))) return false;
  }
  return false;
}

/** Whether one run takes all that another would. */
function takesAll(run: Run, other: Run): boolean {
  const mayBegin = partsOf(run.before).every(isOptional) || isSame(run.before, other.before);
  return mayBegin && run.least <= 1 && run.set.covers(other.set);
}

function partsOf(node: Node): readonly Node[] {
  return node.kind === "sequence" ? node.parts : [node];
}

/** Unlike a place, which takes nothing either, but may not be there. */
function isOptional(node: Node): boolean {
  return node.kind === "repeat" && node.least === 0;
}

function isSame(a: Node, b: Node): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function behaviorOf(branch: Node): Behavior | undefined {
  const parts = partsOf(branch);
  const at = parts.findIndex((part) => !isBounded(part));
  const before: Node = { kind: "sequence", parts: at < 0 ? parts : parts.slice(0, at) };
  if (stepsOf(before).steps > MOST_STEPS) return undefined;
  if (at < 0) return { kind: "bounded" };
  const set = setOfRun(parts[at] as Node);
  if (set === undefined) return undefined;
  const { least } = parts[at] as Repeat;
  const rest = parts.slice(at + 1);
  const run = { before, set, least };
  if (rest.every(mayBeLeftOut) || holdsBehind(rest, set)) return { kind: "steady", run };
  const [next, ...others] = rest;
  return isSetOrRun(next as Node) && others.every(mayBeLeftOut) ? { kind: "retreating", run } : undefined;
}

/** The set of which a part takes as many characters as there are. */
function setOfRun(node: Node): CodePoints | undefined {
  if (node.kind !== "repeat" || node.manner !== "greedy" || node.body.kind !== "set") return undefined;
  return Number.isFinite(node.most) || node.least > MOST_AT_LEAST ? undefined : node.body.set;
}

function isSetOrRun(node: Node): boolean {
  return node.kind === "set" || (setOfRun(node) !== undefined && (node as Repeat).least === 1);
}

/** A part that takes what it can, or nothing, and never gives back. */
function mayBeLeftOut(node: Node): boolean {
  if (node.kind !== "repeat" || node.manner !== "greedy" || node.least > 0) return false;
  return setOfRun(node) !== undefined || isBounded(node);
}

/** `(?!x)`, which holds behind a run of other characters as soon as one of them follows. */
function holdsBehind(rest: readonly Node[], set: CodePoints): boolean {
  const [look] = rest;
  if (rest.length !== 1 || look?.kind !== "look" || !look.negative || look.behind) return false;
  return look.body.kind === "set" && !look.body.set.overlaps(set);
}

function isBounded(node: Node): boolean {
  return stepsOf(node).steps <= MOST_STEPS;
}

interface Steps {
  readonly steps: number;
  /** In how many ways it may match at one place. */
  readonly ways: number;
}

/** The most steps that a node may take at one place. */
function stepsOf(node: Node): Steps {
  switch (node.kind) {
    case "set":
      return { steps: 1, ways: 1 };
    case "place":
      return writtenPlace(node.place) === undefined
        ? { steps: Number.POSITIVE_INFINITY, ways: 1 }
        : { steps: 1, ways: 1 };
    case "sequence":
      return inTurn(node.parts.map(stepsOf));
    case "choice":
      return node.branches.map(stepsOf).reduce(eitherWay, { steps: 0, ways: 0 });
    case "repeat":
      return ofRepeat(node);
    case "look":
      return ofLook(node);
    default:
      return { steps: Number.POSITIVE_INFINITY, ways: 1 };
  }
}

function inTurn(parts: readonly Steps[]): Steps {
  return parts.reduce((sum, part) => ({ steps: sum.steps + sum.ways * part.steps, ways: sum.ways * part.ways }), {
    steps: 0,
    ways: 1,
  });
}

function eitherWay(a: Steps, b: Steps): Steps {
  return { steps: a.steps + b.steps + 1, ways: a.ways + b.ways };
}

function ofRepeat({ body, least, most, manner }: Repeat): Steps {
  if (manner === "possessive" || most > MOST_STEPS) return { steps: Number.POSITIVE_INFINITY, ways: 1 };
  const once = stepsOf(body);
  let all: Steps = { steps: 0, ways: 0 };
  let repeated: Steps = { steps: 0, ways: 1 };
  for (let count = 0; count <= most && all.steps <= MOST_STEPS; count++) {
    if (count >= least) all = { steps: Math.max(all.steps, repeated.steps) + 1, ways: all.ways + repeated.ways };
    repeated = inTurn([repeated, once]);
  }
  return all;
}

function ofLook({ body }: NodeOf<"look">): Steps {
  return { steps: stepsOf(body).steps, ways: 1 };
}
