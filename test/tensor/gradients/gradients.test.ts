import { describe, expect, it } from "vitest";
import { blockGradients } from "../../../src/tensor/gradients/blocks";
import { controlGradients } from "../../../src/tensor/gradients/control";
import { elementwiseGradients } from "../../../src/tensor/gradients/elementwise";
import { functionGradients } from "../../../src/tensor/gradients/functions";
import { layoutGradients } from "../../../src/tensor/gradients/layout";
import { matmulGradients } from "../../../src/tensor/gradients/matmul";
import { checkGradients } from "../../../src/testing";
import { caseNames, gradientCases } from "./gradient-cases";

describe("every operation's gradient agrees with central differences", () => {
  it("has a case for each name of the gradient table", () => {
    const table = {
      ...elementwiseGradients,
      ...functionGradients,
      ...layoutGradients,
      ...matmulGradients,
      ...blockGradients,
      ...controlGradients,
    };
    expect(caseNames.toSorted()).toEqual(Object.keys(table).toSorted());
    for (const [name, cases] of Object.entries(gradientCases)) expect(cases.length, name).toBeGreaterThan(0);
  });

  describe.each(Object.entries(gradientCases))("%s", (_, cases) => {
    it.each(cases)("$name", ({ check }) => {
      check((operation, inputs) => {
        const result = checkGradients(operation, inputs);
        expect(result.checked).toBe(inputs.reduce((total, input) => total + input.size, 0));
        expect(result.maxRelativeError, JSON.stringify(result.worst)).toBeLessThan(1e-4);
      });
    });
  });
});
