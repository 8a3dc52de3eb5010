import { refuseMore } from "../../checks";
import { ShapeError } from "../../errors";
import { kernels } from "../../kernels";
import { result } from "../record";
import { broadcast, broadcastSteps, checkSize, sameShape, show, sizeOf } from "../shape";
import type { Check, Last, LinearShape, MatmulMessage, MatmulShape, Settled, Shape } from "../shape-types";
import { onQuantized, quantizedOf } from "../storage";
import { expectTensor, type Tensor } from "../tensor";
import { reshape } from "./layout";

/**
 * Matrix products over the last two axes, broadcasting the others: [..., m, k] · [..., k, n] → [..., m, n]. As in
 * NumPy, an operand of rank 1 is a row on the left and a column on the right, and its axis is dropped from the result.
 *
 * @throws ShapeError if the inner dimensions differ or the others do not broadcast
 * @example
 * ```ts
 * import { matmul, tensor } from "transformer-blocks";
 * matmul(tensor([[1, 2]]), tensor([[3], [4]])).toArray(); // [[11]]
 * ```
 */
export function matmul<const A extends Shape, const B extends Shape, Wanted extends Shape = Shape>(
  a: Tensor<A>,
  b: Tensor<B> & Check<MatmulShape<A, B>, MatmulMessage<A, B>>,
): Tensor<Settled<MatmulShape<A, B>, Wanted>>;
export function matmul(a: Tensor, b: Tensor, ...more: unknown[]): Tensor {
  refuseMore("matmul", more);
  expectTensor("matmul", "a", a);
  expectTensor("matmul", "b", b);
  if (a.rank === 0 || b.rank === 0)
    throw new ShapeError(
      `matmul: ${show(a.shape)} by ${show(b.shape)}: a single number has no inner dimension; use multiply`,
    );
  const left = a.rank === 1 ? reshape(a, [1, a.size]) : a;
  const right = b.rank === 1 ? reshape(b, [b.size, 1]) : b;
  const [m, k, n] = [left.shape.at(-2)!, left.shape.at(-1)!, right.shape.at(-1)!];
  if (k !== right.shape.at(-2))
    throw new ShapeError(
      `matmul: ${show(a.shape)} by ${show(b.shape)}: inner dimensions ${k} and ${right.shape.at(-2)} differ`,
    );
  const { shape: batch } = broadcast("matmul", left.shape.slice(0, -2), right.shape.slice(0, -2));
  const shape = [...batch, ...(a.rank === 1 ? [] : [m]), ...(b.rank === 1 ? [] : [n])];
  checkSize("matmul", shape);
  // One product of many rows is faster than many products, and so is its gradient.
  const rows = right.rank === 2 ? reshape(left, [sizeOf(left.shape.slice(0, -1)), k]) : left;
  const product = multiplyMatrices(rows, right);
  return sameShape(product.shape, shape) ? product : reshape(product, shape);
}

/** Products of matrices that fit, of rank 2 or more. Transposed, a is stored as [..., k, m], and b as [..., n, k]. */
export function multiplyMatrices(a: Tensor, b: Tensor, { transposeA = false, transposeB = false } = {}): Tensor {
  const [lines, columns] = a.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columns, lines] : [lines, columns];
  const n = b.shape.at(transposeB ? -2 : -1)!;
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const { shape: batch } = broadcast("matmul", batchA, batchB);
  const shape = [...batch, m, n];
  const spec = {
    ...{ m, k, n, transposeA, transposeB },
    batchA: matrixIndices(batchA, batch),
    batchB: matrixIndices(batchB, batch),
  };
  const output = kernels().matmul(a.buffer, b.buffer, spec);
  return result("matmul", [a, b], { transposeA, transposeB }, shape, output);
}

/** For each matrix of the broadcast batch, the index of the operand's matrix. */
function matrixIndices(own: Shape, batch: Shape): number[] {
  const steps = broadcastSteps(own, batch)!;
  return Array.from({ length: sizeOf(batch) }, (_, flat) => {
    let rest = flat;
    let index = 0;
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      index += (rest % batch[axis]!) * steps[axis]!;
      rest = Math.floor(rest / batch[axis]!);
    }
    return index;
  });
}

/**
 * x Wᵀ + b: [..., in] by a weight [out, in] and a bias [out] → [..., out]. By a weight [in] and a bias [] → [...].
 *
 * @throws ShapeError if the weight is not [out, in] or [in] for this x, or the bias is not [out] or []
 * @example
 * ```ts
 * import { linear, tensor } from "transformer-blocks";
 * linear(tensor([[1, 2]]), tensor([[3, 4], [5, 6]]), tensor([10, 20])).toArray(); // [[21, 37]]
 * ```
 */
export function linear<const X extends Shape, const W extends Shape, Wanted extends Shape = Shape>(
  x: Tensor<X>,
  weight: Tensor<W> & Check<LinearShape<X, W>, `linear: x ends in ${Last<X>}, the weight takes ${Last<W>}`>,
  bias?: Tensor,
): Tensor<Settled<LinearShape<X, W>, Wanted>>;
export function linear(x: Tensor, weight: Tensor, bias?: Tensor, ...more: unknown[]): Tensor {
  refuseMore("linear", more);
  expectTensor("linear", "x", x);
  expectTensor("linear", "weight", weight);
  if (bias !== undefined) expectTensor("linear", "bias", bias);
  const { rows, shape } = sizesOf(x, weight, bias);
  const [k, n] = [weight.shape.at(-1)!, weight.rank === 1 ? 1 : weight.shape[0]!];
  const spec = { m: rows, k, n, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
  const quantized = quantizedOf(weight);
  const product = quantized
    ? onQuantized().multiply(x.buffer, quantized, rows, bias?.buffer)
    : kernels().matmul(x.buffer, weight.buffer, spec, bias?.buffer);
  return result("linear", [x, weight, bias], { rows }, shape, product);
}

/** The rows of x and the shape of x Wᵀ + b. @throws ShapeError unless they fit */
function sizesOf(x: Tensor, weight: Tensor, bias: Tensor | undefined): { rows: number; shape: Shape } {
  const size = weight.shape.at(-1)!;
  const out = weight.rank === 1 ? 1 : weight.shape[0]!;
  if ((weight.rank !== 1 && weight.rank !== 2) || x.shape.at(-1) !== size)
    throw new ShapeError(
      `linear: x ${show(x.shape)} does not end in ${size}, the input size of the weight ${weight.describe()}`,
    );
  if (bias !== undefined && (bias.rank !== weight.rank - 1 || bias.size !== out))
    throw new ShapeError(`linear: the bias ${bias.describe()} does not fit the weight ${weight.describe()}`);
  const leading = x.shape.slice(0, -1);
  const shape = weight.rank === 1 ? leading : [...leading, out];
  checkSize("linear", shape);
  return { rows: sizeOf(leading), shape };
}

/** A weight [out, in] and a bias [out] of `linears`. */
export interface Factor {
  weight: Tensor;
  bias: Tensor | undefined;
}

/** `linear` of x by each of several weights. One row, as in decoding, meets all of them at once; many are rounded once. */
export function linears(x: Tensor, factors: readonly Factor[]): Tensor[] {
  const each = () => factors.map(({ weight, bias }) => linear(x, weight, bias));
  if (factors.length === 1) return each();
  expectTensor("linear", "x", x);
  const sizes = factors.map(({ weight, bias }) => sizesOf(x, weight, bias));
  const { rows } = sizes[0]!;
  const quantized = factors.flatMap(({ weight, bias }) => {
    const matrix = quantizedOf(weight);
    return matrix ? [{ weight: matrix, bias: bias?.buffer }] : [];
  });
  if (quantized.length < factors.length && (quantized.length > 0 || rows !== 1)) return each();
  const products =
    quantized.length > 0
      ? onQuantized().multiplyByEach(x.buffer, quantized, rows)
      : kernels().multiplyRow(
          x.buffer,
          factors.map(({ weight, bias }, i) => ({
            weight: weight.buffer,
            rows: sizeOf(sizes[i]!.shape),
            bias: bias?.buffer,
          })),
        );
  return factors.map(({ weight, bias }, i) =>
    result("linear", [x, weight, bias], { rows }, sizes[i]!.shape, products[i]!),
  );
}
