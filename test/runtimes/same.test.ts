import { describe, expect, it } from "vitest";
import { type Answer, differences } from "./same";

const answer: Answer = {
  fast: "wasm, relaxed",
  logits: [1, -20, 3],
  text: "a tree",
  strict: { kernels: "wasm, strict", whole: "1a", rounded: "2b" },
};

describe("what runtimes answer", () => {
  it("is the same if logits are as close as rounding allows, and text and strict bits are equal", () => {
    expect(differences({ ...answer, fast: "reference", logits: [1, -20.0001, 3] }, answer)).toEqual([]);
  });

  it.each<[string, Answer]>([
    ["a logit is off", { ...answer, logits: [1, -20.001, 3] }],
    ["a logit is missing", { ...answer, logits: [1, -20] }],
    ["a logit is no number", { ...answer, logits: [1, Number.NaN, 3] }],
    ["another text", { ...answer, text: "a three" }],
    ["other kernels", { ...answer, strict: { ...answer.strict, kernels: "reference" } }],
    ["other bits", { ...answer, strict: { ...answer.strict, whole: "1b" } }],
    ["other bits of quantized weights", { ...answer, strict: { ...answer.strict, rounded: "2c" } }],
  ])("differs if %s", (_, found) => {
    expect(differences(found, answer)).toHaveLength(1);
  });
});
