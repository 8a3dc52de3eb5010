import { describe, expect, it } from "vitest";
import {
  argmax,
  gather,
  indexSelect,
  linear,
  maskedFill,
  multiply,
  type NestedArray,
  oneHot,
  reshape,
  ShapeError,
  scatterAdd,
  silu,
  softmax,
  sort,
  sum,
  type Tensor,
  tensor,
  topK,
  valueAndGradients,
  zeros,
} from "../../../src/tensor";
import { expectCase, readCases, testCases } from "./cases";

const cases = readCases("choosing");

describe("operations that choose equal PyTorch's, gradients and edges too", () =>
  testCases(cases.filter(({ operation }) => operation !== "mixture")));

describe("a mixture of experts written with topK, indexSelect and scatterAdd", () => {
  /** Each expert sees only the tokens that chose it. */
  function mixture(
    x: Tensor<[number, number]>,
    router: Tensor<[number, number]>,
    up: Tensor[],
    down: Tensor[],
    { k }: { k: number },
  ) {
    const { values, indices } = topK(linear(x, router), { k });
    const gates = reshape(softmax(values), [-1, 1]);
    let y: Tensor = zeros(x.shape);
    for (const [expert, weight] of up.entries()) {
      const places = indices.flat().flatMap((chosen, place) => (chosen === expert ? [place] : []));
      const tokens = places.map((place) => Math.floor(place / k));
      const hidden = silu(linear(indexSelect(x, tokens, { axis: 0 }), weight));
      const gate = indexSelect(gates, places, { axis: 0 });
      y = scatterAdd(y, tokens, multiply(gate, linear(hidden, down[expert]!)), { axis: 0 });
    }
    return y;
  }

  it.each(cases.filter(({ operation }) => operation === "mixture"))("equals all experts weighed: $name", (each) => {
    expectCase(each, 5e-6, mixture as (...args: unknown[]) => unknown);
  });
});

const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);

describe("an index", () => {
  const endless: NestedArray[] = [];
  endless.push(endless);

  it("may be a tensor of whole numbers", () => {
    expect(gather(x, tensor([[2], [0]]), { axis: 1 })).toEqual(gather(x, [[2], [0]], { axis: 1 }));
    expect(oneHot(tensor([1, 0]))).toEqual(oneHot([1, 0]));
    expect(() => indexSelect(x, tensor([0.5]), { axis: 0 })).toThrow(/^indexSelect: indices: 0\.5 in row 0, column 0/);
  });

  it.each([
    [
      "out of range",
      () => gather(x, [[0], [3]], { axis: 1 }),
      RangeError,
      "gather: index: 3 in row 1, column 0",
      "0 to 2",
    ],
    [
      "deep",
      () => gather(zeros([1, 1, 2]), [[[0, 2]]], { axis: 2 }),
      RangeError,
      "gather: index[0]: 2 in row 0, column 1",
    ],
    ["negative", () => indexSelect(x, [-1], { axis: 0 }), RangeError, "indexSelect: indices: -1", "from 0 to 1"],
    ["of one number", () => oneHot(-2), RangeError, "oneHot: ids: -2 is not a whole number from 0"],
    ["of text", () => gather(x, [["0"]] as never, { axis: 1 }), TypeError, 'gather: index: "0" in row 0, column 0'],
    ["ragged", () => gather(x, [[0, 1], [0]], { axis: 1 }), ShapeError, "gather: index: row 1 has 1", "row 0 has 2"],
    [
      "ragged and deep",
      () => gather(x, [[[0]], [[0, 1]]], { axis: 1 }),
      ShapeError,
      "gather: index[1] has shape [1, 2]",
      "[1, 1]",
    ],
    ["that contains itself", () => oneHot(endless), ShapeError, "oneHot: ids[0][0]", "too deep"],
    ["of another rank", () => gather(x, [0, 1], { axis: 1 }), ShapeError, "gather: the index [2]", "indexSelect"],
    ["longer than x", () => gather(x, [[0], [0], [0]], { axis: 1 }), ShapeError, "gather: the index [3, 1]", "[2, 3]"],
    ["nested", () => indexSelect(x, [[0]], { axis: 0 }), ShapeError, "indexSelect: indices of shape [1, 1]", "gather"],
    [
      "of a source that is too short",
      () => scatterAdd(x, [[0, 0]], zeros([1, 1]), { axis: 0 }),
      ShapeError,
      "[1, 1]",
      "[1, 2]",
    ],
    ["of slices of another size", () => scatterAdd(x, [0], zeros([1, 2]), { axis: 0 }), ShapeError, "[1, 2]", "[1, 3]"],
    ["of an axis that is not there", () => gather(x, [[0]], { axis: 2 }), RangeError, "gather: axis 2", "[2, 3]"],
    ["of more than there are", () => topK(x, { k: 4 }), RangeError, "topK: k 4", "3 elements of axis 1 of [2, 3]"],
    ["of a class that is not there", () => oneHot([[0, 3]], { classes: 3 }), RangeError, "oneHot: ids: 3", "0 to 2"],
    ["of no ids without classes", () => oneHot([]), ShapeError, "oneHot", "classes"],
    ["of nothing", () => argmax(zeros([2, 0]), { axis: 1 }), ShapeError, "argmax: [2, 0] has no elements"],
    ["and a value for each element", () => maskedFill(x, x, zeros([3]) as never), ShapeError, "maskedFill", "where"],
  ] as const)("%s is refused with what to do", (_, call, Wrong, ...parts) => {
    expect(call).toThrow(Wrong);
    for (const part of parts) expect(call).toThrow(part);
  });
});

describe("choosing", () => {
  it("sorts what it chose: the greatest k are the first of all in falling order", () => {
    const { values, indices } = sort(x, { descending: true });
    expect(topK(x, { k: 3 })).toEqual({ values, indices });
    expect(gather(x, indices, { axis: 1 })).toEqual(values);
  });

  it("gather and scatterAdd are each other's gradients", () => {
    const index = [
      [2, 2],
      [0, 1],
    ];
    const weights = tensor([
      [1, 10],
      [100, 1000],
    ]);
    const taken = valueAndGradients([x], () =>
      sum(
        scatterAdd(
          zeros([2, 2]),
          [0, 1],
          scatterAdd(
            zeros([2, 2]),
            [
              [0, 1],
              [0, 1],
            ],
            gather(x, index, { axis: 1 }),
            { axis: 1 },
          ),
          { axis: 0 },
        ),
      ),
    );
    expect(taken.gradients.get(x).toArray()).toEqual([
      [0, 0, 2],
      [1, 1, 0],
    ]);
    const put = valueAndGradients([weights], () =>
      sum(
        gather(
          scatterAdd(x, index, weights, { axis: 1 }),
          [
            [2, 2],
            [2, 2],
          ],
          { axis: 1 },
        ),
      ),
    );
    expect(put.gradients.get(weights).toArray()).toEqual([
      [2, 2],
      [0, 0],
    ]);
  });
});
