import { describe, expect, it, vi } from "vitest";
import { kernels } from "../../../src/kernels";
import {
  add,
  attention,
  attentionWeights,
  dropout,
  embedding,
  gelu,
  grad,
  type HeadShape,
  initials,
  layerNorm,
  linear,
  matmul,
  multiply,
  type Over,
  Parameter,
  permute,
  random,
  reshape,
  ShapeError,
  slice,
  softmax,
  sum,
  type Tensor,
  tensor,
  valueAndGradients,
  where,
  zeros,
} from "../../../src/tensor";
import { isRecording } from "../../../src/tensor/record";
import { checkGradients } from "../../../src/testing";

type Heads = Tensor<HeadShape>;

const x = tensor([1, 2, 3]);
const square = () => sum(multiply(x, x));

describe("valueAndGradients", () => {
  it("gives the value and the gradient of each tensor", () => {
    const { value, gradients } = valueAndGradients([x], square);
    expect(value.item()).toBe(14);
    expect(gradients.get(x).toArray()).toEqual([2, 4, 6]);
    expect(gradients.get("0").toArray()).toEqual([2, 4, 6]);
  });

  it("gives zeros for what the value does not depend on, but only if something else does or it is allowed", () => {
    const other = zeros([2, 2]);
    const none = [
      [0, 0],
      [0, 0],
    ];
    expect(grad([x, other], square).get(other).toArray()).toEqual(none);
    expect(grad([other], square, { allowUnused: true }).get(other).toArray()).toEqual(none);
  });

  describe("refuses to give zeros over what the value does not depend on", () => {
    const weight = new Parameter([2], initials.ones());
    weight.assign(Float32Array.of(3, 4));
    const unused = new Parameter([1], initials.ones());
    unused.assign(Float32Array.of(5));
    const model = {
      parameters: () =>
        new Map<string, Parameter>([
          ["weight", weight],
          ["unused", unused],
        ]),
    };
    const before = multiply(x, x);

    it.each<[string, Over, () => Tensor]>([
      ["a tensor of which something was computed before", [x], () => sum(before)],
      ["a tensor of which only the numbers were used", [x], () => sum(tensor(multiply(x, 2).data))],
      ["a tensor whose only use is left aside", [x], () => [sum(x), sum(before)][1]!],
      ["tensors that are all unused", [x, zeros([2, 2])], () => sum(before)],
      ["all of a model", model, () => sum(before)],
      ["all of a model, of which only the numbers were used", model, () => sum(tensor(weight.data))],
      ["a mask, which has no gradient", [tensor([1, 0, 1])], () => sum(where(tensor([1, 0, 1]), x, 0))],
    ])("%s", (_, over, value) => {
      for (const [name, take] of Object.entries({ grad, valueAndGradients })) {
        expect(() => take(over, value)).toThrow(RangeError);
        expect(() => take(over, value)).toThrow(new RegExp(`^${name}: .*inside f,.*allowUnused: true`));
        take(over, value, { allowUnused: true });
      }
    });

    it("but takes a model with parameters that the value does not reach, and one without any", () => {
      expect(
        grad(model, () => sum(weight))
          .get("unused")
          .toArray(),
      ).toEqual([0]);
      expect([...grad({ parameters: () => new Map() }, () => sum(x))]).toEqual([]);
      expect([...grad([], () => sum(x))]).toEqual([]);
    });

    it("and refuses options that it does not know", () => {
      // @ts-expect-error an option that does not exist
      expect(() => grad([x], square, { retainGraph: true })).toThrow(/grad: there is no option "retainGraph"/);
    });
  });

  it("sums over every use of a tensor, and lets dead ends go", () => {
    const gradients = grad([x], () => {
      multiply(x, 100);
      return sum(add(add(x, x), multiply(x, 3)));
    });
    expect(gradients.get(x).toArray()).toEqual([5, 5, 5]);
  });

  it("differentiates a function that returns the tensor itself", () => {
    const one = tensor([4]);
    expect(
      grad([one], () => one)
        .get(one)
        .toArray(),
    ).toEqual([1]);
  });

  it("finds a model's parameters by path", () => {
    const weight = new Parameter([2], initials.ones());
    weight.assign(Float32Array.of(3, 4));
    const model = { parameters: () => new Map([["layer.weight", weight]]) };
    const { gradients } = valueAndGradients(model, () => sum(multiply(weight, weight)));
    expect(gradients.get("layer.weight").toArray()).toEqual([6, 8]);
    expect(gradients.get(weight).toArray()).toEqual([6, 8]);
    expect(gradients.has("layer.weight")).toBe(true);
    expect(gradients.has("layer.bias")).toBe(false);
    expect([...gradients].map(([path, gradient]) => [path, gradient.toArray()])).toEqual([["layer.weight", [6, 8]]]);
  });

  it("names the key that it has no gradient of", () => {
    const gradients = grad([x], square);
    expect(() => gradients.get("layer.weight")).toThrow(/no gradient was taken over "layer.weight"/);
    expect(() => gradients.get(zeros([2, 5]))).toThrow(RangeError);
    expect(() => gradients.get(zeros([2, 5]))).toThrow("[2, 5]");
    expect(gradients.has(zeros([2, 5]))).toBe(false);
  });

  it("refuses a function that returns more than one number", () => {
    expect(() => valueAndGradients([x], () => x)).toThrow(ShapeError);
    expect(() => valueAndGradients([x], () => x)).toThrow(/not shape \[3\]; apply sum or mean/);
    // @ts-expect-error f must give a tensor
    expect(() => valueAndGradients([x], () => 3)).toThrow(TypeError);
    // @ts-expect-error f must not be asynchronous
    expect(() => valueAndGradients([x], async () => sum(x))).toThrow(TypeError);
  });

  it("takes gradients of gradients", () => {
    const cube = () => sum(multiply(multiply(x, x), x));
    const second = grad([x], () => sum(grad([x], cube).get(x)));
    expect(second.get(x).toArray()).toEqual([6, 12, 18]);
    expect(grad([x], square).get(x).toArray()).toEqual([2, 4, 6]);
  });

  it("goes on recording when a function inside throws", () => {
    const gradients = grad([x], () => {
      expect(() =>
        valueAndGradients([x], () => {
          throw new RangeError("from f");
        }),
      ).toThrow("from f");
      return square();
    });
    expect(gradients.get(x).toArray()).toEqual([2, 4, 6]);
  });

  it("stops recording when the function throws", () => {
    expect(() =>
      valueAndGradients([x], () => {
        throw new RangeError("from f");
      }),
    ).toThrow("from f");
    expect(isRecording()).toBe(false);
    expect(grad([x], square).get(x).toArray()).toEqual([2, 4, 6]);
  });

  it("records only inside", () => {
    expect(isRecording()).toBe(false);
    valueAndGradients([x], () => {
      expect(isRecording()).toBe(true);
      return square();
    });
    expect(isRecording()).toBe(false);
  });

  it("computes only the gradients that are asked for: a frozen weight costs no product", () => {
    const [x, weight, b] = [tensor([[1, 2]]), tensor([[3, 4]]), tensor([5])];
    const products = vi.spyOn(kernels(), "matmul");
    const count = (over: Tensor[], value: () => Tensor) => {
      products.mockClear();
      grad(over, value);
      // The first is that of f itself.
      return products.mock.calls.length - 1;
    };
    const layer = () => sum(linear(x, weight, b));
    const product = () => sum(matmul(x, permute(weight, [1, 0])));
    expect([[b], [x], [weight], [x, weight]].map((over) => count(over, layer))).toEqual([0, 1, 1, 2]);
    expect([[x], [weight], [x, weight]].map((over) => count(over, product))).toEqual([1, 1, 2]);
    products.mockRestore();
  });
});

describe("gradients of compositions agree with central differences", () => {
  const draw = (seed: number, shape: readonly number[]) =>
    tensor(random(seed).normal(shape.reduce((product, size) => product * size, 1)), shape);

  it("a block of attention and a feed-forward layer", () => {
    const weights = [draw(1, [12, 4]), draw(2, [8, 4]), draw(3, [8]), draw(4, [4, 8]), draw(5, [4])] as const;
    const table = draw(6, [5, 4]);
    const block = (qkv: Tensor, up: Tensor, upBias: Tensor, down: Tensor, downBias: Tensor, embeddings: Tensor) => {
      const hidden = embedding(
        [
          [0, 3, 3],
          [1, 4, 0],
        ],
        embeddings,
      ); // [2, 3, 4]
      const parts = reshape(linear(layerNorm(hidden), qkv), [2, 3, 3, 4]);
      const [q, k, v] = [0, 1, 2].map((i) => reshape(slice(parts, { axis: 2, start: i, end: i + 1 }), [2, 3, 2, 2]));
      const mixed = attention(q!, k!, v!, { mask: "causal" });
      const after = add(hidden, reshape(mixed, [2, 3, 4]));
      return add(after, linear(gelu(linear(layerNorm(after), up, upBias)), down, downBias));
    };
    const result = checkGradients(block, [...weights, table], { step: 2 ** -6 });
    expect(result.maxRelativeError, JSON.stringify(result.worst)).toBeLessThan(1e-4);
  });

  it("the explicit weights of attention, hidden keys included", () => {
    const mask = tensor([
      [1, 0, 1],
      [0, 0, 0],
    ]);
    const [q, k] = [tensor(random(8).normal(16), [1, 2, 4, 2]), tensor(random(9).normal(12), [1, 3, 2, 2])];
    const result = checkGradients((query, key) => attentionWeights(query, key, { mask }), [q, k]);
    expect(result.maxRelativeError, JSON.stringify(result.worst)).toBeLessThan(1e-4);
  });

  it("dropout with its random numbers made anew", () => {
    const input = draw(10, [4, 5]);
    const result = checkGradients((value) => dropout(value, { rate: 0.5, random: random(1) }), [input]);
    expect(result.maxRelativeError).toBeLessThan(1e-4);
    const gradient = grad([input], () => sum(dropout(input, { rate: 0.5, random: random(1) }))).get(input);
    expect(new Set(gradient.data)).toEqual(new Set([0, 2]));
  });

  it("a query that sees no key has zero gradient, and gives none to keys and values", () => {
    const [q, k, v] = [1, 2, 3].map((seed) => tensor(random(seed).normal(4), [1, 2, 1, 2])) as [Heads, Heads, Heads];
    const gradients = grad([q, k, v], () => sum(multiply(attention(q, k, v, { mask: zeros([2, 2]) }), 7)));
    for (const each of [q, k, v]) expect([...gradients.get(each).data]).toEqual([0, 0, 0, 0]);
  });

  it("where lets no NaN through from the side that was not chosen", () => {
    const input = tensor([0, 4]);
    const gradients = grad([input], () => sum(where(tensor([0, 1]), softmax(input), 1)));
    expect([...gradients.get(input).data].every(Number.isFinite)).toBe(true);
  });

  it("matmul of a parameter that is used by two batches adds both", () => {
    const weight = draw(11, [3, 2]);
    const batch = draw(12, [4, 2, 3]);
    const once = grad([weight], () => sum(matmul(batch, weight))).get(weight);
    const sums = permute(batch, [2, 0, 1]).toArray() as number[][][];
    sums.forEach((row, i) => {
      const total = row.flat().reduce((a, b) => a + b, 0);
      expect(once.data[2 * i]).toBeCloseTo(total, 5);
      expect(once.data[2 * i + 1]).toBeCloseTo(total, 5);
    });
  });
});
