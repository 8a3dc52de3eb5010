import { refuseMore } from "../../checks";
import { ShapeError } from "../../errors";
import { kernels } from "../../kernels";
import { result } from "../record";
import { broadcast, broadcastSteps, checkSize, show, sizeOf } from "../shape";
import type { Check, Last, LinearShape, MatmulMessage, MatmulShape, Settled, Shape } from "../shape-types";
import { expectTensor, quantizedOf, type Tensor } from "../tensor";

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
  const left = a.rank === 1 ? [1, ...a.shape] : a.shape;
  const right = b.rank === 1 ? [...b.shape, 1] : b.shape;
  const [m, k, n] = [left.at(-2)!, left.at(-1)!, right.at(-1)!];
  if (k !== right.at(-2))
    throw new ShapeError(
      `matmul: ${show(a.shape)} by ${show(b.shape)}: inner dimensions ${k} and ${right.at(-2)} differ`,
    );
  const { shape: batch } = broadcast("matmul", left.slice(0, -2), right.slice(0, -2));
  const shape = [...batch, ...(a.rank === 1 ? [] : [m]), ...(b.rank === 1 ? [] : [n])];
  checkSize("matmul", shape);
  const spec = {
    ...{ m, k, n, transposeA: false, transposeB: false },
    batchA: matrixIndices(left.slice(0, -2), batch),
    batchB: matrixIndices(right.slice(0, -2), batch),
  };
  return result("matmul", [a, b], spec, shape, kernels().matmul(a.buffer, b.buffer, spec));
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
 * x Wᵀ + b: [..., in] by a weight [out, in] and a bias [out] → [..., out].
 *
 * @throws ShapeError if the weight is not [out, in] for this x or the bias is not [out]
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
  const [out, size] = weight.shape as readonly [number, number];
  if (weight.rank !== 2 || x.shape.at(-1) !== size)
    throw new ShapeError(
      `linear: x ${show(x.shape)} does not end in ${size}, the input size of the weight ${weight.describe()}`,
    );
  if (bias !== undefined && (bias.rank !== 1 || bias.shape[0] !== out))
    throw new ShapeError(`linear: the bias ${bias.describe()} does not fit the weight ${weight.describe()}`);
  const shape = [...x.shape];
  shape[shape.length - 1] = 1;
  const rows = sizeOf(shape);
  shape[shape.length - 1] = out;
  checkSize("linear", shape);
  const spec = { m: rows, k: size, n: out, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
  const quantized = quantizedOf(weight);
  const product = quantized
    ? kernels().multiplyQuantized(x.buffer, quantized, rows, bias?.buffer)
    : kernels().matmul(x.buffer, weight.buffer, spec, bias?.buffer);
  return result("linear", [x, weight, bias], { rows }, shape, product);
}
