import * as fc from "fast-check";
import {
  attention,
  concatenate,
  DecoderBlock,
  initialize,
  KeyValueCache,
  type Linear,
  MultiHeadAttention,
  random,
  reshape,
  type Sequence,
  slice,
  type Tap,
  type Tensor,
  tensor,
} from "transformer-blocks";
import { close, maxDifference } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { dModel, normal, runs, sizes } from "./inputs";

describe("attention with a window, a softcap and a bias", () => {
  it("gives token after token through a cache what it gives all at once, in a window and under a softcap", () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 4 }), ({ seed, batch, seq, keyValueHeads }, window) => {
        const x = normal(random(seed), batch, seq);
        const config = { dModel, heads: 4, keyValueHeads, window, softcap: 0.5 };
        const block = initialize(new MultiHeadAttention(config), { seed });
        const cache = new KeyValueCache({ capacity: seq });
        const each = Array.from({ length: seq }, (_, i) => {
          const y = block.forward(slice(x, { axis: 1, start: i, end: i + 1 }) as Tensor<Sequence>, {
            causal: true,
            cache,
          });
          cache.advance(1);
          return y as Tensor;
        });
        return close(concatenate(each, { axis: 1 }), block.forward(x, { causal: true }), 1e-5);
      }),
      runs,
    );
  });

  it("gives its window, its softcap and the pass's bias to attention", () => {
    fc.assert(
      fc.property(sizes, ({ seed, batch, seq, keyValueHeads }) => {
        const numbers = random(seed);
        const x = normal(numbers, batch, seq);
        const bias = tensor(numbers.normal(4 * seq * seq), [4, seq, seq]);
        const config = { dModel, heads: 4, keyValueHeads, window: 2, softcap: 0.25 };
        const seen: Tensor[] = [];
        const tap: Tap = { sees: (_, site) => site === "context", take: (_, _site, y) => seen[seen.push(y) - 1]! };
        const block = initialize(new MultiHeadAttention(config), { seed });
        block.forward(x, { tap, bias });
        const split = (layer: Linear, heads: number) => reshape(layer.forward(x), [batch, seq, heads, 2]);
        const [k, v] = [split(block.key, keyValueHeads), split(block.value, keyValueHeads)];
        return close(seen[0]!, attention(split(block.query, 4), k, v, { window: 2, softcap: 0.25, bias }), 0);
      }),
      runs,
    );
  });

  it("takes the bias of a pass for self-attention, not for attention over a memory", () => {
    const sizesOf = { dModel, heads: 2, dFeedForward: 8, crossAttention: true, window: 1 };
    const block = initialize(new DecoderBlock(sizesOf), { seed: 1 });
    const numbers = random(2);
    const [x, memory] = [normal(numbers, 2, 3), normal(numbers, 2, 5)];
    const bias = tensor(numbers.normal(9), [3, 3]); // does not fit the five keys of the memory
    expect(block.forward(x, { memory, bias }).shape).toEqual([2, 3, dModel]);
    // A window of one place would hide all but three keys of the memory.
    const whole = concatenate([normal(numbers, 2, 1), slice(memory, { axis: 1, start: 1 })] as Tensor[], { axis: 1 });
    const y = block.forward(x, { memory: whole as Tensor<Sequence> });
    expect(maxDifference(y, block.forward(x, { memory }))).toBeGreaterThan(1e-3);
  });
});
