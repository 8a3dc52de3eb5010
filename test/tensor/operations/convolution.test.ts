import { describe, expect, it, vi } from "vitest";
import { kernels, type View } from "../../../src/kernels";
import { readView } from "../../../src/kernels/internal";
import {
  concatenate,
  conv1d,
  conv2d,
  multiply,
  random,
  type Shape,
  slice,
  sum,
  type Tensor,
  tensor,
  valueAndGradients,
  zeros,
} from "../../../src/tensor";
import { maxDifference } from "../../../src/testing";

const sizeOf = (shape: Shape) => shape.reduce((product, size) => product * size, 1);
const normal = (seed: number, shape: Shape): Tensor => tensor(random(seed).normal(sizeOf(shape)), shape);
const total = (a: Tensor, b: Tensor) => a.data.reduce((sum, x, i) => sum + x * b.data[i]!, 0);

describe("a convolution whose patches would be many is computed in parts", () => {
  const cases = [
    { name: "of a large image", x: [1, 8, 300, 300], weight: [4, 8, 3, 3], options: { padding: 1 } },
    { name: "of a large image, with a stride", x: [1, 8, 501, 500], weight: [4, 8, 3, 4], options: { stride: [2, 1] } },
    { name: "of many images", x: [40, 4, 60, 60], weight: [8, 2, 3, 3], options: { padding: 2, groups: 2 } },
    { name: "of many small images", x: [3000, 6, 16, 16], weight: [8, 6, 8, 8], options: { stride: 8 } },
  ] as const;

  it.each(cases)("$name", ({ x: ofX, weight: ofWeight, options }) => {
    const [x, weight] = [normal(1, ofX), normal(2, ofWeight)];
    const sizes: number[] = [];
    const { run } = kernels();
    vi.spyOn(kernels(), "run").mockImplementation((primitive, ...args) => {
      if ((primitive as unknown) === readView) {
        const [from, { shape, start, steps }] = args as unknown as [Float32Array, View];
        sizes.push(sizeOf(shape));
        const last = shape.reduce((place, size, axis) => place + Math.max(0, (size - 1) * steps[axis]!), start);
        expect(last, "the last element that is read").toBeLessThan(from.length);
      }
      return run(primitive, ...args);
    });
    const convolve = () => conv2d(x, weight, undefined, options as object);
    const y = convolve();
    const cotangent = normal(3, y.shape);
    const { gradients } = valueAndGradients([x, weight], () => sum(multiply(convolve(), cotangent)));
    vi.restoreAllMocks();
    expect(sizes.length).toBeGreaterThan(4);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(Math.max(1.25 * 2 ** 22, x.size, y.size));

    // Linear in x, in the weight and in the cotangent: each of these is the same sum of all products.
    const sums = [total(y, cotangent), total(x, gradients.get(x)), total(weight, gradients.get(weight))];
    const scale = Math.sqrt(total(y, y) * total(cotangent, cotangent));
    for (const each of sums) expect(Math.abs(each - sums[0]!) / scale).toBeLessThan(1e-6);
    expect(maxDifference(partOf(y), conv2d(partOf(x), weight, undefined, options as object))).toBeLessThan(1e-4);

    /** The last image or, of a single one, nothing less. */
    function partOf(all: Tensor): Tensor {
      return slice(all, { axis: 0, start: all.shape[0]! - 1 });
    }
  });

  it("as its rows alone", () => {
    const [x, weight] = [normal(1, [1, 8, 300, 300]), normal(2, [4, 8, 3, 3])];
    const rows = [0, 100, 200].map((start) => slice(x, { axis: 2, start, end: Math.min(300, start + 102) }));
    const parts = rows.map((part) => conv2d(part, weight)) as [Tensor, Tensor, Tensor];
    expect(maxDifference(conv2d(x, weight), concatenate(parts, { axis: 2 }))).toBeLessThan(1e-4);
  });
});

describe("a convolution says what is wrong with its options", () => {
  const x = zeros([1, 2, 8]);
  const weight = zeros([4, 2, 3]);

  it.each([
    [
      "options in the place of the bias",
      [{ stride: 2 }],
      TypeError,
      "as in conv1d(x, weight, undefined, { … }), not an object",
    ],
    ["null, as None in PyTorch", [null], TypeError, /bias must be a Tensor or undefined, not null$/],
    [
      "same padding with a stride",
      [undefined, { padding: "same", stride: 2 }],
      RangeError,
      'padding "same" keeps the size only with a stride of 1, not 2',
    ],
    ["another word", [undefined, { padding: "full" }], RangeError, 'padding must be "same" or "valid", not "full"'],
    [
      "strides of another rank",
      [undefined, { stride: [1, 2] }],
      RangeError,
      "stride must be a whole number or an array of one, not an array of 2",
    ],
    ["a stride of 0", [undefined, { stride: 0 }], RangeError, "stride must be a whole number of 1 or more, not 0"],
    [
      "padding below 0",
      [undefined, { padding: [-1] }],
      RangeError,
      "padding[0] must be a whole number of 0 or more, not -1",
    ],
    ["Keras's name", [undefined, { strides: 2 }], TypeError, 'did you mean "stride"?'],
    ["JAX's name", [undefined, { rhsDilation: 2 }], TypeError, 'did you mean "dilation"?'],
    ["TensorFlow's name", [undefined, { dilationRate: 2 }], TypeError, 'did you mean "dilation"?'],
  ])("%s", (_, more, Kind, message) => {
    const call = () => (conv1d as (...args: unknown[]) => unknown)(x, weight, ...more);
    expect(call).toThrow(Kind);
    expect(call).toThrow(message);
  });
});
