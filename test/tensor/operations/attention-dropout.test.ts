import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { initialize, MultiHeadAttention } from "../../../src";
import { withKernels } from "../../../src/kernels";
import {
  type AttentionOptions,
  attend,
  attention,
  attentionWeights,
  dropout,
  type HeadShape,
  multiply,
  ones,
  random,
  sum,
  type Tensor,
  tensor,
  valueAndGradients,
} from "../../../src/tensor";
import { implementations } from "../../kernels/implementations";

const draw = (seed: number, shape: HeadShape) =>
  tensor(random(seed).normal(shape.reduce((product, size) => product * size, 1)), shape);

/** Lengths about the kernels' tiles of 64 queries and keys and strips of 8. */
const lengths = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 60, max: 140 }));
const cases = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  queries: lengths,
  keys: lengths,
  keyValueHeads: fc.integer({ min: 1, max: 2 }),
  group: fc.integer({ min: 1, max: 2 }),
  causal: fc.boolean(),
  window: fc.constantFrom(undefined, 3, 70),
  rate: fc.constantFrom(0, 0.1, 0.5, 0.9),
  seed: fc.nat(1000),
});

/** Σ context · g of three tensors and its gradients, and the numbers that were drawn. */
function computed(inputs: [Tensor<HeadShape>, Tensor<HeadShape>, Tensor<HeadShape>], compute: () => Tensor) {
  let output: Tensor | undefined;
  const { gradients } = valueAndGradients(inputs, () => {
    output = compute();
    const upstream = tensor(random(9).normal(output.size), output.shape);
    return sum(multiply<readonly number[], readonly number[]>(output, upstream));
  });
  return [output!, ...inputs.map((input) => gradients.get(input))];
}

function expectNear(found: readonly Tensor[], wanted: readonly Tensor[]): void {
  wanted.forEach((each, part) => {
    const largest = each.data.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
    expect(found[part]!.shape).toEqual(each.shape);
    found[part]!.data.forEach((x, i) => {
      if (!(Math.abs(x - each.data[i]!) <= 1e-5 * largest))
        throw new Error(`part ${part}, element ${i} is ${x}, wanted ${each.data[i]}`);
    });
  });
}

describe("dropout of attention's weights", () => {
  it.each(implementations.map(({ kernels }) => kernels))(
    "zeroes the same weights whether they are written out or not, and takes as many numbers: $name",
    (kernels) => {
      fc.assert(
        fc.property(cases, ({ batch, queries, keys, keyValueHeads, group, causal, window, rate, seed }) => {
          const inputs: Parameters<typeof computed>[0] = [
            draw(seed, [batch, queries, keyValueHeads * group, 5]),
            draw(seed + 1, [batch, keys, keyValueHeads, 5]),
            draw(seed + 2, [batch, keys, keyValueHeads, 3]),
          ];
          const [q, k, v] = inputs;
          const options: AttentionOptions = { causal, window };
          withKernels(kernels, () => {
            const streams = [0, 1, 2].map(() => random(seed));
            // A stream that stands in the middle of a pair, in every other case.
            for (const stream of streams) if (seed % 2 === 1) stream.bits();
            const [first, second, third] = streams as [(typeof streams)[0], (typeof streams)[0], (typeof streams)[0]];
            const fused = computed(inputs, () => attention(q, k, v, { ...options, dropout: { rate, random: first } }));
            const explicit = computed(inputs, () =>
              attend(dropout(attentionWeights(q, k, options), { rate, random: second }), v),
            );
            const option = computed(inputs, () =>
              attend(attentionWeights(q, k, { ...options, dropout: { rate, random: third } }), v),
            );
            expectNear(fused, explicit);
            expectNear(option, explicit);
            expect(first.state()).toEqual(second.state());
            expect(third.state()).toEqual(second.state());
          });
        }),
        { numRuns: kernels.simd ? 40 : 15 },
      );
    },
  );

  it("is the same in a block that is watched and one that is not", () => {
    const block = initialize(new MultiHeadAttention({ dModel: 12, heads: 3, dropout: 0.4 }), { seed: 1 });
    const x = tensor(random(2).normal(2 * 9 * 12), [2, 9, 12]);
    const tap = {
      sees: (_: unknown, site: string) => site === "weights",
      take: (_: unknown, __: string, weights: Tensor) => weights,
    };
    const [plain, watched] = [random(3), random(3)];
    const pass = { causal: true };
    expectNear([block.forward(x, { ...pass, rng: watched, tap })], [block.forward(x, { ...pass, rng: plain })]);
    expect(watched.state()).toEqual(plain.state());
  });

  it("leaves rows with the mean that they had: values of one stay one on average", () => {
    const [heads, queries, keys] = [4, 100, 50];
    const [q, k] = [draw(1, [1, queries, heads, 4]), draw(2, [1, keys, heads, 4])];
    const v = ones([1, keys, heads, 1]);
    const { data } = attention(q, k, v, { dropout: { rate: 0.3, random: random(4) } });
    const mean = data.reduce((total, x) => total + x, 0) / data.length;
    // The variance of a row is Σ w² · rate / (1 − rate), below rate / (1 − rate).
    expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt(0.3 / 0.7 / data.length));
    expect(new Set(data).size).toBeGreaterThan(data.length / 2);
  });

  it("refuses a wrong rate, a missing stream and unknown options by name, and draws nothing", () => {
    const x = draw(1, [1, 2, 1, 4]);
    const stream = random(1);
    const refused: [object, RegExp][] = [
      [{ rate: 1, random: stream }, /attention: dropout: rate must be .* not 1/],
      [{ rate: "0.1", random: stream }, /attention: dropout: rate must be .* not "0.1"/],
      [{ rate: 0.1 }, /attention: dropout: random must be a stream/],
      [{ rate: 0.1, random: Math.random }, /attention: dropout: random must be a stream/],
      [{ rate: 0.1, random: stream, p: 0.1 }, /attention: dropout: there is no option "p"/],
    ];
    for (const [options, message] of refused)
      expect(() => attention(x, x, x, { dropout: options as { rate: number; random: typeof stream } })).toThrow(
        message,
      );
    expect(stream.state().drawn).toBe(0);
  });
});
