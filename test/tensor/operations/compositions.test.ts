import { describe, expect, it } from "vitest";
import { expectCase, readCases } from "./cases";
import { compositions } from "./compositions";

const cases = readCases("compositions");

describe("what transformers are composed of equals PyTorch's, with gradients for every tensor", () => {
  it("all of it", () => {
    expect(cases.map(({ operation }) => operation).toSorted()).toEqual(Object.keys(compositions).toSorted());
  });

  it.each(cases.map((each) => [each.operation, each] as const))("%s", (operation, each) => {
    expectCase(each, 2e-5, compositions[operation] as (...args: unknown[]) => unknown);
  });
});
