import { describe, expect, it } from "vitest";
import { concatenate, grad, multiply, random, reshape, sum, Tensor } from "../../../src/tensor";
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

describe("every operation's second derivatives agree with central differences of its first", () => {
  describe.each(Object.entries(gradientCases))("%s", (_, cases) => {
    it.each(cases)("$name", ({ check }) => {
      check((f, inputs) => {
        const operation = f as unknown as Operation;
        const model = { parameters: () => new Map(inputs.map((input, i) => [String(i), input])) as never };
        // One step suits all of these functions; to choose one for each value takes twice as long.
        const result = checkGradients(() => firstByOperations(operation, inputs), model, { step: 2 ** -5 });
        expect(result.checked).toBe(inputs.reduce((total, input) => total + input.size, 0));
        expect(result.maxRelativeError, JSON.stringify(result.worst)).toBeLessThan(1e-3);
        const [kernels, operations] = [firstGradients(operation, inputs), firstByOperations(operation, inputs)];
        const most = kernels.data.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
        expect(maxDifference(kernels, operations) / most).toBeLessThan(1e-5);
      });
    });
  });
});
