import type { CodePoints } from "../syntax/code-points";
import { mapped, type Node, type Repeat, sequence, some } from "../syntax/syntax-tree";
import { beginningOf } from "./facts";
import { isLinear, runToStartBefore } from "./linear";
import { writtenPlace } from "./places";

/** V8 does not optimize longer patterns, and runs them more slowly than this library. */
const LONGEST = 20_000;
const TRANSLATED: ReadonlySet<Node["kind"]> = new Set(["set", "sequence", "choice", "repeat", "look", "place"]);

/**
 * The equivalent JavaScript regular expression, which is many times faster than {@link Machine}; undefined if there is
 * none, or if it might take more than linear time.
 */
export function nativeRegex(root: Node): RegExp | undefined {
  const plain = withoutHaste(withoutGroups(root));
  if (some(plain, ({ kind }) => !TRANSLATED.has(kind))) return undefined;
  const run = isLinear(plain) ? undefined : runToStartBefore(plain);
  if (run === undefined && !isLinear(plain)) return undefined;
  const source = written(run === undefined ? plain : sequence([notBehind(run), plain]));
  return source === undefined || source.length > LONGEST ? undefined : new RegExp(source, "gv");
}

function notBehind(set: CodePoints): Node {
  return { kind: "look", behind: true, negative: true, body: { kind: "set", set } };
}

/** Without back references, a capturing group is just a group. */
function withoutGroups(node: Node): Node {
  if (node.kind === "capture") return withoutGroups(node.body);
  if (node.kind === "choice" && node.branches.length === 1) return withoutGroups(node.branches[0] as Node);
  return mapped(node, withoutGroups);
}

/** The number of parts after a repetition that are examined to decide whether backtracking could help. */
const MOST_LOOKED_AT = 8;

/** Makes possessive repetitions greedy if backtracking into them could never help. */
function withoutHaste(node: Node): Node {
  if (node.kind === "choice") return { kind: "choice", branches: node.branches.map(withoutHaste) };
  const parts = node.kind === "sequence" ? node.parts : [node];
  return { kind: "sequence", parts: parts.map((part, i) => greedyIfSame(part, parts, i + 1)) };
}

function greedyIfSame(node: Node, parts: readonly Node[], behind: number): Node {
  if (node.kind !== "repeat" || node.manner !== "possessive" || node.body.kind !== "set") return node;
  const rest = parts.slice(behind, behind + MOST_LOOKED_AT);
  const { set, mayBeEmpty } = beginningOf({ kind: "sequence", parts: rest });
  const isLast =
    behind + rest.length === parts.length &&
    rest.every((part) => part.kind === "repeat" && part.least === 0 && part.body.kind === "set");
  if (!isLast && (mayBeEmpty || set.overlaps(node.body.set))) return node;
  return { ...node, manner: "greedy" };
}

/** Undefined if JavaScript has no equivalent. */
function written(node: Node): string | undefined {
  switch (node.kind) {
    case "set":
      return node.set.written;
    case "sequence":
      return joined(node.parts, "");
    case "choice":
      return node.branches.length === 0 ? "(?!)" : grouped(joined(node.branches, "|"));
    case "repeat":
      return writtenRepeat(node);
    case "place":
      return writtenPlace(node.place);
    case "look": {
      const body = written(node.body);
      return body === undefined ? undefined : `(?${node.behind ? "<" : ""}${node.negative ? "!" : "="}${body})`;
    }
    default:
      return undefined;
  }
}

function joined(nodes: readonly Node[], separator: string): string | undefined {
  const parts = nodes.map(written);
  return parts.includes(undefined) ? undefined : parts.join(separator);
}

function grouped(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `(?:${text})`;
}

function writtenRepeat({ body, least, most, manner }: Repeat): string | undefined {
  const text = body.kind === "set" ? written(body) : grouped(written(body));
  // JavaScript leaves a loop after an empty match, and discards that iteration.
  if (text === undefined || manner === "possessive" || beginningOf(body).mayBeEmpty) return undefined;
  return `${text}{${least},${Number.isFinite(most) ? most : ""}}${manner === "lazy" ? "?" : ""}`;
}
