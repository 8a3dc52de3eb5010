/**
 * What people write and what must compile: numbers in any place, variables that are written again, options that may be
 * undefined. Nothing here runs; `tsc` is the test.
 */
import type { DecoderBlock, Embedding, Pass } from "../../src/blocks";
import {
  add,
  attention,
  concatenate,
  divide,
  embedding,
  full,
  linear,
  matmul,
  mean,
  multiply,
  ones,
  permute,
  relu,
  reshape,
  rotary,
  type Shape,
  slice,
  softmax,
  subtract,
  sum,
  type Tensor,
  tensor,
  transpose,
  where,
  zeros,
} from "../../src/tensor";
import { expectShape } from "./equal";

type Hidden = Tensor<[batch: number, seq: number, dModel: number]>;
type Heads = Tensor<readonly [batch: number, seq: number, heads: number, headDim: number]>;

export function numbersInAnyPlace(x: Hidden, unknown: Tensor) {
  expectShape<[2, 3]>().of(subtract(1, zeros([2, 3])));
  expectShape<[2, 3]>().of(divide(1, zeros([2, 3])));
  expectShape<[2, 3]>().of(add(1, zeros([2, 3])));
  expectShape<[2, 3]>().of(multiply(zeros([2, 3]), 2));
  expectShape<[]>().of(divide(1, 2));
  expectShape<[number, number, number]>().of(subtract(1, x));
  expectShape<Shape>().of(subtract(1, unknown));
  expectShape<[2, 3]>().of(where(zeros([2, 3]), 1, 0));
  expectShape<[2, 3]>().of(where(zeros([3]), zeros([2, 1]), 0));
  // @ts-expect-error text is no number
  add("1", x);
  // @ts-expect-error 3 against 2
  where(zeros([3]), zeros([2]), 0);
}

export function ranksThatStay(x: Hidden, unknown: Tensor, axis: number, keepAxis: boolean, order: number[]) {
  expectShape<[4, 2, 3]>().of(permute(zeros([2, 3, 4]), [2, 0, 1]));
  expectShape<[4, 2, 3]>().of(permute(zeros([2, 3, 4]), [-1, 0, -2]));
  expectShape<[number, number, number]>().of(permute(x, [0, 2, 1]));
  expectShape<[number, number, number]>().of(permute(zeros([2, 3, 4]), order));
  expectShape<[number, number]>().of(permute(unknown, [1, 0]));
  expectShape<Shape>().of(permute(unknown, order));

  expectShape<[3]>().of(sum(zeros([2, 3]), { axis: 0 }));
  expectShape<[2]>().of(mean(zeros([2, 3]), { axis: -1 }));
  expectShape<[2, 1]>().of(sum(zeros([2, 3]), { axis: 1, keepAxis: true }));
  expectShape<[1, 1]>().of(sum(zeros([2, 3]), { keepAxis: true }));
  expectShape<[]>().of(sum(zeros([2, 3]), {}));
  expectShape<[number, number]>().of(mean(x, { axis: 1 }));
  expectShape<[number, number, 1]>().of(mean(x, { axis: 2, keepAxis: true }));
  expectShape<[number, number]>().of(sum(x, { axis }));
  expectShape<[number, number, number]>().of(sum(x, { axis, keepAxis: true }));
  expectShape<Shape>().of(sum(x, { axis, keepAxis }));
  expectShape<Shape>().of(sum(unknown, { axis: 0 }));

  expectShape<[2, number, 4]>().of(slice(zeros([2, 3, 4]), { axis: 1, start: 1 }));
  expectShape<[2, 3, number]>().of(slice(zeros([2, 3, 4]), { axis: -1, end: 1 }));
  expectShape<[number, number, number]>().of(slice(zeros([2, 3, 4]), { axis }));
  expectShape<[number, number, 8]>().of(embedding([[1, 2]], zeros([5, 8])));
  for (const row of zeros([2, 3])) expectShape<[3]>().of(row);
  for (const row of unknown) expectShape<Shape>().of(row);
}

/** A variable that was made with literal sizes takes results with sizes that only the run can tell. */
export function variables(x: Hidden, heads: Heads, unknown: Tensor, matrix: Tensor<[number, number]>, n: number) {
  let h = ones([1, 3, 4]);
  h = add(h, slice(x, { axis: 0, end: 1 }));
  h = add(h, slice(ones([5, 3, 4]), { axis: 0, start: n, end: n + 1 }));
  h = add(slice(x, { axis: 1 }), h);
  h = add(h, unknown);
  h = multiply(subtract(1, h), x);
  h = softmax(add(h, x), { axis: 1 });
  h = relu(divide(x, h));
  h = slice(x, { axis: 1, end: 3 });
  h = matmul(h, matrix);
  h = linear(x, matrix);
  h = where(x, h, 0);
  h = concatenate([h, x], { axis: 1 });
  h = permute(x, [0, 2, 1]);
  h = transpose(x);
  h = reshape(x, [n, 3, 4]);
  h = add(h, mean(x, { axis: 1, keepAxis: true }));
  h = embedding([[1, 2, 3]], matrix);
  let total = zeros([3, 4]);
  total = sum(x, { axis: 0 });
  total = add(total, sum(h, { axis: 0 }));
  let loss = tensor(0);
  loss = add(loss, mean(x));
  let q = full([1, 2, 3, 4], 0);
  q = attention(heads, heads, heads);
  // @ts-expect-error 3 is not 4
  total = add(zeros([3, 3]), 1);
  // @ts-expect-error two axes are not three
  h = sum(x, { axis: 0 });
  // @ts-expect-error 4 is not 5
  h = concatenate([h, zeros([1, 1, 5])], { axis: 2 }) satisfies Tensor<[1, 3, number]> as Tensor<[1, 3, 5]>;
  return [h, total, loss, q];
}

export function returns(x: Hidden): Tensor<[batch: 1, seq: number, dModel: 8]> {
  return add(slice(x, { axis: 0, end: 1 }), 1);
}

/** Under exactOptionalPropertyTypes, what may be undefined may be handed on. */
export function optional(x: Heads, pass: Pass) {
  return rotary(x, { positions: pass.positions, base: undefined });
}

/** A sum of two sequences is a sequence, so that layers can take turns with it. */
export function turns(token: Embedding, position: Embedding, layers: readonly DecoderBlock[]) {
  let x = add(token.forward([[1]]), position.forward([[0]]));
  for (const layer of layers) x = layer.forward(x);
  return x;
}
