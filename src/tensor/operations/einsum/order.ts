import type { Labelled } from "./equation";

/** Which operands meet first: an operand's number, or two trees whose results meet. */
export type Tree = number | readonly [Tree, Tree];

/** Operands up to which every order is compared: their number of orders grows as 3ⁿ. */
const EXHAUSTIVE = 6;

/** Something that is multiplied: an operand, or the result of a tree. */
interface Part {
  tree: Tree;
  labels: ReadonlySet<string>;
  /** The multiplications of the tree. */
  work: number;
}

/** The order of fewest multiplications for up to six operands. For more, the pair whose result saves most comes next. */
export function bestOrder(labelled: Labelled): Tree {
  const { terms } = labelled;
  if (terms.length <= 2) return terms.length === 1 ? 0 : [0, 1];
  return terms.length <= EXHAUSTIVE ? exhaustive(labelled) : greedy(labelled);
}

const leaf = (term: readonly string[], tree: number): Part => ({ tree, labels: new Set(term), work: 0 });

function sizeOf(labels: Iterable<string>, sizes: Labelled["sizes"]): number {
  let product = 1;
  for (const label of labels) product *= sizes.get(label)!;
  return product;
}

/** Two parts met, of which the labels that are still needed remain. */
function met(a: Part, b: Part, isNeeded: (label: string) => boolean, sizes: Labelled["sizes"]): Part {
  const all = [...new Set([...a.labels, ...b.labels])];
  const work = a.work + b.work + sizeOf(all, sizes);
  return { tree: [a.tree, b.tree], labels: new Set(all.filter(isNeeded)), work };
}

/** The best tree of every set of operands, from those of its parts. A set is a number, one bit per operand. */
function exhaustive({ terms, output, sizes }: Labelled): Tree {
  const everything = 2 ** terms.length - 1;
  const best: Part[] = [];
  for (let set = 1; set <= everything; set++) {
    const isNeeded = (label: string) =>
      output.includes(label) || terms.some((term, i) => (set & (1 << i)) === 0 && term.includes(label));
    const lowest = set & -set;
    if (set === lowest) best[set] = leaf(terms[Math.log2(set)]!, Math.log2(set));
    for (let part = (set - 1) & set; part > 0; part = (part - 1) & set) {
      if ((part & lowest) === 0) continue;
      const found = met(best[part]!, best[set ^ part]!, isNeeded, sizes);
      const known = best[set];
      if (known === undefined || found.work < known.work) best[set] = found;
    }
  }
  return best[everything]!.tree;
}

function greedy({ terms, output, sizes }: Labelled): Tree {
  const parts = terms.map(leaf);
  while (parts.length > 1) {
    let next: { i: number; j: number; part: Part; growth: number } | undefined;
    for (let i = 0; i < parts.length; i++)
      for (let j = i + 1; j < parts.length; j++) {
        const [a, b] = [parts[i]!, parts[j]!];
        const isNeeded = (label: string) =>
          output.includes(label) || parts.some((other) => other !== a && other !== b && other.labels.has(label));
        const part = met(a, b, isNeeded, sizes);
        const growth = sizeOf(part.labels, sizes) - sizeOf(a.labels, sizes) - sizeOf(b.labels, sizes);
        if (next === undefined || growth < next.growth || (growth === next.growth && part.work < next.part.work))
          next = { i, j, part, growth };
      }
    parts.splice(next!.j, 1);
    parts.splice(next!.i, 1, next!.part);
  }
  return parts[0]!.tree;
}
