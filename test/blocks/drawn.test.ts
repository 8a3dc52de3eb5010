import { tensor } from "transformer-blocks";
import { maxDifference } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { cases, name, run } from "./drawn-cases";

describe("layers of drawn settings give what PyTorch gives", () => {
  it.each(cases.map((drawn) => ({ name: name(drawn), drawn })))("$name", ({ drawn }) => {
    const output = run(drawn);
    expect(maxDifference(output, tensor(Float32Array.from(drawn.output), output.shape))).toBeLessThan(1e-5);
  });
});
