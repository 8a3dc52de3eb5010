import { expectString, wrongKind } from "../../../checks";
import { checkSize } from "../../shape";
import type { EinsumShape, Settled, Shape } from "../../shape-types";
import { expectTensor, Tensor } from "../../tensor";
import { arranged, operandOf } from "./contract";
import { labelled } from "./equation";
import { evaluated } from "./evaluate";
import { bestOrder } from "./order";

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
  if (Array.isArray(tensors[0]) && (tensors[0] as unknown[])[0] instanceof Tensor)
    throw wrongKind(
      "einsum",
      "operand 0",
      "a Tensor, with the next one after it, as in einsum(equation, a, b)",
      tensors[0],
    );
  for (const [i, each] of tensors.entries()) expectTensor("einsum", `operand ${i}`, each);
  const all = labelled(
    equation,
    tensors.map(({ shape }) => shape),
  );
  const { terms, output, sizes } = all;
  checkSize(
    "einsum",
    output.map((label) => sizes.get(label)!),
  );
  const parts = tensors.map((x, i) => operandOf(x, terms[i]!, sizes));
  const order = bestOrder({ ...all, terms: parts.map(({ labels }) => labels) });
  return arranged(
    evaluated(order, parts, (label) => output.includes(label), all),
    output,
  );
}
