import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rotary, rotaryFrequencies, Tensor } from "../../../src/tensor";

interface Case {
  base: number;
  dimensions: number;
  interleaved: boolean;
  positions: number[];
  turned: number[][];
}

const cases: Case[] = JSON.parse(readFileSync(new URL("../../fixtures/tensor/rotary.json", import.meta.url), "utf8"));

describe("rotary positions far beyond 10,000 are those that transformers turns by", () => {
  it.each(cases)("base $base, $dimensions dimensions, neighbours: $interleaved", (each) => {
    const { base, dimensions, interleaved, positions, turned } = each;
    const ones = Float32Array.from({ length: positions.length * dimensions }, (_, i) => 1 + ((i % dimensions) % 2));
    const x = new Tensor([1, positions.length, 1, dimensions] as const, ones);
    for (const options of [{ base }, { frequencies: rotaryFrequencies(dimensions, base) }]) {
      const found = rotary(x, { positions, interleaved, ...options });
      turned.flat().forEach((wanted, i) => {
        const position = positions[Math.floor(i / dimensions)];
        const what = `position ${position}, dimension ${i % dimensions}`;
        // The last digit of an angle near 131,072 would be worth 0.008.
        expect(Math.abs(found.data[i]! - wanted), what).toBeLessThan(1e-6);
      });
    }
  });
});
