import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { initialize, KeyValueCache, Linear } from "../../src/blocks";
import { gpt } from "../../src/models";
import { grad, initials, multiply, ones, Parameter, random, sum, Tensor, tensor, zeros } from "../../src/tensor";
import { prepareQuantized } from "../../src/tensor/internal";
import { tensors } from "../../src/testing";
import { type AdamW, type AdamWOptions, adamW } from "../../src/training";
import { equalities, inequalities } from "../tools";

const parameter = (numbers: number[], shape: number[] = [numbers.length]) => {
  const made = new Parameter(shape, initials.normal(1));
  made.assign(Float32Array.from(numbers));
  return made;
};
const quantized = (first: number, format: "q8" | "q4" = "q8") => {
  const made = new Parameter([1, 32], initials.zeros());
  prepareQuantized(made, { weights: format }, new Float32Array(32).fill(1, 1).fill(first, 0, 1))();
  return made;
};
const count = (length: number) => Float32Array.from({ length: length }, (_, i) => i);

/** Pairs of values that are made anew and equal. */
const equal: Readonly<Record<string, () => unknown>> = {
  "a vector": () => tensor([1, 2]),
  "a number": () => tensor(3),
  "a matrix": () => tensor([[1, 2], [3, 4]]), // biome-ignore format: a matrix
  "an empty tensor": () => zeros([2, 0, 3]),
  "infinities and -0": () => tensor([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0]),
  "numbers of rank 4": () => tensor(count(24), [1, 2, 3, 4]),
  "tensors in arrays and objects": () => ({ x: [tensor([1]), tensor(2)], y: { z: ones([2, 2]) } }),
  "tensors in a Map": () => new Map([["x", tensor([1, 2])]]),
  "tensors in a Set": () => new Set([tensor([1, 2])]),
  "a parameter": () => parameter([1, 2]),
  "a parameter of rank 2": () => parameter([1, 2, 3, 4], [2, 2]),
  "a parameter in 8 bits": () => quantized(2),
  "a parameter without values": () => new Parameter([2, 3], initials.ones()),
  "parameters in a Map": () => new Map([["weight", parameter([1, 2])]]),
  "a stream of random numbers": () => random(7),
  gradients: () => gradientsAt(3),
  "an optimizer": () => optimizer({}),
  "an optimizer that has stepped": () => stepped(optimizer({})),
  "a cache": () => cached(1),
};

const drawn = (stream: ReturnType<typeof random>) => {
  stream.next();
  return stream;
};

const gradientsAt = (x: number) => {
  const weight = parameter([x]);
  return grad([weight], () => sum(multiply(weight, weight)));
};

const optimizer = (options: Partial<AdamWOptions>) =>
  adamW(initialize(new Linear({ inFeatures: 2, outFeatures: 1 }), { seed: 1 }), { learningRate: 0.1, ...options });
const stepped = (optimizer: AdamW, size = 1) => {
  optimizer.step(
    new Map<string, Tensor>([
      ["weight", tensor([[size, 2]])],
      ["bias", tensor([0])],
    ]),
    { learningRate: 0 },
  );
  return optimizer;
};

/** Of a model that has seen one token. */
const cached = (token: number) => {
  const cache = new KeyValueCache({ capacity: 4 });
  gpt({ vocabSize: 4, contextLength: 4, dModel: 4, heads: 1, layers: 1 }, { seed: 1 }).forward([[token]], { cache });
  return cache;
};

/** Pairs of values that differ. */
const different: Readonly<Record<string, readonly [() => unknown, () => unknown]>> = {
  "streams of other seeds": [() => random(1), () => random(2)],
  "streams that have drawn differently": [() => random(1), () => drawn(random(1))],
  "a gradient": [() => gradientsAt(3), () => gradientsAt(4)],
  "learning rates of optimizers": [() => optimizer({}), () => optimizer({ learningRate: 0.2 })],
  "betas of optimizers": [() => optimizer({}), () => optimizer({ betas: [0.9, 0.99] })],
  "epsilons of optimizers": [() => optimizer({}), () => optimizer({ epsilon: 1e-6 })],
  "weight decays of optimizers": [() => optimizer({}), () => optimizer({ weightDecay: 0 })],
  "which parameters decay": [() => optimizer({}), () => optimizer({ decays: (_, { rank }) => rank > 1 })],
  "which parameters are frozen": [() => optimizer({}), () => optimizer({ freeze: ["bias"] })],
  "steps of optimizers": [() => optimizer({}), () => stepped(optimizer({}))],
  "moments of optimizers": [() => stepped(optimizer({})), () => stepped(optimizer({}), 3)],
  "what caches hold": [() => cached(1), () => cached(2)],
  "the cases' numbers": [() => tensor([1, 2]), () => tensor([3, 4])],
  "the last number": [() => tensor([1, 2]), () => tensor([1, 3])],
  "the number of a scalar": [() => tensor(1), () => tensor(2)],
  "a number and NaN": [() => tensor([1]), () => tensor([Number.NaN])],
  "the last bit": [() => tensor([1]), () => tensor([1 + 2 ** -23])],
  "shapes of the same numbers": [() => tensor([1, 2]), () => tensor([[1, 2]])],
  "shapes without numbers": [() => zeros([2, 0]), () => zeros([0, 2])],
  "the shape of a number": [() => tensor(1), () => tensor([1])],
  "lengths": [() => zeros([2]), () => zeros([3])], // biome-ignore format: as the others
  "deep numbers": [() => tensor(count(24), [1, 2, 3, 4]), () => tensor(count(24).fill(7, 23), [1, 2, 3, 4])],
  "tensors in objects": [() => ({ x: [tensor([1])] }), () => ({ x: [tensor([2])] })],
  "tensors in a Map": [() => new Map([["x", tensor([1])]]), () => new Map([["x", tensor([2])]])],
  "tensors in a Set": [() => new Set([tensor([1])]), () => new Set([tensor([2])])],
  "a parameter's values": [() => parameter([1, 2]), () => parameter([1, 3])],
  "a parameter's shape": [() => parameter([1, 2]), () => parameter([1, 2], [1, 2])],
  "a parameter's values and their absence": [() => parameter([1]), () => new Parameter([1], initials.ones())],
  "bits": [() => quantized(2, "q8"), () => quantized(2, "q4")], // biome-ignore format: as the others
  "quantized values": [() => quantized(2), () => quantized(3)],
  "a tensor and an array": [() => tensor([1, 2]), () => [1, 2]],
};

describe.each(Object.entries(equalities))("%s", (_, expectEqual) => {
  it.each(Object.entries(equal))("takes %s for equal to another like it", (_, make) => {
    expectEqual(make(), make());
  });

  it.each(Object.entries(different))("fails where values differ in %s", (_, [left, right]) => {
    expect(() => expectEqual(left(), right())).toThrow();
    expect(() => expectEqual(right(), left())).toThrow();
  });
});

describe.each(Object.entries(inequalities))("%s", (_, expectDifferent) => {
  it.each(Object.entries(different))("passes where values differ in %s", (_, [left, right]) => {
    expectDifferent(left(), right());
  });

  it.each(Object.entries(equal))("fails for %s and another like it", (_, make) => {
    expect(() => expectDifferent(make(), make())).toThrow();
  });
});

describe("equality assertions", () => {
  // Node's loose deepEqual takes no NaN of any typed array for equal.
  const tools = Object.entries(equalities).filter(([name]) => name !== "node's deepEqual");
  it.each(tools)("take NaN for equal to NaN: %s", (_, expectEqual) => {
    expectEqual(tensor([1, Number.NaN]), tensor([1, Number.NaN]));
    expectEqual(tensor(Number.NaN), tensor(Number.NaN));
    expectEqual(parameter([Number.NaN]), parameter([Number.NaN]));
  });

  it.each(Object.entries(equalities))("fail for any two tensors that differ in a number: %s", (_, expectEqual) => {
    fc.assert(
      fc.property(tensors(), fc.nat(), (x, place) => {
        expectEqual(x, tensor(x.data, x.shape));
        if (x.size === 0) return;
        const data = x.data.slice();
        data[place % x.size] = data[place % x.size] === 1 ? 2 : 1;
        expect(() => expectEqual(x, new Tensor(x.shape, data))).toThrow();
      }),
      { numRuns: 30 },
    );
  });

  it("that do not look at classes take a parameter for equal to a tensor of the same numbers", () => {
    const loose = Object.entries(equalities).filter(([name]) => /toEqual|deepEqual|chai/.test(name));
    for (const [, expectEqual] of loose) {
      expectEqual(parameter([1, 2, 3, 4], [2, 2]), tensor([[1, 2], [3, 4]])); // biome-ignore format: a matrix
      expectEqual({ x: tensor([Number.POSITIVE_INFINITY]) }, { x: parameter([Number.POSITIVE_INFINITY]) });
      expect(() => expectEqual(parameter([1, 2]), tensor([1, 3]))).toThrow();
      expect(() => expectEqual(tensor([[1, 2]]), parameter([1, 2]))).toThrow();
      expect(() => expectEqual(quantized(1), tensor(new Float32Array(32).fill(1), [1, 32]))).toThrow();
    }
    expect(loose).toHaveLength(3);
  });

  it("do not need to know where a walk over a model has been", () => {
    const walked = parameter([1]);
    walked.path = "head.weight";
    for (const expectEqual of Object.values(equalities)) expectEqual(walked, parameter([1]));
  });
});
