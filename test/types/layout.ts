/**
 * What compiles and what does not: reshapes, axes, parts and wholes. Nothing here runs; `tsc` is the test.
 */
import {
  chunk,
  cosineSimilarity,
  expand,
  flip,
  groupNorm,
  normalize,
  pad,
  permute,
  repeat,
  reshape,
  type Shape,
  slice,
  split,
  squeeze,
  stack,
  type Tensor,
  transpose,
  unfold,
  unsqueeze,
  windows,
  zeros,
} from "../../src/tensor";
import { expectShape } from "./equal";

type Hidden = Tensor<[batch: number, seq: number, dModel: number]>;

export function reshaping(unknown: Tensor, hidden: Hidden, some: number, shape: number[]) {
  expectShape<[6]>().of(reshape(unknown, [6]));
  expectShape<[6, 4]>().of(reshape(zeros([2, 3, 4]), [-1, 4]));
  expectShape<[24]>().of(reshape(zeros([2, 3, 4]), [-1]));
  expectShape<[2, 128, 12, 64]>().of(reshape(zeros([2, 128, 768]), [2, 128, 12, -1]));
  expectShape<[4096, 768]>().of(reshape(zeros([4, 1024, 768]), [-1, 768]));
  expectShape<[9, 4]>().of(reshape(zeros([6, 6]), [-1, 4]));
  expectShape<[number, 4]>().of(reshape(unknown, [-1, 4]));
  expectShape<[number, 64]>().of(reshape(hidden, [-1, 64]));
  expectShape<[number, 4]>().of(reshape(zeros([2, 3, 4]), [some, 4]));
  expectShape<number[]>().of(reshape(hidden, shape));
  // @ts-expect-error 6 elements are not rows of 4
  reshape(zeros([2, 3]), [-1, 4]);
}

export function wider(unknown: Tensor, hidden: Hidden, shape: number[]) {
  expectShape<[2, 3]>().of(expand(zeros([2, 1]), [-1, 3]));
  expectShape<[5, 2, 3]>().of(expand(zeros([2, 1]), [5, -1, 3]));
  expectShape<[2, 3]>().of(expand(zeros([]), [2, 3]));
  expectShape<[number, number, 8]>().of(expand(hidden, [-1, -1, 8]));
  expectShape<[number, 3]>().of(expand(unknown, [-1, 3]));
  expectShape<Shape>().of(expand(zeros([2, 1]), shape));
  // @ts-expect-error 2 is not repeated
  expand(zeros([2, 1]), [4, 3]);
  // @ts-expect-error a new axis has no size to keep
  expand(zeros([2]), [-1, 2]);
  expectShape<[number, number, number]>().of(repeat(hidden, { times: 2 }));
  expectShape<[number, number]>().of(repeat(zeros([2, 3]), { times: [2] }));
  expectShape<readonly [number, number, number]>().of(repeat(zeros([2, 3]), { times: [2, 1, 1] }));
  expectShape<Shape>().of(repeat(zeros([2, 3]), { times: shape }));
  expectShape<[number, number]>().of(pad(zeros([2, 3]), { widths: [[1, 1]] }));
}

export function axesOfOne(unknown: Tensor, hidden: Hidden, axis: number) {
  expectShape<[2, 3]>().of(squeeze(zeros([1, 2, 1, 3])));
  expectShape<[2, 1, 3]>().of(squeeze(zeros([1, 2, 1, 3]), { axis: 0 }));
  expectShape<[2, 3]>().of(squeeze(zeros([1, 2, 1, 3]), { axis: [0, -2] }));
  expectShape<Shape>().of(squeeze(hidden));
  expectShape<[number, number]>().of(squeeze(hidden, { axis: -1 }));
  expectShape<Shape>().of(squeeze(unknown, { axis: 0 }));
  expectShape<[1, 2, 3]>().of(unsqueeze(zeros([2, 3]), { axis: 0 }));
  expectShape<[2, 1, 3]>().of(unsqueeze(zeros([2, 3]), { axis: -2 }));
  expectShape<[2, 3, 1]>().of(unsqueeze(zeros([2, 3]), { axis: 2 }));
  expectShape<[number, number, number]>().of(unsqueeze(zeros([2, 3]), { axis }));
  expectShape<Shape>().of(unsqueeze(unknown, { axis: 0 }));
}

export function turning(unknown: Tensor, hidden: Hidden) {
  expectShape<[3, 2]>().of(transpose(zeros([2, 3])));
  expectShape<[4, 3, 2]>().of(transpose(zeros([2, 3, 4]), { axes: [0, 2] }));
  expectShape<[2, 4, 3]>().of(transpose(zeros([2, 3, 4]), { axes: [-1, 1] }));
  expectShape<[4, 2, 3]>().of(transpose(zeros([2, 3, 4]), { axes: [2, 0, 1] }));
  expectShape<[4, 2, 3]>().of(permute(zeros([2, 3, 4]), [2, 0, 1]));
  expectShape<Shape>().of(transpose(unknown, { axes: [0, 1] }));
  expectShape<[2, 3]>().of(flip(zeros([2, 3]), { axis: [0, 1] }));
  expectShape<[batch: number, seq: number, dModel: number]>().of(flip(hidden));
}

export function partsAndWholes(unknown: Tensor, hidden: Hidden, list: Tensor[], size: number) {
  const [a, b] = split(zeros([2, 5]), { sizes: [2, 3], axis: 1 });
  expectShape<[2, 2]>().of(a);
  expectShape<[2, 3]>().of(b);
  for (const part of split(zeros([2, 5]), { size, axis: -1 })) expectShape<[2, number]>().of(part);
  for (const part of chunk(hidden, { chunks: 3, axis: -1 })) expectShape<[number, number, number]>().of(part);
  for (const part of chunk(unknown, { chunks: 3, axis: -1 })) expectShape<Shape>().of(part);
  expectShape<[2, number]>().of(slice(zeros([2, 5]), { axis: 1, step: -1 }));
  expectShape<[2, 3, 4]>().of(stack([zeros([3, 4]), zeros([3, 4])], { axis: 0 }));
  expectShape<[3, 4, 3]>().of(stack([zeros([3, 4]), zeros([3, 4]), zeros([3, 4])], { axis: -1 }));
  expectShape<Shape>().of(stack(list, { axis: 0 }));
  // @ts-expect-error the shapes differ
  stack([zeros([3, 4]), zeros([3, 5])], { axis: 0 });
  expectShape<[number, 4, 2]>().of(windows(zeros([9, 4]), { axis: 0, size: 2 }));
  expectShape<[number, number, number, 2]>().of(windows(hidden, { axis: 1, size: 2 }));
  expectShape<Shape>().of(windows(unknown, { axis: 0, size: 2 }));
  expectShape<[8, number, number]>().of(unfold(zeros([8, 3, 4, 4]), { kernelSize: 2 }));
  expectShape<[number, number]>().of(unfold(zeros([3, 4, 4]), { kernelSize: 2 }));
}

export function norms(unknown: Tensor, hidden: Hidden) {
  expectShape<[2, 4, 3]>().of(groupNorm(zeros([2, 4, 3]), zeros([4]), undefined, { groups: 2 }));
  expectShape<Shape>().of(groupNorm(unknown, unknown, unknown, { groups: 2 }));
  // @ts-expect-error 3 numbers for 4 channels
  groupNorm(zeros([2, 4, 3]), zeros([3]), undefined, { groups: 2 });
  expectShape<[2, 3]>().of(normalize(zeros([2, 3]), { axis: 0 }));
  expectShape<[2]>().of(cosineSimilarity(zeros([2, 3]), zeros([3])));
  expectShape<[2, 4]>().of(cosineSimilarity(zeros([2, 1, 3]), zeros([4, 3]), { axis: 2 }));
  expectShape<[number, number]>().of(cosineSimilarity(hidden, hidden, { axis: 1 }));
  // @ts-expect-error 3 against 2
  cosineSimilarity(zeros([2, 3]), zeros([2]));
}
