import { describe, expect, it } from "vitest";
import { gradients } from "../../../src/tensor/gradients";
import { checkGradients } from "../../../src/testing";
import { caseNames, gradientCases } from "./gradient-cases";

describe("every operation's gradient agrees with central differences", () => {
  it("has a case for each name of the gradient table", () => {
    expect(caseNames.toSorted()).toEqual(Object.keys(gradients).toSorted());
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
