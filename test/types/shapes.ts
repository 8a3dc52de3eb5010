/**
 * What compiles and what does not: tensors, broadcasting, layout, attention. Nothing here runs; `tsc` is the test.
 */
import {
  abs,
  add,
  attention,
  clamp,
  concatenate,
  conv1d,
  conv2d,
  cumulativeSum,
  divide,
  einsum,
  embedding,
  gelu,
  glu,
  initials,
  less,
  logSumExp,
  max,
  maximum,
  mean,
  min,
  multiply,
  norm,
  ones,
  outer,
  Parameter,
  power,
  product,
  reshape,
  rotary,
  type Shape,
  slice,
  softmax,
  softplus,
  subtract,
  sum,
  type Tensor,
  tensor,
  transpose,
  valueAndGradients,
  variance,
  zeros,
} from "../../src/tensor";
import { expectShape } from "./equal";

type Hidden = Tensor<[batch: number, seq: number, dModel: number]>;
type Heads = Tensor<readonly [batch: number, seq: number, heads: number, headDim: number]>;

export function making(numbers: number[], rows: number[][], data: Float32Array) {
  expectShape<[2, 2]>().of(
    tensor([
      [1, 2],
      [3, 4],
    ]),
  );
  expectShape<[]>().of(tensor(5));
  expectShape<[1, 2, 1]>().of(tensor([[[1], [2]]]));
  expectShape<[number]>().of(tensor(numbers));
  expectShape<[number, number]>().of(tensor(rows));
  expectShape<[number]>().of(tensor(data));
  expectShape<[2, 3]>().of(tensor(data, [2, 3]));
  expectShape<[2, number]>().of(zeros([2, numbers.length]));
  // @ts-expect-error a shape holds numbers
  zeros(["2"]);
  // @ts-expect-error a tensor holds numbers
  tensor([[true]]);
}

export function ranks(hidden: Hidden, unknown: Tensor, matrix: Tensor<[2, 3]>) {
  const [batch, seq, dModel]: [number, number, number] = hidden.shape;
  const known: 3 = matrix.shape[1];
  const loose: Tensor = hidden;
  const looser: Hidden = zeros([1, 2, 3]);
  // @ts-expect-error two axes are not three
  const wrong: Hidden = matrix;
  // @ts-expect-error any rank is not rank three
  const unproven: Hidden = unknown;
  // @ts-expect-error 3 is not 4
  const other: Tensor<[2, 4]> = matrix;
  // @ts-expect-error the shape is not to be written
  matrix.shape = [2, 3];
  return [batch, seq, dModel, known, loose, looser, wrong, unproven, other];
}

export function broadcasting(unknown: Tensor, hidden: Hidden) {
  expectShape<[2, 3]>().of(add(zeros([2, 3]), zeros([3])));
  expectShape<[4, 2, 3]>().of(subtract(zeros([2, 3]), zeros([4, 1, 1])));
  expectShape<[2, 3]>().of(multiply(zeros([2, 1]), zeros([1, 3])));
  expectShape<[2, 3]>().of(divide(zeros([2, 3]), 2));
  expectShape<[2, 3]>().of(add(tensor(1), zeros([2, 3])));
  expectShape<[number, number, 8]>().of(add(hidden, zeros([8])));
  expectShape<[number, number, number]>().of(add(hidden, hidden));
  expectShape<Shape>().of(add(unknown, zeros([2])));
  expectShape<Shape>().of(add(zeros([2]), unknown));
  // @ts-expect-error 3 against 2
  add(zeros([2, 3]), zeros([2]));
  // @ts-expect-error 2 against 4
  multiply(zeros([2, 3]), zeros([4, 1]));
  // @ts-expect-error 3 against 2
  subtract(zeros([2, 3]), zeros([2, 2]));
  // @ts-expect-error 3 against 2
  divide(zeros([3]), zeros([2]));
}

export function layout(unknown: Tensor, hidden: Hidden) {
  expectShape<[3, 2]>().of(transpose(zeros([2, 3])));
  expectShape<[5, 3, 2]>().of(transpose(zeros([5, 2, 3])));
  expectShape<[6]>().of(reshape(unknown, [6]));
  expectShape<readonly [number, number, number]>().of(slice(hidden, { axis: 0 }));
  expectShape<Shape>().of(slice(unknown, { axis: 0 }));
  expectShape<[]>().of(sum(hidden));
  expectShape<[]>().of(mean(unknown));
  expectShape<[2, 3]>().of(softmax(gelu(zeros([2, 3])), { axis: 0 }));
}

export function reductions(unknown: Tensor, hidden: Hidden, axes: number[], axis: number) {
  expectShape<[2, 4]>().of(max(zeros([2, 3, 4]), { axis: 1 }));
  expectShape<[3]>().of(sum(zeros([2, 3, 4]), { axis: [0, -1] }));
  expectShape<[1, 3, 1]>().of(variance(zeros([2, 3, 4]), { axis: [0, -1], keepAxis: true, correction: 0 }));
  expectShape<[number, number]>().of(logSumExp(hidden, { axis: -1 }));
  expectShape<[number]>().of(norm(hidden, { axis: [0, 1], p: 1 }));
  expectShape<[number]>().of(mean(zeros([2, 3]), { axis }));
  expectShape<[1, 1]>().of(product(zeros([2, 3]), { keepAxis: true }));
  expectShape<[]>().of(min(unknown));
  expectShape<Shape>().of(max(unknown, { axis: [0, 1] }));
  expectShape<Shape>().of(sum(zeros([2, 3]), { axis: axes }));
  expectShape<readonly [number, number]>().of(sum(zeros([2, 3]), { axis: axes, keepAxis: true }));
  expectShape<[2, 3]>().of(cumulativeSum(zeros([2, 3]), { axis: 0 }));
}

export function functions(unknown: Tensor, hidden: Hidden) {
  expectShape<[2, 3]>().of(softplus(abs(zeros([2, 3])), { beta: 2 }));
  expectShape<[2, 3]>().of(power(zeros([2, 1]), zeros([3])));
  expectShape<[2, 3]>().of(less(1, zeros([2, 3])));
  expectShape<[2, 3]>().of(clamp(zeros([2, 3]), { minimum: 0 }));
  expectShape<[2, 3]>().of(clamp(zeros([3]), { minimum: zeros([2, 1]), maximum: 1 }));
  expectShape<[2, number]>().of(glu(zeros([2, 6])));
  expectShape<readonly [number, number, number]>().of(glu(hidden, { axis: 1 }));
  expectShape<Shape>().of(maximum(unknown, 0));
  // @ts-expect-error 3 against 2
  maximum(zeros([3]), zeros([2]));
}

export function concatenation(unknown: Tensor, hidden: Hidden, axis: number) {
  expectShape<[number, 3]>().of(concatenate([zeros([2, 3]), zeros([4, 3])], { axis: 0 }));
  expectShape<[2, number]>().of(concatenate([zeros([2, 3]), zeros([2, 5])], { axis: -1 }));
  expectShape<[2, number, 4]>().of(concatenate([zeros([2, 1, 4]), zeros([2, 2, 4]), zeros([2, 3, 4])], { axis: 1 }));
  expectShape<[2, number, 4]>().of(concatenate([zeros([2, 1, 4]), zeros([2, 2, 4]), zeros([2, 3, 4])], { axis: -2 }));
  expectShape<[2, number, 8]>().of(concatenate([hidden, zeros([2, 3, 8])], { axis: 1 }));
  expectShape<Shape>().of(concatenate([unknown, zeros([2])], { axis: 0 }));
  expectShape<Shape>().of(concatenate([zeros([2, 3]), zeros([2, 3])], { axis }));
  const list: Tensor[] = [unknown, hidden];
  expectShape<Shape>().of(concatenate(list, { axis: 0 }));
  // @ts-expect-error the second axis differs
  concatenate([zeros([2, 3]), zeros([2, 4])], { axis: 0 });
  // @ts-expect-error the first axis differs
  concatenate([zeros([2, 3]), zeros([3, 3])], { axis: -1 });
  // @ts-expect-error the third tensor's last axis differs
  concatenate([zeros([2, 1, 4]), zeros([2, 2, 4]), zeros([2, 3, 5])], { axis: 1 });
  // @ts-expect-error two axes and three
  concatenate([zeros([2, 3]), zeros([2, 3, 1])], { axis: 0 });
}

export function attending(heads: Heads, hidden: Hidden, unknown: Tensor) {
  expectShape<[number, number, number, number]>().of(attention(heads, heads, zeros([1, 2, 3, 4]), { mask: "causal" }));
  expectShape<[1, 2, 3, 4]>().of(rotary(zeros([1, 2, 3, 4])));
  expectShape<[number, number, number]>().of(embedding([[1, 2]], unknown));
  expectShape<[number, number]>().of(embedding([1, 2], unknown));
  // @ts-expect-error three axes are not [batch, seq, heads, headDim]
  attention(hidden, heads, heads);
  // @ts-expect-error three axes are not [batch, seq, heads, headDim]
  rotary(hidden);
  // @ts-expect-error a word other than causal
  attention(heads, heads, heads, { mask: "past" });
}

export function gradients(matrix: Tensor<[2, 3]>, hidden: Hidden) {
  const { value, gradients: found } = valueAndGradients([matrix, hidden], () => sum(matrix));
  const gradient: Tensor = found.get(matrix);
  const weight = new Parameter<[2, 3]>([2, 3], initials.zeros());
  expectShape<[2, 3]>().of(add(weight, ones([3])));
  // @ts-expect-error an optimizer's parameter is more than a tensor
  const parameter: Parameter = matrix;
  // @ts-expect-error gradients are found by path or tensor
  found.get(0);
  return [value, gradient, parameter];
}

export function products(any: Tensor, vector: Tensor<[number]>, x: Tensor<[2, 3]>, y: Tensor<[3, 4]>, long: string) {
  expectShape<[5, number]>().of(outer(ones([5]), vector));
  expectShape<[number, number]>().of(outer(any, vector));
  // @ts-expect-error: no vector
  outer(x, vector);

  expectShape<[2, 4]>().of(einsum("ij,jk->ik", x, y));
  expectShape<[4, 2]>().of(einsum(" ij , jk -> k i ", x, y));
  expectShape<[2, 3]>().of(einsum("ij,ij->ij", x, ones([1, 3])));
  expectShape<[]>().of(einsum("ij->", x));
  expectShape<[number, 4]>().of(einsum("ij,jk->ik", any, y));
  expectShape<Shape>().of(einsum("...j->...", x));
  expectShape<Shape>().of(einsum("ij,jk", x, y));
  expectShape<Shape>().of(einsum(long, x, y));
  const settled: Tensor<[2, 4]> = einsum("ij,jk", x, y);

  expectShape<[2, 8, number]>().of(conv1d(zeros([2, 3, 10]), zeros([8, 3, 3]), undefined, { stride: 2 }));
  expectShape<[8, number]>().of(conv1d(zeros([3, 10]), zeros([8, 3, 3])));
  expectShape<[1, 8, number, number]>().of(
    conv2d(zeros([1, 3, 32, 32]), zeros([8, 3, 4, 4]), vector, { stride: [4, 2] }),
  );
  expectShape<Shape>().of(conv2d(any, zeros([8, 3, 4, 4])));
  expectShape<Shape>().of(conv1d(zeros([2, 3, 10]), any));
  // @ts-expect-error: an image along one axis
  conv1d(zeros([1, 3, 32, 32]), zeros([8, 3, 3]));
  // @ts-expect-error: the weight of two axes along one
  conv1d(zeros([2, 3, 10]), zeros([8, 3, 4, 4]));
  // @ts-expect-error: three strides for two axes
  conv2d(any, any, undefined, { stride: [1, 2, 3] });
  return settled;
}
