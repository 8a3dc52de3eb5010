import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { type AttentionSpec, kernels as current, type Kernels, referenceKernels, useThreads } from "../../src/kernels";
import { attendRow } from "../../src/kernels/internal";
import { forAll, normal, seeds } from "./compare";
import { implementations } from "./implementations";

const sizes = fc.record({
  // Smaller caches are not in the kernels' memory.
  capacity: fc.integer({ min: 256, max: 300 }),
  keys: fc.integer({ min: 1, max: 256 }),
  keyValueHeads: fc.constantFrom(1, 2, 3),
  group: fc.constantFrom(1, 2, 4),
  headDim: fc.constantFrom(16, 20, 64),
  window: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
  softcap: fc.constantFrom(undefined, 3),
});
type Sizes = typeof sizes extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** A row over a cache, and what `attention` gives for it. */
function rowOf(kernels: Kernels<Float32Array>, seed: number, { group, ...rest }: Sizes, largest = 1) {
  const { capacity, keyValueHeads, headDim } = rest;
  const heads = keyValueHeads * group;
  const spec: AttentionSpec<Float32Array> = {
    ...{ ...rest, heads, valueDim: headDim, batch: 1, queries: 1 },
    ...{ scale: 1 / Math.sqrt(headDim), causal: true, mask: undefined },
  };
  const q = normal(seed, "q", heads * headDim).map((x) => largest * x);
  const [k, v] = ["k", "v"].map((name) => kernels.keep(normal(seed, name, keyValueHeads * capacity * headDim)));
  const output = new Float32Array(heads * headDim).fill(7);
  return {
    ...{ output, expected: kernels.attention(q, k!, v!, spec).output },
    attend: () => kernels.run(attendRow, q, k!, v!, spec, output),
  };
}

describe("one row over a cache", () => {
  afterEach(() => useThreads(1));

  it.each(implementations.slice(1))("is to the bit what attention gives, $kernels.name", ({ kernels }) => {
    forAll([seeds, sizes], (seed, drawn) => {
      const { attend, output, expected } = rowOf(kernels, seed, drawn);
      expect(attend()).toBe(true);
      expect(output).toEqual(expected);
    });
  });

  it("has the same bits for any number of threads", async () => {
    const drawn: Sizes = { capacity: 300, keys: 256, keyValueHeads: 3, group: 4, headDim: 64 } as Sizes;
    const { attend, output, expected } = rowOf(current() as Kernels<Float32Array>, 1, drawn);
    for (const threads of [1, 2, 3, 4, 8]) {
      await useThreads(threads);
      output.fill(7);
      expect(attend()).toBe(true);
      expect(output).toEqual(expected);
    }
  });

  it("is left to attention by kernels that do not have it, and for numbers that need more than float32", () => {
    const drawn: Sizes = { capacity: 256, keys: 200, keyValueHeads: 1, group: 2, headDim: 64 } as Sizes;
    const rows = [rowOf(referenceKernels, 1, drawn), rowOf(implementations[1]!.kernels, 1, drawn, 1e4)];
    for (const { attend, output } of rows) {
      expect(attend()).toBe(false);
      expect(new Set(output)).toEqual(new Set([7]));
    }
  });
});
