import { describe, expect, it } from "vitest";
import {
  binaryCrossEntropy,
  contrastive,
  crossEntropy,
  embedding,
  klDivergence,
  logSoftmax,
  meanSquaredError,
  negativeLogLikelihood,
  oneHot,
  ShapeError,
  tensor,
  zeros,
} from "../../../src/tensor";
import { readCases, testCases } from "./cases";

describe("losses and embedding equal PyTorch's, gradients and edges too", () => testCases(readCases("losses")));

const logits = tensor([
  [1, 2, 0],
  [-1, 0.5, 3],
]);

describe("losses of targets", () => {
  it("of classes equal those of probabilities that are 1 for the class", () => {
    const found = crossEntropy(logits, oneHot([2, 0]), { labelSmoothing: 0.2 }).item();
    expect(crossEntropy(logits, [2, 0], { labelSmoothing: 0.2 }).item()).toBeCloseTo(found, 6);
    expect(negativeLogLikelihood(logSoftmax(logits), tensor([2, 0])).item()).toBeCloseTo(
      crossEntropy(logits, tensor([2, 0])).item(),
      6,
    );
  });

  it.each([
    [
      "on axis 1",
      () => crossEntropy(zeros([2, 5, 3]), zeros([2, 3])),
      ShapeError,
      "[2, 5]",
      "permute(logits, [0, 2, 1])",
    ],
    ["of another rank", () => crossEntropy(logits, 1), ShapeError, "crossEntropy: targets has shape []", "[2]"],
    [
      "that are no class",
      () => negativeLogLikelihood(logits, [0, 3]),
      RangeError,
      "negativeLogLikelihood: targets: 3",
      "0 to 2",
    ],
    [
      "deep",
      () => crossEntropy(zeros([1, 1, 2, 3]), [[[0, 4]]]),
      RangeError,
      "crossEntropy: targets[0]: 4 in row 0, column 1",
    ],
    [
      "with a weight too few",
      () => negativeLogLikelihood(logits, [0, 1], { weight: zeros([2]) }),
      ShapeError,
      "weight [2]",
      "3 classes",
    ],
    [
      "smoothed too much",
      () => crossEntropy(logits, [0, 1], { labelSmoothing: 1.5 }),
      RangeError,
      "labelSmoothing",
      "1.5",
    ],
    ["of another shape", () => meanSquaredError(logits, zeros([2, 1])), ShapeError, "a [2, 3] and b [2, 1] differ"],
    ["of another order", () => klDivergence(logits, zeros([3, 2])), ShapeError, "input [2, 3] and target [3, 2]"],
    [
      "with a wider weight",
      () => binaryCrossEntropy(logits, logits, { weight: zeros([1, 2, 3]) }),
      ShapeError,
      "weight [1, 2, 3]",
    ],
    [
      "not in pairs",
      () => contrastive(logits, zeros([3, 3])),
      ShapeError,
      "contrastive: a [2, 3] and b [3, 3]",
      "[n, d]",
    ],
    ["without warmth", () => contrastive(logits, logits, { temperature: 0 }), RangeError, "temperature", "above 0"],
    [
      "with many temperatures",
      () => contrastive(logits, logits, { temperature: zeros([2]) }),
      ShapeError,
      "temperature",
    ],
    [
      "of padding outside the table",
      () => embedding([0], logits, { paddingIndex: 2 }),
      RangeError,
      "paddingIndex 2",
      "[2, 3]",
    ],
    ["of a negative padding", () => embedding([0], logits, { paddingIndex: -1 }), RangeError, "paddingIndex", "-1"],
  ] as const)("%s are refused with what to do", (_, call, Wrong, ...parts) => {
    expect(call).toThrow(Wrong);
    for (const part of parts) expect(call).toThrow(part);
  });

  it("probabilities take no ignored index", () => {
    expect(() => crossEntropy(logits, oneHot([0, 1], { classes: 3 }), { ignoreIndex: 1 })).toThrow(
      "crossEntropy: ignoreIndex is of no use if the targets are probabilities",
    );
  });
});
