import { describe, expect, it } from "vitest";
import { ones, ShapeError, softmax, tensor, zeros } from "../../src/tensor";
import { close, maxDifference, rowsSumToOne } from "../../src/testing";

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

describe("maxDifference and close", () => {
  it("take the largest difference", () => {
    expect(
      maxDifference(
        tensor([
          [1, 2],
          [3, 4],
        ]),
        tensor([
          [1, 2.25],
          [2.5, 4],
        ]),
      ),
    ).toBe(0.5);
    expect(close(tensor([1]), tensor([1.5]), 0.5)).toBe(true);
    expect(close(tensor([1]), tensor([1.5]), 0.49)).toBe(false);
    expect(maxDifference(zeros([0]), zeros([0]))).toBe(0);
  });

  it("hold NaN equal to NaN alone, and an infinity to itself alone", () => {
    expect(maxDifference(tensor([nan, infinity]), tensor([nan, infinity]))).toBe(0);
    for (const other of [0, infinity]) expect(maxDifference(tensor([nan]), tensor([other]))).toBe(infinity);
    expect(maxDifference(tensor([infinity]), tensor([-infinity]))).toBe(infinity);
    expect(close(tensor([nan]), tensor([1]), 1e9)).toBe(false);
  });

  it("refuse shapes that differ", () => {
    expect(() => close(zeros([2, 1]), zeros([1, 2]), 1)).toThrow(ShapeError);
    expect(() => close(zeros([2]), zeros([2, 1]), 1)).toThrow("[2] and [2, 1]");
  });
});

describe("rowsSumToOne", () => {
  it("looks at every row", () => {
    expect(
      rowsSumToOne(
        softmax(
          tensor([
            [1, 2, 3],
            [4, 4, 4],
          ]),
        ),
      ),
    ).toBe(true);
    expect(
      rowsSumToOne(
        tensor([
          [0.5, 0.5],
          [0.5, 0.4],
        ]),
      ),
    ).toBe(false);
    expect(rowsSumToOne(tensor([[0.5, nan]]))).toBe(false);
    expect(rowsSumToOne(zeros([2, 0]))).toBe(false);
    expect(rowsSumToOne(zeros([0, 2]))).toBe(true);
  });

  it("takes a tolerance", () => {
    expect(rowsSumToOne(tensor([0.5, 0.4]), 0.2)).toBe(true);
    expect(() => rowsSumToOne(ones([]))).toThrow(ShapeError);
  });
});
