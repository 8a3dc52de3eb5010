import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { activated } from "../../src/blocks/feed-forward";
import { activationName, activations } from "../../src/families/activations";
import { tensor } from "../../src/tensor";

/** Written by test/reference/activations_fixture.py. */
const fixture: { points: number[]; values: Record<string, number[]> } = JSON.parse(
  readFileSync(new URL("../fixtures/families/activations.json", import.meta.url), "utf8"),
);

describe("activations that a config can name", () => {
  it("are those of transformers that have no parameters", () => {
    expect(Object.keys(activations).sort()).toEqual(Object.keys(fixture.values).sort());
  });

  it.each(Object.entries(activations))("%s gives transformers' numbers, alone and as a gate", (name, activation) => {
    const x = tensor(fixture.points);
    const twos = tensor(fixture.points.map(() => 2));
    fixture.values[name]!.forEach((wanted, i) => {
      const where = `at ${fixture.points[i]}`;
      expect(Math.abs(activated(activation, x).data[i]! - wanted), where).toBeLessThanOrEqual(
        1e-6 * (1 + Math.abs(wanted)),
      );
      expect(Math.abs(activated(activation, twos, x).data[i]! - 2 * wanted), where).toBeLessThanOrEqual(
        2e-6 * (1 + Math.abs(wanted)),
      );
    });
  });

  it("have a name to be saved under", () => {
    for (const activation of Object.values(activations))
      expect(activations[activationName(activation) as keyof typeof activations]).toBe(activation);
  });
});
