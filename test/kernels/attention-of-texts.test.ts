import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AttentionSpec, referenceKernels, type Spread } from "../../src/kernels";
import { expectWithin, forAll, headSize, normal, seeds, size } from "./compare";
import { named } from "./implementations";
import { repeats, spreads } from "./spreads";

const texts = fc.record({
  // Across the edges of vectors, strips and tiles.
  lengths: fc.array(fc.constantFrom<number[]>(1, 2, 3, 4, 7, 8, 9, 16, 63, 64, 65, 130), {
    minLength: 1,
    maxLength: 4,
  }),
  keyValueHeads: size(2, 1),
  group: size(2, 1),
  headDim: headSize(5),
  valueDim: headSize(5),
  causal: fc.boolean(),
  window: fc.option(size(70, 1), { nil: undefined }),
  softcap: fc.constantFrom(undefined, 3),
  masked: repeats,
  biased: repeats,
  // Scores beyond ±128 are computed by the reference, and so are biases that nearly cancel them.
  scale: fc.constantFrom(0.5, 200),
  shift: fc.constantFrom(0, -1e9, 300),
});

/** The part of a mask or bias that belongs to one text. */
function ofText(spread: Spread<Float32Array> | undefined, b: number): Spread<Float32Array> | undefined {
  if (spread === undefined) return undefined;
  const [batch, ...steps] = spread.steps;
  return { ...spread, values: spread.values.subarray(b * batch), steps: [0, ...steps] };
}

describe.each(named)("attention over texts end to end: %s", (_, { kernels, sumBound }) => {
  it("gives each text what the reference gives it alone, with masks, biases, windows and scores of any size", () => {
    forAll([seeds, texts], (seed, { lengths, group, masked, biased, shift, ...rest }) => {
      const heads = rest.keyValueHeads * group;
      const { keyValueHeads, headDim, valueDim } = rest;
      const starts = Int32Array.from([0, ...lengths.map((_, b) => lengths.slice(0, b + 1).reduce((a, c) => a + c, 0))]);
      const [total, longest] = [starts[lengths.length]!, Math.max(...lengths)];
      const added = spreads(seed, [lengths.length, heads, longest, longest], { masked, biased });
      const bias = added.bias && { ...added.bias, values: added.bias.values.map((x, i) => (i % 3 ? x : x + shift)) };
      const sizes = { queries: longest, keys: longest, capacity: longest };
      const spec: AttentionSpec<Float32Array> = {
        ...rest,
        ...sizes,
        heads,
        batch: lengths.length,
        ...added,
        bias,
        starts,
      };
      const q = normal(seed, "q", total * heads * headDim);
      const k = normal(seed, "k", total * keyValueHeads * headDim);
      const v = normal(seed, "v", total * keyValueHeads * valueDim);
      const found = kernels.attention(q, k, v, spec);
      expect(found.output.length).toBe(total * heads * valueDim);
      lengths.forEach((length, b) => {
        const of = (x: Float32Array, each: number) => x.slice(starts[b]! * each, starts[b + 1]! * each);
        const one = { ...spec, batch: 1, queries: length, keys: length, capacity: length, starts: undefined };
        const own = { ...one, mask: ofText(added.mask, b), bias: ofText(bias, b) };
        const inputs = [
          of(q, heads * headDim),
          of(k, keyValueHeads * headDim),
          of(v, keyValueHeads * valueDim),
        ] as const;
        const alone = referenceKernels.attention(...inputs, own);
        expectWithin(of(found.output, heads * valueDim), [...alone.output], sumBound(longest));
        // To the bit.
        const { output, statistics } = kernels.attention(...inputs, own);
        expect(of(found.output, heads * valueDim)).toEqual(output);
        expect(of(found.statistics, 2 * heads)).toEqual(statistics);
      });
    });
  });
});
