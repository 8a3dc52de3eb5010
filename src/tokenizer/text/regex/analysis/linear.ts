import { CodePoints } from "../syntax/code-points";
import type { Node, NodeOf, Repeat } from "../syntax/syntax-tree";
import { beginningOf } from "./facts";
import { writtenPlace } from "./places";

/** The maximum number of steps of a part at one position, for any text. */
const MOST_STEPS = 256;
/** The largest minimum length of a run. */
const MOST_AT_LEAST = 64;

/**
 * How an alternative behaves at the position where it begins to match:
 *
 * - `bounded`: ends after a few steps
 * - `steady`: a few characters, then a run of a set; after its minimum length, the rest always matches too, except for
 *   at most one character of the run
 * - `retreating`: a run of a set that may have to give back characters until the following part matches; if that never
 *   happens, the run was read in vain
 */
type Behavior = { readonly kind: "bounded" } | { readonly kind: "steady" | "retreating"; readonly run: Run };

interface Run {
  readonly before: Node;
  readonly set: CodePoints;
  readonly least: number;
}

/**
 * Whether a backtracking engine finds all matches in linear time. False if that cannot be
 * proven.
 *
 * No run may be read in vain twice: if a `retreating` alternative fails, a later `steady` one must match the same run,
 * and no alternative between them may match part of it.
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
 * The set of a run at the beginning of the only alternative, if what follows matches no characters: if it fails at the
 * start of a run, it fails everywhere inside it, and after a match nothing else in the run matches.
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

/** Whether one run matches everything that another would. */
function takesAll(run: Run, other: Run): boolean {
  const mayBegin = partsOf(run.before).every(isOptional) || isSame(run.before, other.before);
  return mayBegin && run.least <= 1 && run.set.covers(other.set);
}

function partsOf(node: Node): readonly Node[] {
  return node.kind === "sequence" ? node.parts : [node];
}

/** Unlike an anchor, which is also empty, the node may be absent. */
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

/** The set of a node that matches as many of its characters as possible. */
function setOfRun(node: Node): CodePoints | undefined {
  if (node.kind !== "repeat" || node.manner !== "greedy" || node.body.kind !== "set") return undefined;
  return Number.isFinite(node.most) || node.least > MOST_AT_LEAST ? undefined : node.body.set;
}

function isSetOrRun(node: Node): boolean {
  return node.kind === "set" || (setOfRun(node) !== undefined && (node as Repeat).least === 1);
}

/** Whether a part matches as much as possible, or nothing, and never gives back characters. */
function mayBeLeftOut(node: Node): boolean {
  if (node.kind !== "repeat" || node.manner !== "greedy" || node.least > 0) return false;
  return setOfRun(node) !== undefined || isBounded(node);
}

/** Whether `(?!x)` holds after a run of other characters as soon as one of them follows. */
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
  /** In how many ways it may match at one position. */
  readonly ways: number;
}

/** The maximum number of steps of a node at one position. */
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
