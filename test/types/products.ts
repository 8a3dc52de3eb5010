/**
 * What compiles and what does not: matmul, linear, normalization. Nothing here runs; `tsc` is the test.
 */
import {
  layerNorm,
  linear,
  matmul,
  rmsNorm,
  type Shape,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "../../src/tensor";
import { expectShape } from "./equal";

type Hidden = Tensor<[batch: number, seq: number, dModel: number]>;

export function matrixProducts(unknown: Tensor, matrix: Tensor<[rows: number, columns: number]>, hidden: Hidden) {
  expectShape<[2, 4]>().of(matmul(zeros([2, 3]), zeros([3, 4])));
  expectShape<[1, 1]>().of(matmul(tensor([[1, 2]]), tensor([[3], [4]])));
  // @ts-expect-error inner dimensions 3 and 4 differ
  matmul(zeros([2, 3]), zeros([4, 5]));
  // @ts-expect-error 2 against 3
  matmul(tensor([[1, 2]]), tensor([[1], [2], [3]]));

  // A vector is a row on the left and a column on the right, and leaves no axis.
  expectShape<[4]>().of(matmul(zeros([3]), zeros([3, 4])));
  expectShape<[2]>().of(matmul(zeros([2, 3]), zeros([3])));
  expectShape<[]>().of(matmul(zeros([3]), zeros([3])));
  expectShape<[7, 4]>().of(matmul(zeros([3]), zeros([7, 3, 4])));
  // @ts-expect-error inner dimensions 3 and 2 differ
  matmul(zeros([2, 3]), zeros([2]));

  // Batches broadcast.
  expectShape<[7, 2, 4]>().of(matmul(zeros([7, 2, 3]), zeros([3, 4])));
  expectShape<[7, 2, 4]>().of(matmul(zeros([1, 2, 3]), zeros([7, 3, 4])));
  expectShape<[5, 7, 2, 4]>().of(matmul(zeros([5, 1, 2, 3]), zeros([7, 3, 4])));
  // @ts-expect-error batches of 2 and 3
  matmul(zeros([2, 2, 3]), zeros([3, 3, 4]));

  // Sizes that are not known fit everything, and those that are known stay known.
  expectShape<[number, 4]>().of(matmul(matrix, zeros([3, 4])));
  expectShape<[2, number]>().of(matmul(zeros([2, 3]), matrix));
  expectShape<[number, number, 5]>().of(matmul(hidden, zeros([8, 5])));
  expectShape<[2, 2]>().of(matmul(zeros([2, 3]), transpose(zeros([2, 3]))));

  // A rank that is not known is left to the run.
  expectShape<Shape>().of(matmul(unknown, zeros([3, 4])));
  expectShape<Shape>().of(matmul(zeros([3, 4]), unknown));
  const same: Tensor = matmul(unknown, unknown);
  return same;
}

export function linearLayers(unknown: Tensor, hidden: Hidden) {
  expectShape<[2, 5]>().of(linear(zeros([2, 3]), zeros([5, 3])));
  expectShape<[number, number, 5]>().of(linear(hidden, zeros([5, 3]), zeros([5])));
  expectShape<Shape>().of(linear(unknown, zeros([5, 3])));
  // @ts-expect-error x ends in 3, the weight takes 4
  linear(zeros([2, 3]), zeros([5, 4]));
  // @ts-expect-error the weight is [out, in], not [in, out]
  linear(zeros([2, 3]), zeros([3, 5]));
}

export function normalizations(unknown: Tensor, hidden: Hidden) {
  expectShape<[2, 3, 4]>().of(layerNorm(zeros([2, 3, 4]), zeros([4]), zeros([4])));
  expectShape<[2, 3, 4]>().of(layerNorm(zeros([2, 3, 4]), zeros([3, 4])));
  expectShape<[2, 3, 4]>().of(layerNorm(zeros([2, 3, 4])));
  expectShape<[number, number, number]>().of(layerNorm(hidden, zeros([8]), zeros([8]), { epsilon: 1e-6 }));
  expectShape<Shape>().of(layerNorm(unknown, zeros([8])));
  expectShape<[2, 4]>().of(rmsNorm(zeros([2, 4]), unknown));
  // @ts-expect-error x ends in 4, the weight has 3
  layerNorm(zeros([2, 4]), zeros([3]));
  // @ts-expect-error x ends in [2, 4], the weight is [3, 4]
  layerNorm(zeros([2, 4]), zeros([3, 4]));
  // @ts-expect-error the bias has another shape than the weight
  layerNorm(zeros([2, 4]), zeros([4]), zeros([3]));
  // @ts-expect-error x ends in 4, the weight has 3
  rmsNorm(zeros([2, 4]), zeros([3]));
}
