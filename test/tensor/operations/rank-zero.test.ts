import { describe, expect, it } from "vitest";
import {
  argmax,
  argmin,
  chunk,
  concatenate,
  cosineSimilarity,
  cumulativeSum,
  flip,
  gather,
  glu,
  grad,
  indexSelect,
  logSoftmax,
  mean,
  normalize,
  permute,
  repeat,
  scatterAdd,
  slice,
  softmax,
  sort,
  split,
  squeeze,
  sum,
  type Tensor,
  tensor,
  topK,
  transpose,
  variance,
  windows,
} from "../../../src/tensor";
import { everyReduction } from "../every-reduction";

interface Along {
  axis: number;
}
/** What takes a tensor and an axis, and gives as many numbers for one number as for a list of it. */
const along: Record<string, (x: Tensor, options: Along) => Tensor> = {
  ...everyReduction,
  ...{ sum, mean, cumulativeSum, softmax, logSoftmax, normalize, flip, squeeze },
  variance: (x, { axis }) => variance(x, { axis, correction: 0 }),
  "sum, axis kept": (x, { axis }) => sum(x, { axis, keepAxis: true }),
  "sum, a list of axes": (x, { axis }) => sum(x, { axis: [axis] }),
  cosineSimilarity: (x, options) => cosineSimilarity(x, x, options),
  topK: (x, { axis }) => topK(x, { k: 1, axis }).values,
  sort: (x, options) => sort(x, options).values,
  gather: (x, options) => gather(x, x.rank === 0 ? 0 : [0], options),
  indexSelect: (x, options) => indexSelect(x, [0], options),
  scatterAdd: (x, options) => scatterAdd(x, x.rank === 0 ? 0 : [0], x, options),
  windows: (x, { axis }) => windows(x, { axis, size: 1 }),
  transpose: (x, { axis }) => transpose(x, { axes: [0, axis] }),
};

describe.each(Object.entries(along))("%s takes a tensor of rank 0 as a list of one number", (_, operation) => {
  it.each([0, -1])("along axis %i, gradients too", (axis) => {
    const [number, list] = [tensor(2.5) as Tensor, tensor([2.5]) as Tensor];
    const [found, wanted] = [operation(number, { axis }), operation(list, { axis })];
    expect(found.data).toEqual(wanted.data);
    expect(found.rank).toBe(operation === along.windows ? 1 : 0);
    const [slope, other] = [number, list].map((x) => grad([x], () => sum(operation(x, { axis }))).get(x));
    expect(slope!.shape).toEqual([]);
    expect(slope!.data).toEqual(other!.data);
  });
  it.each([1, -2])("and has no axis %i", (axis) => {
    expect(() => operation(tensor(2.5), { axis })).toThrow(/axis (1|-2)|axes\[1\]/);
  });
});

describe("an axis of a tensor of rank 0", () => {
  it("counts once in a list of axes", () => {
    expect(() => sum(tensor(1) as Tensor, { axis: [0, -1] })).toThrow("sum: axis 0 comes twice");
  });
  it("is where its greatest and its smallest number is", () => {
    const x: Tensor = tensor(3);
    expect([argmax(x, { axis: 0 }), argmin(x, { axis: -1, keepAxis: true })]).toEqual([0, 0]);
  });
  const x: Tensor = tensor(1);
  it.each<[string, () => unknown]>([
    ["slice", () => slice(x, { axis: 0 })],
    ["split", () => split(x, { size: 1, axis: 0 })],
    ["chunk", () => chunk(x, { chunks: 1, axis: 0 })],
    ["concatenate", () => concatenate([x, x], { axis: 0 })],
    ["glu", () => glu(x, { axis: 0 })],
    ["permute", () => permute(x, [0])],
    ["repeat", () => repeat(x, { times: 2, axis: 0 })],
  ])("is nothing that %s could cut or join", (name, call) => {
    expect(call).toThrow(new RegExp(`^${name}: .*\\[\\]`));
  });
});
