import { describe, expect, it } from "vitest";
import { ShapeError } from "../../../src/errors";
import {
  chunk,
  concatenate,
  cosineSimilarity,
  expand,
  flip,
  groupNorm,
  normalize,
  pad,
  repeat,
  reshape,
  type Shape,
  slice,
  split,
  squeeze,
  stack,
  type Tensor,
  tensor,
  transpose,
  unfold,
  unsqueeze,
  windows,
  zeros,
} from "../../../src/tensor";
import { readCases, testCases } from "./cases";

const cases = readCases("shaping");

describe("operations that shape, and norms made of them, equal PyTorch's, gradients and edges too", () =>
  testCases(cases));

/** Zeros whose shape the compiler does not know. */
const of = (...shape: Shape) => zeros(shape);

describe("what does not fit is refused before anything is allocated, by its name", () => {
  it.each<[string, () => unknown, ...string[]]>([
    ["reshape: not divisible", () => reshape(of(2, 3), [4, -1] as Shape), "reshape", "[2, 3]", "[4, -1]"],
    ["expand: another size", () => expand(of(2, 3), [2, 4] as Shape), "expand", "[2, 3]", "[2, 4]"],
    ["expand: fewer axes", () => expand(of(1, 3), [3] as Shape), "expand", "[1, 3]", "[3]"],
    ["squeeze: another size", () => squeeze(of(2, 1), { axis: [1, 0] }), "squeeze", "axis 0", "size 2"],
    ["stack: shapes", () => stack([of(2), of(3)], { axis: 0 }), "stack", "[2]", "[3]"],
    ["stack: ranks", () => stack([of(2), of(2, 1)], { axis: 0 }), "stack", "[2]", "[2, 1]"],
    ["split: sum", () => split(of(5), { sizes: [2, 2], axis: 0 }), "split", "[2, 2] is 4", "[5]"],
    [
      "pad: more pairs than axes",
      () =>
        pad(of(5), {
          widths: [
            [1, 1],
            [0, 0],
          ],
        }),
      "pad",
      "2 pairs",
      "[5]",
    ],
    ["pad: cut", () => pad(of(5), { widths: [[-3, -3]] }), "pad", "widths[0] [-3, -3]", "6", "[5]"],
    ["pad: cut, then filled", () => pad(of(2), { widths: [[-3, 3]] }), "pad", "cuts 3", "[2]"],
    ["windows: larger", () => windows(of(3), { axis: 0, size: 4 }), "windows", "4", "[3]"],
    ["unfold: rank", () => unfold(of(3, 3), { kernelSize: 1 }), "unfold", "[3, 3]", "[batch, channels, height, width]"],
    ["unfold: larger", () => unfold(of(1, 3, 3), { kernelSize: [3, 2], dilation: [1, 3] }), "reaches over 4", "has 3"],
    ["transpose: a vector", () => transpose(of(3)), "transpose", "[3]"],
    ["transpose: axes", () => transpose(of(2, 3, 4), { axes: [0, 1, 1] }), "transpose", "axes [0, 1, 1]"],
    ["groupNorm: rank", () => groupNorm(of(3), undefined, undefined, { groups: 1 }), "groupNorm", "[3]"],
    ["groupNorm: groups", () => groupNorm(of(1, 4), undefined, undefined, { groups: 3 }), "3 groups", "4 channels"],
    ["groupNorm: weight", () => groupNorm(of(1, 4), of(3), undefined, { groups: 2 }), "groupNorm: the weight [3]"],
    ["groupNorm: bias", () => groupNorm(of(1, 4), undefined, of(1, 4), { groups: 2 }), "groupNorm: the bias [1, 4]"],
    ["cosineSimilarity", () => cosineSimilarity(of(2, 3), of(4)), "cosineSimilarity", "[2, 3]", "[4]"],
  ])("ShapeError of %s", (_, call, ...parts) => {
    expect(call).toThrow(ShapeError);
    for (const part of parts) expect(call).toThrow(part);
  });

  it.each<[string, () => unknown, ...string[]]>([
    ["reshape: two sizes", () => reshape(of(2), [-1, -1] as Shape), "reshape", "[-1, -1]", "only one"],
    ["reshape: any size", () => reshape(of(0), [0, -1] as Shape), "reshape", "[0, -1]", "no single size"],
    ["expand: no size to keep", () => expand(of(2), [-1, 2] as Shape), "expand", "shape[0]", "-1"],
    ["expand: huge", () => expand(of(1), [2 ** 20, 2 ** 20] as Shape), "expand", "2^32"],
    ["repeat: huge", () => repeat(of(2), { times: 2 ** 40 }), "repeat", "2^32"],
    ["repeat: axis", () => repeat(of(2), { times: 2, axis: 1 }), "repeat", "axis 1", "[2]"],
    ["pad: huge", () => pad(of(2), { widths: [[0, 2 ** 40]] }), "pad", "2^32"],
    ["pad: too few to mirror", () => pad(of(2), { widths: [[2, 0]], mode: "reflect" }), "pad", "needs 3", "has 2"],
    ["pad: too few to go round", () => pad(of(2), { widths: [[0, 3]], mode: "circular" }), "pad", "needs 3", "has 2"],
    ["pad: nothing to repeat", () => pad(of(0), { widths: [[0, 3]], mode: "replicate" }), "pad", "needs 1", "has 0"],
    ["slice: step", () => slice(of(2), { axis: 0, step: 0 }), "slice", "step", "0"],
    ["slice: an end before the start", () => slice(of(2), { axis: 0, start: 1, end: 0 }), "slice", "1 to 0"],
    ["slice: backwards to the end", () => slice(of(2), { axis: 0, start: 0, end: 1, step: -1 }), "0 to 1, backwards"],
    ["slice: backwards from beyond", () => slice(of(2), { axis: 0, start: 2, step: -1 }), "2 to -1, backwards"],
    ["flip: axis", () => flip(of(2), { axis: 1 }), "flip", "axis 1", "[2]"],
    ["squeeze: twice", () => squeeze(of(1, 1), { axis: [0, -2] }), "squeeze: axis 0 comes twice"],
    ["unsqueeze: axis", () => unsqueeze(of(2), { axis: 2 as number }), "unsqueeze", "axis 2"],
    ["stack: axis", () => stack([of(2)], { axis: -3 as number }), "stack", "axis -3"],
    ["stack: nothing", () => stack([], { axis: 0 }), "stack", "empty"],
    ["transpose: axis", () => transpose(of(2, 3), { axes: [0, 2] }), "transpose", "axis 2"],
    ["normalize: a number", () => normalize(of(), { axis: -2 }), "normalize", "axis -2", "[]"],
    ["flip: an axis of nothing", () => flip(of(0, 2), { axis: 2 }), "flip", "axis 2", "[0, 2]"],
    ["flip: nothing twice", () => flip(of(0, 2), { axis: [0, -2] }), "flip", "axis 0 comes twice"],
    [
      "cosineSimilarity: axis",
      () => cosineSimilarity(of(2), of(2), { axis: 1 as number }),
      "cosineSimilarity",
      "axis 1",
    ],
  ])("RangeError of %s", (_, call, ...parts) => {
    expect(call).toThrow(RangeError);
    for (const part of parts) expect(call).toThrow(part);
  });

  it("options that exclude each other are named", () => {
    expect(() => split(of(2), { axis: 0 })).toThrow("split: either size or sizes must be given");
    expect(() => split(of(2), { axis: 0, size: 1, sizes: [1, 1] } as object as { axis: 0; size: 1 })).toThrow(
      "split: either size or sizes must be given",
    );
    expect(() => repeat(of(2), { times: [2], axis: 0 })).toThrow(/^repeat: axis goes with a single number/);
  });

  it.each([
    ["pad", () => pad(of(2), { padWidth: [[1, 1]] } as object as { widths: [] }), "widths"],
    ["pad's mode", () => pad(of(2), { widths: [[1, 1]], mode: "edge" as "replicate" }), "replicate"],
    ["repeat", () => repeat(of(2), { repeats: 2 } as object as { times: 2 }), "times"],
    ["split", () => split(of(2), { axis: 0, split_sizes: [1, 1] } as object as { axis: 0 }), "sizes"],
    [
      "groupNorm",
      () => groupNorm(of(1, 2), undefined, undefined, { numGroups: 1 } as object as { groups: 1 }),
      "groups",
    ],
    ["unfold", () => unfold(of(1, 2, 2), { kernel_size: 1 } as object as { kernelSize: 1 }), "kernelSize"],
  ])("other libraries' names for options of %s lead to ours", (_, call, name) => {
    expect(call).toThrow(`did you mean "${name}"?`);
  });
});

describe("laws of shaping", () => {
  const x = tensor(
    Array.from({ length: 24 }, (_, i) => i),
    [2, 3, 4],
  );

  it.each([0, 1, -1])("parts joined again are the whole, along axis %i", (axis) => {
    const joined = (parts: readonly Tensor[]) => concatenate(parts, { axis });
    for (const count of [1, 2, 3, 9]) {
      expect(joined(split(x, { size: count, axis }))).toEqual(x);
      expect(joined(chunk(x, { chunks: count, axis }))).toEqual(x);
    }
    expect(joined(split(x, { sizes: [1, x.shape.at(axis)! - 1], axis }))).toEqual(x);
    const rows = split(x, { size: 1, axis }).map((part) => squeeze(part, { axis }));
    expect(stack(rows, { axis })).toEqual(x);
  });

  it.each([0, 1, -1])("turned twice is as before, along axis %i", (axis) => {
    expect(flip(flip(x, { axis }), { axis })).toEqual(x);
    expect(slice(x, { axis, step: -1 })).toEqual(flip(x, { axis }));
    expect(transpose(transpose(x, { axes: [axis, 1] }), { axes: [1, axis] })).toEqual(x);
    expect(squeeze(unsqueeze(x, { axis }), { axis })).toEqual(x);
  });

  it.each([0, 1, -1])("repeated is joined with itself, along axis %i", (axis) => {
    expect(repeat(x, { times: 3, axis })).toEqual(concatenate([x, x, x], { axis }));
    const each = split(x, { size: 1, axis }).flatMap((part) => [part, part]);
    expect(repeat(x, { times: 2, axis, each: true })).toEqual(concatenate(each, { axis }));
  });

  it("windows side by side are the axis cut into pieces", () => {
    expect(windows(x, { axis: 2, size: 2, step: 2 })).toEqual(reshape(x, [2, 3, 2, 2]));
    expect(unfold(unsqueeze(x, { axis: 0 }), { kernelSize: 1 })).toEqual(reshape(x, [1, 2, 12]));
  });

  it("what is padded and cut off again is as before", () => {
    for (const mode of ["constant", "reflect", "replicate", "circular"] as const) {
      const wider = pad(x, {
        widths: [
          [1, 2],
          [3, 0],
        ],
        mode,
      });
      expect(
        pad(wider, {
          widths: [
            [-1, -2],
            [-3, 0],
          ],
        }),
      ).toEqual(x);
    }
  });

  it("of an axis without elements there is one part, however many are asked for", () => {
    expect(chunk(of(0, 2), { chunks: 2 ** 40, axis: 0 }).map((part) => part.shape)).toEqual([[0, 2]]);
    expect(split(of(0, 2), { size: 2 ** 40, axis: 0 }).map((part) => part.shape)).toEqual([[0, 2]]);
  });
});
