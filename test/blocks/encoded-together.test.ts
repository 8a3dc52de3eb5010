/** An encoder block whose parts run in one call of the kernels: nobody can tell it from its parts one by one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EncoderBlock, initialize, type Pass, quantize } from "../../src";
import { type Kernels, referenceKernels, withKernels } from "../../src/kernels";
import { random, sum, tensor, valueAndGradients } from "../../src/tensor";
import { expectWithin, forAll, normal, seeds } from "../kernels/compare";
import { counting } from "../kernels/counting";
import { named } from "../kernels/implementations";
import { expectSame, onThreads } from "../kernels/threaded";

const drawn = fc.record({
  sizes: fc.constantFrom({ dModel: 64, heads: 4 }, { dModel: 96, heads: 3 }, { dModel: 68, heads: 2 }),
  dFeedForward: fc.constantFrom(64, 160, 100),
  norm: fc.constantFrom<"pre" | "post">("pre", "post"),
  activation: fc.constantFrom<"gelu" | "relu" | "silu" | "geluTanh">("gelu", "relu", "silu", "geluTanh"),
  bias: fc.boolean(),
  weights: fc.constantFrom<"q8" | "q4" | undefined>("q8", "q4", undefined),
  activations: fc.constantFrom<8 | 12 | undefined>(8, 12, undefined),
  window: fc.constantFrom(undefined, 3),
  causal: fc.boolean(),
  /** Texts of any length, short ones above all. */
  lengths: fc.array(fc.constantFrom<number[]>(1, 2, 3, 5, 8, 13, 40, 70), { minLength: 2, maxLength: 9 }),
  endToEnd: fc.boolean(),
  /** What one row of x holds. */
  spoiled: fc.option(fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 1e30, 0), { nil: undefined, freq: 3 }),
});

type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;

const typical: Drawn = {
  ...{ sizes: { dModel: 96, heads: 3 }, dFeedForward: 160, norm: "post", activation: "gelu", bias: true },
  ...{ weights: undefined, activations: undefined, window: undefined, causal: false, spoiled: undefined },
  ...{ lengths: [40, 3, 1, 13], endToEnd: true },
};

/** A tap that wants nothing, but might: values between the parts exist only if these run one by one. */
const tap: Pass["tap"] = { sees: () => false, take: (_module, _site, value) => value };

const whole = /^encode/;

function blockOf({ sizes, dFeedForward, norm, activation, bias, window, weights, activations }: Drawn): EncoderBlock {
  const block = initialize(new EncoderBlock({ ...sizes, dFeedForward, norm, activation, bias, window }), { seed: 5 });
  const inBlocks = sizes.dModel % 32 === 0 && dFeedForward % 32 === 0;
  if (weights && inBlocks) quantize(block, activations ? { weights, activations } : weights);
  return block;
}

function inputsOf(seed: number, { sizes, lengths, endToEnd, causal, spoiled }: Drawn) {
  const { dModel } = sizes;
  const longest = Math.max(...lengths);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const [batch, seq] = endToEnd ? [1, total] : [lengths.length, longest];
  const numbers = normal(seed, "x", batch * seq * dModel);
  if (spoiled !== undefined) numbers.fill(spoiled, (total >> 1) * dModel, (total >> 1) * dModel + 2);
  const mask = lengths.map((length) => Array.from({ length: longest }, (_, i) => Number(i < length)));
  const pass: Pass = endToEnd ? { causal, lengths } : { causal, mask };
  return { x: tensor(numbers, [batch, seq, dModel]), pass };
}

const vectorized = named.filter(([name]) => name !== "reference");

describe.each(vectorized)("an encoder block in one call: %s", (name, { kernels: plain, sumBound }) => {
  it("gives what its parts give one by one, whatever they are made of and however long the texts", () => {
    const { kernels, calls } = counting(plain, whole);
    forAll([seeds, drawn], (seed, what) => {
      const { x, pass } = inputsOf(seed, what);
      const [found, parts] = withKernels(kernels, () => {
        const block = blockOf(what);
        return [block.forward(x, pass), block.forward(x, { ...pass, tap })];
      });
      // Relaxed instructions round the function between the products otherwise in a whole layer.
      if (name !== "wasm, relaxed" || what.activation === "relu") expect(found.data).toEqual(parts.data);
      else expectWithin(found.data, [...parts.data], what.weights ? 0.02 : 1e-5);
    });
    expect(calls.count).toBeGreaterThan(10);
  });

  it("is within the bounds of the reference", () => {
    for (const norm of ["pre", "post"] as const) {
      const usual: Drawn = { ...typical, norm };
      const { x, pass } = inputsOf(7, usual);
      const of = (kernels: Kernels<Float32Array>) => withKernels(kernels, () => blockOf(usual).forward(x, pass).data);
      expectWithin(of(plain), [...of(referenceKernels)], 4 * sumBound(160));
    }
  });

  it("gives the same bits for any number of threads", async () => {
    const lengths = Array.from({ length: 60 }, (_, i) => 1 + ((i * 17) % 40));
    const runs = ([undefined, "q8"] as const).map((weights) => {
      const what: Drawn = { ...typical, weights, lengths };
      const { x, pass } = inputsOf(3, what);
      const block = withKernels(plain, () => blockOf(what));
      const run = () => withKernels(plain, () => [block.forward(x, pass).data]);
      return { weights, run, alone: run() };
    });
    await onThreads([2, 3, 4, 8], () => {
      for (const { weights, run, alone } of runs) expectSame(run(), alone, weights);
    });
  });

  it("leaves it to the parts when someone looks between them, drops values, records gradients or changes a part", () => {
    const { kernels, calls } = counting(plain, whole);
    const config = { dModel: 64, heads: 4, dFeedForward: 64, activation: "gelu" } as const;
    withKernels(kernels, () => {
      const block = initialize(new EncoderBlock({ ...config, dropout: 0.5 }), { seed: 5 });
      const x = tensor(normal(1, "x", 64 * 64), [1, 64, 64]);
      block.forward(x, { tap });
      block.forward(x, { rng: random(1) });
      valueAndGradients([x], () => sum(block.forward(x)));
      const zero = tensor(new Float32Array(64 * 64), [64, 64]);
      block.forward(x, { bias: zero });
      block.feedForward.forward = (y) => y;
      block.forward(x);
      const own = { activation: (y: typeof x) => y } as { activation: never };
      initialize(new EncoderBlock({ ...config, ...own }), { seed: 5 }).forward(x);
      initialize(new EncoderBlock({ ...config, norm: "sandwich" }), { seed: 5 }).forward(x);
      initialize(new EncoderBlock({ ...config, residualScale: 0.5 }), { seed: 5 }).forward(x);
      initialize(new EncoderBlock({ ...config, normalization: "rmsNorm" }), { seed: 5 }).forward(x);
      initialize(new EncoderBlock({ ...config, keyValueHeads: 2 }), { seed: 5 }).forward(x);
    });
    expect(calls.count).toBe(0);
  });
});
