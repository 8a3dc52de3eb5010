import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kernels as current, type Kernels, useKernels } from "../../../src/kernels";
import { attention, attentionWeights, multiply, random, sum, Tensor, valueAndGradients } from "../../../src/tensor";
import { implementations } from "../../kernels/implementations";
import { gradientCases } from "../gradients/gradient-cases";
import { emptyCases } from "./empty-cases";

/** A result's shape and numbers, and those of the gradients for every input. */
interface Outcome {
  shape: readonly number[];
  parts: readonly { name: string; numbers: Float32Array }[];
}

function outcome(operation: (...inputs: readonly Tensor[]) => Tensor, inputs: readonly Tensor[]): Outcome {
  const output = operation(...inputs);
  const cotangent = new Tensor(output.shape, random(5).normal(output.size));
  const { gradients } = valueAndGradients(inputs, () => sum(multiply(operation(...inputs), cotangent)));
  const parts = inputs.map((input, i) => ({ name: `∂input ${i}`, numbers: gradients.get(input).data }));
  return { shape: output.shape, parts: [{ name: "value", numbers: output.data }, ...parts] };
}

/** NaN where the reference has NaN, an infinity where it has that one, and near it elsewhere. */
function expectAlike(found: Outcome, wanted: Outcome, what: string): void {
  expect(found.shape, what).toEqual(wanted.shape);
  for (const [k, { name, numbers }] of found.parts.entries()) {
    const reference = wanted.parts[k]!.numbers;
    expect(numbers.length, what).toBe(reference.length);
    numbers.forEach((value, i) => {
      const other = reference[i]!;
      const same =
        Object.is(value, other) || value === other || Math.abs(value - other) <= 1e-4 * (1 + Math.abs(other));
      if (!same) throw new Error(`${what}: ${name}, element ${i} is ${value} where the reference has ${other}`);
    });
  }
}

const [reference, ...others] = implementations.map(({ kernels }) => kernels) as [Kernels, ...Kernels[]];

function inKernels<Result>(kernels: Kernels, operation: () => Result): Result {
  useKernels(kernels);
  return operation();
}

/** The inputs with one number replaced, in a few places of each. */
function* poisoned(inputs: readonly Tensor[], values: readonly number[]): Generator<[string, Tensor[]]> {
  for (const [which, input] of inputs.entries())
    for (const place of new Set([0, Math.floor(input.size / 2), input.size - 1]))
      for (const value of input.size === 0 ? [] : values) {
        const data = input.data.slice();
        data[place] = value;
        yield [`input ${which}[${place}] = ${value}`, inputs.toSpliced(which, 1, new Tensor(input.shape, data))];
      }
}

describe.each(Object.entries(gradientCases))("%s: NaN and infinities spread alike on all kernels", (_, cases) => {
  let before: Kernels;
  beforeAll(() => {
    before = current();
  });
  afterAll(() => useKernels(before));

  it.each(cases)("$name", ({ check }) => {
    check((operation, inputs) => {
      const run = operation as (...inputs: readonly Tensor[]) => Tensor;
      for (const [what, given] of poisoned(inputs, [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])) {
        const wanted = inKernels(reference, () => outcome(run, given));
        for (const kernels of others) {
          const found = inKernels(kernels, () => outcome(run, given));
          expectAlike(found, wanted, `${kernels.name}, ${what}`);
        }
      }
    });
  });
});

describe.each(Object.entries(emptyCases))("%s: axes without elements are alike on all kernels", (_, cases) => {
  let before: Kernels;
  beforeAll(() => {
    before = current();
  });
  afterAll(() => useKernels(before));

  it.each(cases)("$name", ({ inputs, operation, shape }) => {
    const wanted = inKernels(reference, () => outcome(operation, inputs));
    expect(wanted.shape).toEqual(shape);
    expect(wanted.parts[0]!.numbers.every((x) => x === 0)).toBe(true);
    for (const { numbers } of wanted.parts) expect(numbers.every(Number.isFinite)).toBe(true);
    for (const kernels of others)
      expectAlike(
        inKernels(kernels, () => outcome(operation, inputs)),
        wanted,
        kernels.name,
      );
  });
});

describe("attention between vectors of no numbers", () => {
  it.each(implementations)("has equal weights, as PyTorch's: $kernels.name", ({ kernels }) => {
    const before = current();
    useKernels(kernels);
    try {
      const v = new Tensor([1, 3, 1, 2] as const, Float32Array.of(1, 2, 3, 4, 5, 9));
      const empty = (seq: number) => new Tensor([1, seq, 1, 0] as const, new Float32Array(0));
      expect(attention(empty(2), empty(3), v).toArray()).toEqual([[[[3, 5]], [[3, 5]]]]);
      expect(attentionWeights(empty(1), empty(2)).toArray()).toEqual([[[[0.5, 0.5]]]]);
    } finally {
      useKernels(before);
    }
  });
});
