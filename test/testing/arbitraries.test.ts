import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attention, type Tensor } from "../../src/tensor";
import { attentionInputs, tensors } from "../../src/testing";

/** What fast-check finds when it looks for a counterexample to a claim that is false. */
function counterexample<T>(arbitrary: fc.Arbitrary<T>, claim: (drawn: T) => boolean): T {
  const { counterexample } = fc.check(fc.property(arbitrary, claim), { seed: 1, numRuns: 1000 });
  if (counterexample === null) throw new Error("no counterexample was found");
  return counterexample[0];
}

describe("tensors", () => {
  it("have the wanted shape, or any of one to three axes", () => {
    const ranks = new Set(fc.sample(tensors(), { numRuns: 200, seed: 1 }).map((x) => x.rank));
    expect(ranks).toEqual(new Set([1, 2, 3]));
    for (const x of fc.sample(tensors([2, 0, 3]), 5)) expect(x.shape).toEqual([2, 0, 3]);
  });

  it("draw their numbers from the given arbitrary", () => {
    const bits = fc.sample(tensors(undefined, { values: fc.constantFrom(0, 1) }), { numRuns: 50, seed: 1 });
    expect(new Set(bits.flatMap((x) => [...x.data]))).toEqual(new Set([0, 1]));
  });

  it("shrink to the smallest counterexample and print it for a test", () => {
    const found = counterexample(tensors(), (x) => x.data.every((value) => value < 1));
    expect(fc.stringify(found)).toBe("tensor([1])");
    expect(fc.stringify(fc.sample(tensors([0, 2]), 1)[0])).toBe("zeros([0,2])");
  });
});

describe("attentionInputs", () => {
  const sample = (options?: Parameters<typeof attentionInputs>[0]) =>
    fc.sample(attentionInputs(options), { numRuns: 200, seed: 1 });
  const group = ({ q, k }: { q: Tensor; k: Tensor }) => q.shape[2]! / k.shape[2]!;

  it("fit attention", () => {
    for (const { q, k, v } of sample()) expect(attention(q, k, v).shape).toEqual(q.shape);
  });

  it("cover groups of heads, and queries and keys of unlike number", () => {
    const drawn = sample();
    expect(new Set(drawn.map(group))).toEqual(new Set([1, 2, 3]));
    expect(drawn.some(({ q, k }) => q.shape[1] < k.shape[1])).toBe(true);
    expect(drawn.some(({ q, k }) => q.shape[1] > k.shape[1])).toBe(true);
  });

  it("follow their options", () => {
    const drawn = sample({ selfAttention: true, grouped: false, maxLength: 3, maxHeadDim: 2 });
    expect(drawn.every((each) => each.q.shape[1] === each.k.shape[1] && group(each) === 1)).toBe(true);
    expect(Math.max(...drawn.map(({ q }) => q.shape[1]))).toBe(3);
    expect(Math.max(...drawn.map(({ q }) => q.shape[3]))).toBe(2);
  });

  it("shrink to one of everything", () => {
    const found = counterexample(attentionInputs(), ({ v }) => v.data.every((value) => value < 1));
    expect([found.q.shape, found.k.shape]).toEqual([
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ]);
    expect(fc.stringify(found)).toBe('{"q":tensor([[[[0]]]]),"k":tensor([[[[0]]]]),"v":tensor([[[[1]]]])}');
  });
});
