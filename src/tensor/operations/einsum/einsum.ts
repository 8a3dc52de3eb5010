import { expectString } from "../../../checks";
import { checkSize } from "../../shape";
import type { EinsumShape, Settled, Shape } from "../../shape-types";
import { expectTensor, type Tensor } from "../../tensor";
import { arranged, contracted, operandOf, type Part, summed } from "./contract";
import { labelled } from "./equation";
import { bestOrder, type Tree } from "./order";

/**
 * Sums of products, in Einstein's notation: a letter names an axis, and the same letter the same size. The result has
 * the letters after the arrow; over the others it is summed. A letter twice in a term takes the diagonal, and "..."
 * stands for any further axes, which broadcast. Without an arrow, the result has the axes of the ellipses and the
 * letters that occur once, capital letters first, in alphabetical order. A size of 1 broadcasts; spaces mean nothing.
 *
 * Pairs of operands are multiplied as matrices, in the order of fewest multiplications: for up to six operands all
 * orders are compared, for more the next pair is the one whose result saves most numbers.
 *
 * @throws RangeError if the equation does not parse, with the position; ShapeError if the tensors do not fit it
 * @see Einstein 1916, The Foundation of the General Theory of Relativity; `numpy.einsum`
 * @example
 * ```ts
 * import { einsum, tensor } from "transformer-blocks";
 * const x = tensor([[1, 2], [3, 4]]);
 * einsum("ij,jk->ik", x, x).toArray(); // [[7, 10], [15, 22]]
 * einsum("ii->", x).item();            // 5
 * ```
 */
export function einsum<
  const Equation extends string,
  const Shapes extends readonly Shape[],
  Wanted extends Shape = Shape,
>(
  equation: Equation,
  ...tensors: { readonly [I in keyof Shapes]: Tensor<Shapes[I]> }
): Tensor<Settled<EinsumShape<Equation, Shapes>, Wanted>>;
export function einsum(equation: string, ...tensors: readonly Tensor[]): Tensor {
  expectString("einsum", "equation", equation);
  for (const [i, each] of tensors.entries()) expectTensor("einsum", `operand ${i}`, each);
  const shapes = tensors.map(({ shape }) => shape);
  const { terms, output, sizes } = labelled(equation, shapes);
  const shape = output.map((label) => sizes.get(label)!);
  checkSize("einsum", shape);
  const parts = tensors.map((x, i) => operandOf(x, terms[i]!, sizes));
  const order = bestOrder({ terms: parts.map(({ labels }) => labels), output, sizes });
  const isNeeded = (label: string) => output.includes(label);

  /** The result of a tree, with the labels that are needed outside of it. */
  function evaluated(tree: Tree, isNeeded: (label: string) => boolean): Part {
    if (typeof tree === "number") return summed(parts[tree]!, isNeeded);
    const [a, b] = tree;
    const [ofA, ofB] = [labelsOf(a), labelsOf(b)];
    const left = evaluated(a, (label) => isNeeded(label) || ofB.has(label));
    const right = evaluated(b, (label) => isNeeded(label) || ofA.has(label));
    return contracted(left, right, isNeeded, output, sizes);
  }

  const labelsOf = (tree: Tree): ReadonlySet<string> =>
    new Set(typeof tree === "number" ? parts[tree]!.labels : tree.flatMap((each) => [...labelsOf(each)]));

  return arranged(evaluated(order, isNeeded), output);
}
