import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { initialize, Linear, ones, sum, type Tensor, tensor, valueAndGradients } from "transformer-blocks";
import { clipGradients, gradientNorm } from "transformer-blocks/training";
import { describe, expect, it } from "vitest";

const drawn = fc
  .dictionary(fc.string(), fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 4 }), { minKeys: 1 })
  .map((lists) => new Map<string, Tensor>(Object.entries(lists).map(([path, numbers]) => [path, tensor(numbers)])));

describe("clipGradients", () => {
  // torch.nn.utils.clip_grad_norm_ on gradients [3, 4] and [12]: norm 13, coefficient 1 / (13 + 1e-6) in float32.
  it("scales all gradients by one factor, as clip_grad_norm_ does", () => {
    const given = new Map<string, Tensor>([
      ["a", tensor([3, 4])],
      ["b", tensor([12])],
    ]);
    const { gradients, norm } = clipGradients(given, { maxNorm: 1 });
    expect(norm).toBe(13);
    expect(gradients.get("a")?.toArray()).toEqual([expect.closeTo(3 / 13, 6), expect.closeTo(4 / 13, 6)]);
    expect(gradients.get("b")?.toArray()).toEqual([expect.closeTo(12 / 13, 6)]);
    expect(given.get("a")?.toArray()).toEqual([3, 4]);
  });

  interface Golden {
    maxNorm: number;
    norm: number;
    before: number[][];
    after: number[][];
  }
  const goldens: Golden[] = JSON.parse(
    readFileSync(new URL("../fixtures/training/clip.json", import.meta.url), "utf8"),
  );

  it.each(goldens)("gives PyTorch's numbers, 1e-6 included, for a norm of $norm and at most $maxNorm", (golden) => {
    const given = new Map<string, Tensor>(golden.before.map((numbers, i) => [`p${i}`, tensor(numbers)]));
    const { gradients, norm } = clipGradients(given, { maxNorm: golden.maxNorm });
    expect(norm / golden.norm).toBeCloseTo(1, 6);
    const ratios = golden.after.flatMap((numbers, i) => numbers.map((x, j) => gradients.get(`p${i}`)!.data[j]! / x));
    expect(ratios).toHaveLength(5);
    for (const ratio of ratios) expect(ratio).toBeCloseTo(1, 5);
  });

  it("changes neither what it is given nor what that is called", () => {
    const model = initialize(new Linear({ inFeatures: 2, outFeatures: 1 }), { seed: 1 });
    const { gradients } = valueAndGradients([model.weight], () => sum(model.forward(ones([1, 2]))));
    const clipped = clipGradients(gradients, { maxNorm: 0.5 }).gradients;
    expect([...gradients].map(([path, { data }]) => [path, ...data])).toEqual([["weight", 1, 1]]);
    expect([...clipped].map(([path]) => path)).toEqual(["weight"]);
    expect(clipped.get(model.weight).data[0]).toBeCloseTo(0.5 / Math.SQRT2, 5);
  });

  it("keeps the direction, is never longer than allowed, and leaves short gradients as they are", () => {
    fc.assert(
      fc.property(drawn, fc.double({ min: 0.01, max: 200, noNaN: true }), (given, maxNorm) => {
        const { gradients, norm } = clipGradients(given, { maxNorm });
        expect(norm).toBe(gradientNorm(given));
        if (norm + 1e-6 <= maxNorm) {
          for (const [path, { data }] of given) expect(gradients.get(path)?.data).toEqual(data);
          return;
        }
        expect(gradientNorm(gradients)).toBeLessThanOrEqual(maxNorm * (1 + 1e-6));
        expect(gradientNorm(gradients)).toBeGreaterThan(maxNorm * (1 - 1e-5) - 1e-5);
        for (const [path, { data }] of given)
          data.forEach((value, i) => {
            expect(gradients.get(path)!.data[i]! * norm).toBeCloseTo(value * maxNorm, 1);
          });
      }),
    );
  });

  it("refuses a maximal norm that is not a number above 0, and gradients that are not finite, by path", () => {
    const given = new Map<string, Tensor>([
      ["a", tensor([1])],
      ["b", tensor([1, Number.NaN])],
    ]);
    for (const maxNorm of [0, -1, Number.NaN]) expect(() => clipGradients(given, { maxNorm })).toThrow(RangeError);
    expect(() => clipGradients(given, { maxNorm: 1 })).toThrow(/"b" holds NaN/);
  });
});
