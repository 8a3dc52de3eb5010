import { describe, expect, it } from "vitest";
import { referenceKernels as reference, type Unary } from "../../../src/kernels";
import { unaryGradient } from "../../../src/kernels/internal";
import { elements, functions, slopes } from "../../../src/kernels/wasm/binaries";
import { unary } from "../../../src/kernels/wasm/elementwise";
import { CHUNK, placeOf, streamOf, wideOf } from "../../../src/kernels/wasm/stream";
import * as training from "../../../src/kernels/wasm/training/elementwise";
import { unaries } from "../../../src/kernels/wasm/unaries";
import { expectWithin, normal } from "../compare";

/** Numbers that fill no vector, one part, and more than one. */
const lengths = [0, 1, 3, 4, 7, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 5];

describe("kernels that numbers stream through", () => {
  it.each(Object.keys(unaries) as Unary[])("%s and its gradient equal the reference's, for any length", (name) => {
    for (const length of lengths) {
      const x = normal(length, "x", length).map((value) => Math.abs(value) + 0.1);
      const [gradient, factor] = [normal(length, "gradient", length), normal(length, "factor", length)];
      for (const times of [undefined, factor]) {
        expectWithin(unary(name, x, times), [...reference.unary(name, x, times)], 1e-6);
        const found = training.unaryGradient("strict", name, x, gradient, times);
        expectWithin(found, [...reference.run(unaryGradient, name, x, gradient, times)], 1e-6);
      }
    }
  });

  it.each([
    ["unary", elements, [placeOf(0), 0, 4]],
    ["unaryGradient", slopes, [placeOf(0), placeOf(1), 0, 4]],
    ["combine", elements, [placeOf(0), 16, placeOf(1), 16, placeOf(2), 16, placeOf(3), 4]],
    ["map", functions, [placeOf(0), 4, 0, 0]],
    ["pair", functions, [placeOf(0), 16, placeOf(1), 16, placeOf(2), 4]],
    ["lines", functions, [placeOf(0), 4, 1, wideOf(0), wideOf(1)]],
    ["columns", functions, [placeOf(0), 1, 4, wideOf(0), wideOf(1)]],
  ])("%s traps for a function that it does not know", (name, binary, args) => {
    const { assembly } = binary === slopes ? streamOf(elements, slopes)() : streamOf(binary)();
    for (const unknown of [-1, 99]) expect(() => assembly[name]!(unknown, ...args)).toThrow(WebAssembly.RuntimeError);
  });
});
