import { afterEach, describe, expect, it } from "vitest";
import { kernels, referenceKernels, useKernels } from "../../src/kernels";
import { softmaxGradient, unaryGradient } from "../../src/kernels/internal";
import {
  add,
  crossEntropy,
  divide,
  dropout,
  initials,
  linear,
  log,
  multiply,
  Parameter,
  random,
  relu,
  softmax,
  subtract,
  type Tensor,
  tanh,
  tensor,
  zeros,
} from "../../src/tensor";
import { checkGradients } from "../../src/testing";

const x = tensor([
  [0.5, -1, 2],
  [1, 0.25, -0.75],
]);

describe("checkGradients of a function of tensors", () => {
  it("finds a right gradient right, element by element", () => {
    const result = checkGradients((a, b) => multiply(softmax(a), b), [x, tensor([1, 2, 3])]);
    expect(result.maxRelativeError).toBeLessThan(1e-4);
    expect(result.checked).toBe(9);
  });

  it("measures a derivative that is known: 1/x of the logarithm at 2", () => {
    const { worst } = checkGradients((value) => log(value), [tensor([2])], { seed: 3 });
    // Weighted by a number between 1/2 and 3/2.
    expect(worst!.analytic).toBeGreaterThan(0.25);
    expect(worst!.analytic).toBeLessThan(0.75);
    expect(worst!.numeric / worst!.analytic).toBeCloseTo(1, 5);
  });

  it("leaves the inputs as they were, also when f throws", () => {
    const before = [...x.data];
    checkGradients((value) => tanh(value), [x]);
    expect([...x.data]).toEqual(before);
    let calls = 0;
    const failing = () =>
      checkGradients(
        (value) => {
          if (++calls === 6) throw new Error("from f");
          return tanh(value);
        },
        [x],
      );
    expect(failing).toThrow("from f");
    expect([...x.data]).toEqual(before);
  });

  it("adds up the derivatives of a tensor that is given twice", () => {
    expect(checkGradients((a, b) => multiply(a, b), [x, x]).maxRelativeError).toBeLessThan(1e-4);
  });

  it("checks the number of elements that is asked for, the same for a seed", () => {
    const wide = tensor(random(1).normal(100), [100]);
    const visited = (seed: number) =>
      checkGradients((value, _) => tanh(value), [wide, zeros([2])], { elements: 5, seed });
    expect(visited(1).checked).toBe(7);
    expect(visited(1)).toEqual(visited(1));
  });

  it("finds no error where there are no elements", () => {
    expect(checkGradients((value) => tanh(value), [zeros([0, 2])])).toEqual({
      ...{ maxRelativeError: 0, worst: undefined, checked: 0 },
    });
  });

  it("takes a step to one side of a kink nearby", () => {
    for (const near of [0.1, 0.01, -0.001]) {
      const result = checkGradients((value) => relu(value), [tensor([near])]);
      expect(result.maxRelativeError).toBeLessThan(1e-4);
      expect(result.worst!.numeric).toBeCloseTo(result.worst!.analytic, 4);
    }
    const far = checkGradients((value) => relu(value), [tensor([0.01])], { step: 2 ** -5 });
    expect(far.worst!.numeric).not.toBeCloseTo(far.worst!.analytic, 1);
  });

  it("takes any slope between those of its sides for right at a kink, and no other", () => {
    const sloped = (slope: number) => {
      const x = tensor([0]);
      // The gradient of a product with a constant, and the numbers of relu.
      const f = (value: Tensor) =>
        add(relu(tensor(value.data, [1])), multiply(subtract(value, tensor(value.data, [1])), slope));
      return checkGradients(f, [x]).maxRelativeError;
    };
    for (const slope of [0, 0.3, 1]) expect(sloped(slope)).toBeLessThan(1e-4);
    for (const slope of [-5, 5]) expect(sloped(slope)).toBeGreaterThan(2e-4);
  });

  it.each([1e-3, 0.02, 1, 50])("chooses its step where the function varies over a length of %s", (length) => {
    const result = checkGradients((value) => tanh(divide(value, length)), [tensor([0.3 * length, -length, 0])]);
    expect(result.maxRelativeError).toBeLessThan(1e-4);
    expect(result.worst!.numeric / result.worst!.analytic).toBeCloseTo(1, 4);
  });

  it("takes NaN for an infinite error", () => {
    expect(checkGradients((value) => log(value), [tensor([-1])]).maxRelativeError).toBe(Number.POSITIVE_INFINITY);
  });

  it("refuses a function that draws other numbers in every call", () => {
    const stream = random(1);
    expect(() => checkGradients((value) => dropout(value, { rate: 0.5, random: stream }), [x])).toThrow(
      /two calls of f/,
    );
  });

  it("refuses functions and options that it cannot check", () => {
    expect(() => checkGradients((value) => tanh(value), [x], { step: 0 })).toThrow(RangeError);
    expect(() => checkGradients((value) => tanh(value), [x], { elements: 0 })).toThrow(/elements/);
    // @ts-expect-error f gives a number
    expect(() => checkGradients(() => 1, [x])).toThrow(TypeError);
  });
});

describe("checkGradients finds a wrong gradient", () => {
  const before = kernels();
  afterEach(() => useKernels(before));
  const spoil = (name: string, change: (g: number, i: number) => number) =>
    useKernels({
      ...referenceKernels,
      run: (primitive, ...args) => {
        const found = referenceKernels.run(primitive, ...args);
        if (primitive.name === name && found instanceof Float32Array) found.set(found.map(change));
        return found;
      },
    });

  it("one per mille too large, in one element of an input", () => {
    spoil(softmaxGradient.name, (g, i) => (i === 4 ? g * 1.001 : g));
    const result = checkGradients((a) => softmax(a), [x]);
    expect(result.maxRelativeError).toBeGreaterThan(5e-4);
    expect(result.worst).toMatchObject({ input: "0", index: [1, 1] });
    expect(result.worst!.analytic / result.worst!.numeric).toBeCloseTo(1.001, 4);
  });

  it("that is missing whole", () => {
    spoil(unaryGradient.name, () => 0);
    expect(checkGradients((a) => tanh(a), [x]).maxRelativeError).toBe(1);
  });

  it("of the wrong sign", () => {
    spoil(unaryGradient.name, (g) => -g);
    expect(checkGradients((a) => tanh(a), [x]).maxRelativeError).toBeCloseTo(2, 4);
  });
});

describe("checkGradients of a loss over a model", () => {
  const parameter = (path: string, shape: number[], seed: number) => {
    const made = new Parameter(shape, initials.normal(0.5));
    made.path = path;
    made.assign(made.initial(random(seed), shape));
    return made;
  };
  const weight = parameter("output.weight", [4, 3], 1);
  const bias = parameter("output.bias", [4], 2);
  const model = {
    parameters: () =>
      new Map([
        ["output.weight", weight],
        ["output.bias", bias],
      ]),
  };
  const loss = () => crossEntropy(linear(x, weight, bias), [2, 0], { reduction: "none" });

  it("finds right gradients right and restores the values", () => {
    const before = [[...weight.data], [...bias.data]];
    const result = checkGradients(loss, model);
    expect(result.maxRelativeError).toBeLessThan(1e-4);
    expect(result.checked).toBe(16);
    expect([[...weight.data], [...bias.data]]).toEqual(before);
  });

  it("restores the values when the loss throws", () => {
    const before = [...weight.data];
    let calls = 0;
    const failing = () => {
      if (++calls === 7) throw new Error("from the loss");
      return loss();
    };
    expect(() => checkGradients(failing, model)).toThrow("from the loss");
    expect([...weight.data]).toEqual(before);
  });

  it("names the parameter whose gradient is wrong", () => {
    // The bias is used through its numbers alone, so that no gradient reaches it.
    const result = checkGradients(() => linear(x, weight, tensor(bias.data, [4])), model);
    expect(result.worst!.input).toBe("output.bias");
    expect(result.maxRelativeError).toBe(1);
  });
});
