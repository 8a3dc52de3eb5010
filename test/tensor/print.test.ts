import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { tensor } from "../../src/tensor";

/** Written by test/reference/print_fixture.py. */
interface Printed {
  shape: number[];
  data?: (number | string)[];
  /** Number i is i · step. */
  step?: number;
  text: string;
}

const cases: Printed[] = JSON.parse(readFileSync(new URL("../fixtures/tensor/printed.json", import.meta.url), "utf8"));

describe("the text of a tensor", () => {
  it("is its shape and the numbers as NumPy prints them, large ones cut to their corners", () => {
    expect(cases.length).toBeGreaterThan(100);
    for (const { shape, data, step = 0, text } of cases) {
      const size = shape.reduce((product, length) => product * length, 1);
      const x = tensor({ shape, data: data ?? Float32Array.from({ length: size }, (_, i) => i * step) });
      const heading = `Tensor [${shape.join(", ")}]${text.includes("\n") ? "\n" : " "}`;
      expect(String(x)).toBe(heading + text);
    }
  });
});
