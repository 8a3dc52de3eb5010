/** What compiles and what does not: operations that choose elements, and losses. Nothing here runs; `tsc` is the test. */
import {
  argmax,
  argmin,
  binaryCrossEntropy,
  contrastive,
  crossEntropy,
  embedding,
  gather,
  indexSelect,
  klDivergence,
  maskedFill,
  meanSquaredError,
  negativeLogLikelihood,
  oneHot,
  type Shape,
  scatterAdd,
  sort,
  type Tensor,
  topK,
  zeros,
} from "../../src/tensor";
import { expectShape } from "./equal";

type Hidden = Tensor<[batch: number, seq: number, dModel: number]>;

export function choosing(unknown: Tensor, hidden: Hidden, list: number[], rows: number[][]) {
  expectShape<[2, 1]>().of(gather(zeros([2, 3]), [[0], [2]], { axis: 1 }));
  expectShape<[number, number]>().of(gather(zeros([2, 3]), rows, { axis: 1 }));
  expectShape<[2, 5]>().of(gather(unknown, zeros([2, 5]), { axis: 0 }));
  expectShape<[2, 4]>().of(indexSelect(zeros([2, 3]), [0, 1, 2, 1], { axis: -1 }));
  expectShape<[number, 3]>().of(indexSelect(zeros([2, 3]), list, { axis: 0 }));
  expectShape<readonly [number, number, number]>().of(indexSelect(hidden, list, { axis: 1 }));
  expectShape<[2, 3]>().of(scatterAdd(zeros([2, 3]), list, unknown, { axis: 0 }));
  expectShape<[2, 3]>().of(maskedFill(zeros([2, 1]), zeros([3]), -1));
  expectShape<[3, 7]>().of(oneHot([1, 2, 0], { classes: 7 }));
  expectShape<[number]>().of(oneHot(3));
  // @ts-expect-error 3 against 2
  maskedFill(zeros([3]), zeros([2]), 0);
  // @ts-expect-error the axis is not given
  gather(zeros([2]), [0], {});
}

export function ordering(unknown: Tensor, hidden: Hidden, k: number) {
  const { values, indices } = topK(zeros([2, 9]), { k: 4 });
  expectShape<[2, 4]>().of(values);
  expectShape<[4, 9]>().of(topK(zeros([2, 9]), { k: 4, axis: 0 }).values);
  expectShape<readonly [number, number, number]>().of(topK(hidden, { k }).values);
  expectShape<[2, 9]>().of(sort(zeros([2, 9]), { axis: 0 }).values);
  expectShape<Shape>().of(sort(unknown).values);
  const experts: number[][] = indices;
  const places: number[] = sort(zeros([3])).indices;
  const one: number = argmax(unknown);
  const many: number[] = argmin(zeros([2, 3]), { axis: -1 });
  const kept: number[][] = argmax(zeros([2, 3]), { axis: 1, keepAxis: true });
  // @ts-expect-error a list is not a number
  const wrong: number = argmax(zeros([2, 3]), { axis: 1 });
  return [experts, places, one, many, kept, wrong];
}

export function losses(unknown: Tensor, hidden: Hidden, reduction: "sum" | "none", row: number[]) {
  expectShape<[]>().of(crossEntropy(hidden, [row]));
  expectShape<[]>().of(crossEntropy(unknown, [row], { labelSmoothing: 0.1 }));
  expectShape<[2]>().of(crossEntropy(zeros([2, 3]), zeros([2, 3]), { reduction: "none" }));
  expectShape<Shape>().of(negativeLogLikelihood(zeros([2, 3]), row, { reduction }));
  expectShape<Shape>().of(negativeLogLikelihood(unknown, row, { reduction: "none" }));
  expectShape<[]>().of(klDivergence(hidden, unknown, { reduction: "batchMean" }));
  expectShape<[2, 3]>().of(meanSquaredError(zeros([2, 3]), unknown, { reduction: "none" }));
  expectShape<[]>().of(binaryCrossEntropy(hidden, hidden, { reduction: "sum" }));
  expectShape<[]>().of(contrastive(zeros([2, 3]), unknown, { symmetric: true }));
  expectShape<[number, number, 4]>().of(embedding([row], zeros([9, 4]), { paddingIndex: 0 }));
  expectShape<[2, 1, 2, 4]>().of(embedding([[[1, 2]], [[3, 4]]], zeros([9, 4])));
  // @ts-expect-error a word that is none of them
  crossEntropy(hidden, [row], { reduction: "average" });
}
