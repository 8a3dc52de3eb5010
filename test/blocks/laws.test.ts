import * as fc from "fast-check";
import {
  concatenate,
  DecoderBlock,
  dropout,
  EncoderBlock,
  embedding,
  FeedForward,
  initialize,
  MultiHeadAttention,
  ParallelBlock,
  PositionalEncoding,
  type Random,
  random,
  reshape,
  type Sequence,
  slice,
  type Tap,
  type Tensor,
  tensor,
} from "transformer-blocks";
import {
  checkLaws,
  close,
  decoderBlockLaws,
  encoderBlockLaws,
  maxDifference,
  rowsSumToOne,
  tensors,
} from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { dModel, normal, runs, sizes } from "./inputs";

/** Sees one site of every module, and keeps what it saw. */
function watch(site: string): { tap: Tap; seen: Tensor[] } {
  const seen: Tensor[] = [];
  const take: Tap["take"] = (_, _site, value) => {
    seen.push(value);
    return value;
  };
  return { tap: { sees: (_, name) => name === site, take }, seen };
}

/** The rows of x in another order. */
const reordered = (x: Tensor<Sequence>, order: readonly number[]): Tensor<Sequence> => {
  const rows = Array.from({ length: x.shape[0] }, (_, b) => {
    const row = reshape(slice(x, { axis: 0, start: b, end: b + 1 }), [x.shape[1], dModel]);
    return embedding([order], row);
  });
  return concatenate(rows as Tensor[], { axis: 0 }) as Tensor<Sequence>;
};

const shuffled = (source: Random, length: number): number[] => {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const other = source.integer(i + 1);
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order;
};

const attentionOf = (seed: number, keyValueHeads: number) =>
  initialize(new MultiHeadAttention({ dModel, heads: 4, keyValueHeads }), { seed });

describe("attention", () => {
  it("has rows of weights that sum to one", () => {
    fc.assert(
      fc.property(sizes, fc.boolean(), ({ seed, batch, seq, keyValueHeads }, causal) => {
        const { tap, seen } = watch("weights");
        const x = normal(random(seed), batch, seq);
        attentionOf(seed, keyValueHeads).forward(x, { tap, causal });
        expect(seen.map(({ shape }) => shape)).toEqual([[batch, 4, seq, seq]]);
        return seen.every((weights) => rowsSumToOne(weights));
      }),
      runs,
    );
  });

  it("gives the same fused as written out, when someone looks at the weights", () => {
    fc.assert(
      fc.property(sizes, fc.boolean(), ({ seed, batch, seq, keyValueHeads }, causal) => {
        const x = normal(random(seed), batch, seq);
        const block = attentionOf(seed, keyValueHeads);
        const mask = Array.from({ length: batch }, (_, b) => Array.from({ length: seq }, (_, i) => (i > b ? 0 : 1)));
        return close(
          block.forward(x, { causal, mask }),
          block.forward(x, { causal, mask, tap: watch("weights").tap }),
          1e-5,
        );
      }),
      runs,
    );
  });

  it("gives the same in whatever order the memory is", () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 6 }), ({ seed, batch, seq, keyValueHeads }, source) => {
        const numbers = random(seed);
        const [x, memory] = [normal(numbers, batch, seq), normal(numbers, batch, source)];
        const order = shuffled(numbers, source);
        const block = attentionOf(seed, keyValueHeads);
        return close(block.forward(x, { memory }), block.forward(x, { memory: reordered(memory, order) }), 1e-5);
      }),
      runs,
    );
  });
});

const inputs = { dModel };

describe.each(["pre", "post", "sandwich", "output", "input"] as const)("blocks, %s-norm", (norm) => {
  it.each([1, 4])("have the laws of encoders and decoders, with %s key heads", (keyValueHeads) => {
    const config = { dModel, heads: 4, keyValueHeads, norm };
    checkLaws(encoderBlockLaws, initialize(new EncoderBlock(config), { seed: 1 }), { runs: 30, inputs });
    checkLaws(decoderBlockLaws, initialize(new DecoderBlock(config), { seed: 1 }), { runs: 30, inputs });
  });
});

describe("ParallelBlock", () => {
  it.each([1, 2] as const)("has the laws of decoders with %s norms", (norms) => {
    const block = initialize(new ParallelBlock({ dModel, heads: 4, norms }), { seed: 1 });
    checkLaws(decoderBlockLaws, block, { runs: 30, inputs });
  });
});

describe("DecoderBlock", () => {
  it("sees all that the mask keeps where causal is false", () => {
    const block = initialize(new DecoderBlock({ dModel, heads: 4 }), { seed: 3 });
    const encoder = initialize(new EncoderBlock({ dModel, heads: 4 }), { seed: 3 });
    const x = normal(random(3), 2, 4);
    const all = tensor(new Float32Array(16).fill(1), [4, 4]);
    expect(maxDifference(block.forward(x, { mask: all, causal: false }), encoder.forward(x))).toBe(0);
    expect(maxDifference(block.forward(x, { mask: all }), block.forward(x))).toBe(0);
  });
});

describe("dropout", () => {
  const x = normal(random(1), 2, 5);
  const block = initialize(new EncoderBlock({ dModel, heads: 2, dropout: 0.5 }), { seed: 1 });

  it("happens only with a source of randomness, and equal seeds drop the same", () => {
    expect(maxDifference(block.forward(x), block.forward(x))).toBe(0);
    expect(maxDifference(block.forward(x), block.forward(x, { rng: random(1) }))).toBeGreaterThan(0.01);
    expect(maxDifference(block.forward(x, { rng: random(1) }), block.forward(x, { rng: random(1) }))).toBe(0);
    expect(maxDifference(block.forward(x, { rng: random(1) }), block.forward(x, { rng: random(2) }))).toBeGreaterThan(
      0.01,
    );
  });

  it("drops attention weights, sublayers and a feed-forward layer's inner numbers where asked to", () => {
    const attention = initialize(new MultiHeadAttention({ dModel, heads: 2, dropout: 0.5 }), { seed: 1 });
    const feedForward = initialize(new FeedForward({ dModel, dropout: 0.5 }), { seed: 1 });
    for (const part of [attention, feedForward])
      expect(maxDifference(part.forward(x), part.forward(x, { rng: random(1) }))).toBeGreaterThan(0.01);
  });

  it("keeps the mean: zeros as often as the rate says, and the rest larger", () => {
    const ones = tensor(new Float32Array(20_000).fill(1), [20_000]);
    fc.assert(
      fc.property(fc.nat(1000), fc.constantFrom(0.1, 0.3, 0.5, 0.9), (seed, rate) => {
        const kept = dropout(ones, { rate, random: random(seed) }).data;
        const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
        const deviation = Math.sqrt(rate / (1 - rate) / kept.length);
        expect(new Set(kept)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
        return Math.abs(mean - 1) < 5 * deviation;
      }),
      runs,
    );
  });
});

describe("PositionalEncoding", () => {
  it("learned and sinusoidal positions add a vector that does not depend on x", () => {
    const position = new PositionalEncoding({ kind: "sinusoidal", dModel: 4 });
    fc.assert(
      fc.property(tensors([1, 3, 4]), (x) => {
        const moved = position.forward(x);
        const zero = position.forward(tensor(new Float32Array(12), [1, 3, 4]));
        return moved.data.every((value, i) => Math.abs(value - x.data[i]! - zero.data[i]!) < 1e-6);
      }),
      runs,
    );
  });

  it("rotary scores depend on distance alone", () => {
    const position = new PositionalEncoding({ kind: "rotary", headDim: 4 });
    const dot = (a: Tensor, b: Tensor) => a.data.reduce((sum, value, i) => sum + value * b.data[i]!, 0);
    fc.assert(
      fc.property(
        tensors([1, 1, 1, 4]),
        tensors([1, 1, 1, 4]),
        fc.nat(50),
        fc.nat(50),
        fc.nat(50),
        (q, k, first, second, shift) => {
          const score = (a: number, b: number) =>
            dot(position.forward(q, { positions: [a] }), position.forward(k, { positions: [b] }));
          return Math.abs(score(first, second) - score(first + shift, second + shift)) < 1e-3;
        },
      ),
      runs,
    );
  });
});
