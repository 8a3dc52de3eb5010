import { contracted, type Part, summed } from "./contract";
import type { Labelled } from "./equation";
import type { Tree } from "./order";

/** The result of a tree, with the labels that are needed outside of it. */
export function evaluated(
  tree: Tree,
  parts: readonly Part[],
  isNeeded: (label: string) => boolean,
  all: Pick<Labelled, "output" | "sizes">,
): Part {
  if (typeof tree === "number") return summed(parts[tree]!, isNeeded);
  const [a, b] = tree;
  const [ofA, ofB] = [labelsOf(a, parts), labelsOf(b, parts)];
  const left = evaluated(a, parts, (label) => isNeeded(label) || ofB.has(label), all);
  const right = evaluated(b, parts, (label) => isNeeded(label) || ofA.has(label), all);
  return contracted(left, right, isNeeded, all.output, all.sizes);
}

const labelsOf = (tree: Tree, parts: readonly Part[]): ReadonlySet<string> =>
  new Set(typeof tree === "number" ? parts[tree]!.labels : tree.flatMap((each) => [...labelsOf(each, parts)]));
