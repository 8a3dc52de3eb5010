import { describe, expect, it } from "vitest";
import {
  add,
  concatenate,
  grad,
  matmul,
  multiply,
  random,
  reshape,
  sum,
  Tensor,
  tensor,
  zeros,
} from "../../../src/tensor";
import * as activations from "../../../src/tensor/operations/activations";
import * as functions from "../../../src/tensor/operations/functions";
import * as pairs from "../../../src/tensor/operations/pairs";
import { recordOnto, Tape } from "../../../src/tensor/record";
import { checkGradients, maxDifference } from "../../../src/testing";
import { gradientCases } from "./gradient-cases";

type Operation = (...inputs: readonly Tensor[]) => Tensor;

/** The gradients of Σ w y over the outputs y, in one list. */
function firstGradients(operation: Operation, inputs: readonly Tensor[]): Tensor {
  const loss = () => {
    const y = operation(...inputs);
    // Of either sign, so that the weights are no multiple of ones: the gradient of a softmax would vanish.
    return sum(multiply<readonly number[], readonly number[]>(y, new Tensor(y.shape, random(7).normal(y.size))));
  };
  const gradients = grad(inputs, loss, { allowUnused: true });
  return concatenate(
    inputs.map((input) => reshape(gradients.get(input), [input.size])),
    { axis: 0 },
  );
}

/** Made of operations, as where gradients are recorded. */
const firstByOperations = (operation: Operation, inputs: readonly Tensor[]) =>
  recordOnto(new Tape(inputs), () => firstGradients(operation, inputs));

const DIRECTIONS = 3;

/**
 * The gradients by operations where each input has moved by as much along each of a few random directions. A wrong
 * second derivative shows along any of them, and there are far fewer directions than elements.
 */
function firstAlong(operation: Operation, inputs: readonly Tensor[]): (distances: Tensor) => Tensor {
  const elements = Math.max(
    1,
    inputs.reduce((total, input) => total + input.size, 0),
  );
  const directions = inputs.map(({ size }, i) =>
    multiply(tensor(random(8 + i).normal(DIRECTIONS * size), [DIRECTIONS, size]), elements ** -0.5),
  );
  return (distances) => {
    const moved = inputs.map((input, i) => {
      const along: Tensor = matmul(reshape(distances, [1, DIRECTIONS]), directions[i]!);
      return add(input, reshape(along, input.shape)) as Tensor;
    });
    return firstByOperations(operation, moved);
  };
}

function expectSecondDerivatives(operation: Operation, inputs: readonly Tensor[]): void {
  const result = checkGradients(firstAlong(operation, inputs), [zeros([DIRECTIONS])]);
  expect(result.checked).toBe(DIRECTIONS);
  expect(result.maxRelativeError, JSON.stringify(result.worst)).toBeLessThan(1e-3);
}

/** Away from where functions bend or jump, and as far from each other. */
const POINTS = [-2.2, -1.2, -0.7, -0.3, 0.3, 0.7, 1.2, 2.2];

describe("every operation's second derivatives agree with central differences of its first", () => {
  describe.each(Object.entries({ ...functions, ...activations }))("%s, found by its file", (_, f) => {
    it("where it is finite", () => {
      const finite = POINTS.filter((x) => Number.isFinite((f as Operation)(tensor([x, x])).data[0]));
      expect(finite.length).toBeGreaterThanOrEqual(4);
      expectSecondDerivatives(f as Operation, [tensor(finite)]);
    });
  });

  it.each(Object.entries(pairs))("%s, found by its file, of positive numbers", (_, f) => {
    expectSecondDerivatives(f as Operation, [tensor([0.3, 0.7, 1.2, 2.2]), tensor([1.2, 2.2, 0.7, 0.3])]);
  });

  describe.each(Object.entries(gradientCases))("%s", (_, cases) => {
    it.each(cases)("$name", ({ check }) => {
      check((f, inputs) => {
        const operation = f as unknown as Operation;
        expectSecondDerivatives(operation, inputs);
        const [kernels, operations] = [firstGradients(operation, inputs), firstByOperations(operation, inputs)];
        const most = kernels.data.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
        expect(maxDifference(kernels, operations) / most).toBeLessThan(1e-5);
      });
    });
  });
});
