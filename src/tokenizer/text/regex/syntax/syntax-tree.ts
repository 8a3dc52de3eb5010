import type { CodePoints } from "./code-points";

/** How a repetition chooses: as many as possible, as few as possible, or as many as possible without backtracking. */
export type Manner = "greedy" | "lazy" | "possessive";

/** Which letters are equal under `(?i)`: those with the same folding, only ASCII, or none. */
export type Folding = "none" | "full" | "ascii";

export type Place =
  | "text start"
  | "text end"
  | "last line end"
  | "line start"
  | "line end"
  | "search start"
  | "word edge"
  | "no word edge"
  | "cluster edge"
  | "no cluster edge";

export interface Repeat {
  readonly kind: "repeat";
  readonly body: Node;
  readonly least: number;
  readonly most: number;
  readonly manner: Manner;
}

/** A parsed regular expression. */
export type Node =
  /** One character of the pattern. {@link withoutCase} converts literals to sets. */
  | { readonly kind: "literal"; readonly codePoint: number; readonly folding: Folding }
  | { readonly kind: "set"; readonly set: CodePoints }
  | { readonly kind: "sequence"; readonly parts: readonly Node[] }
  | { readonly kind: "choice"; readonly branches: readonly Node[] }
  | Repeat
  | { readonly kind: "capture"; readonly group: number; readonly body: Node }
  | { readonly kind: "atomic"; readonly body: Node }
  | { readonly kind: "look"; readonly behind: boolean; readonly negative: boolean; readonly body: Node }
  | { readonly kind: "place"; readonly place: Place; readonly word?: CodePoints }
  /** The text of one of these groups; the last one that has matched is tried first. */
  | { readonly kind: "back reference"; readonly groups: readonly number[]; readonly folding: Folding }
  | { readonly kind: "call"; readonly group: number; readonly at: number }
  | { readonly kind: "condition"; readonly test: Node; readonly met: Node; readonly otherwise: Node }
  /** Matches if one of these groups has matched. */
  | { readonly kind: "is held"; readonly groups: readonly number[] }
  /** Moves the start of the match here. */
  | { readonly kind: "keep" };

export type NodeOf<Kind extends Node["kind"]> = Extract<Node, { kind: Kind }>;

export const EMPTY: Node = { kind: "sequence", parts: [] };

export function sequence(parts: readonly Node[]): Node {
  const flat = parts.flatMap((part) => (part.kind === "sequence" ? part.parts : [part]));
  return flat.length === 1 ? (flat[0] as Node) : { kind: "sequence", parts: flat };
}

export function choice(branches: readonly Node[]): Node {
  return branches.length === 1 ? (branches[0] as Node) : { kind: "choice", branches };
}

/** The children of a node. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "sequence":
      return node.parts;
    case "choice":
      return node.branches;
    case "repeat":
    case "capture":
    case "atomic":
    case "look":
      return [node.body];
    case "condition":
      return [node.test, node.met, node.otherwise];
    default:
      return [];
  }
}

export function some(node: Node, holds: (node: Node) => boolean): boolean {
  return holds(node) || childrenOf(node).some((child) => some(child, holds));
}

/** The same node with other children. */
export function mapped(node: Node, change: (child: Node) => Node): Node {
  switch (node.kind) {
    case "sequence":
      return sequence(node.parts.map(change));
    case "choice":
      return { kind: "choice", branches: node.branches.map(change) };
    case "repeat":
    case "capture":
    case "atomic":
    case "look":
      return { ...node, body: change(node.body) };
    case "condition":
      return { kind: "condition", test: change(node.test), met: change(node.met), otherwise: change(node.otherwise) };
    default:
      return node;
  }
}
