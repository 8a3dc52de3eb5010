import {
  attention,
  concatenate,
  initialize,
  KeyValueCache,
  type Linear,
  MultiHeadAttention,
  PositionalEncoding,
  RMSNorm,
  random,
  reshape,
  type Sequence,
  slice,
  type Tensor,
} from "transformer-blocks";
import { maxDifference } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { normal } from "./inputs";

const sizes = { dModel: 8, heads: 4, headDim: 2 };
const x = normal(random(1), 2, 5);
const y = normal(random(2), 2, 5);

function twoLayers() {
  const position = new PositionalEncoding({ kind: "rotary", headDim: 2 });
  const source = initialize(
    new MultiHeadAttention({ ...sizes, keyValueHeads: 2, keys: { norm: new RMSNorm({ dModel: 2 }) }, position }),
    { seed: 1 },
  );
  const borrower = new MultiHeadAttention({ ...sizes, sharedKeys: source, position });
  for (const part of [borrower.query, borrower.output]) initialize(part, { seed: 2 });
  return { source, borrower, position };
}

describe("a layer with the keys of another", () => {
  it("attends to the keys and values that the other layer computed in the same pass", () => {
    const { source, borrower, position } = twoLayers();
    const pass = { causal: true, shared: new Map() };
    source.forward(x, pass);
    const found = borrower.forward(y, pass);
    const split = (layer: Linear, of: Tensor, heads: number) => reshape(layer.forward(of), [2, 5, heads, 2]);
    const k = position.forward(source.keys!.norm!.forward(split(source.key, x, 2)));
    const q = position.forward(split(borrower.query, y, 4));
    const context = attention(q, k, split(source.value, x, 2), { causal: true });
    expect(maxDifference(found, borrower.output.forward(reshape(context, [2, 5, 8])))).toBeLessThan(1e-6);
  });

  it("has no keys and values of its own in a cache, and gives step by step what it gives all at once", () => {
    const { source, borrower } = twoLayers();
    expect([source.caching, borrower.caching]).toEqual(["keeps", "perPosition"]);
    const whole = { causal: true, shared: new Map() };
    const wanted = borrower.forward(source.forward(x, whole), whole);
    const cache = new KeyValueCache({ capacity: 5 });
    const steps = Array.from({ length: 5 }, (_, i) => {
      const pass = { causal: true, cache, shared: new Map() };
      const step = slice(x, { axis: 1, start: i, end: i + 1 }) as Tensor<Sequence>;
      const found = borrower.forward(source.forward(step, pass), pass);
      cache.advance(1);
      return found as Tensor;
    });
    expect(maxDifference(concatenate(steps, { axis: 1 }), wanted)).toBeLessThan(1e-5);
  });

  it("names what is missing or contradictory", () => {
    const { source, borrower } = twoLayers();
    expect(() => borrower.forward(y)).toThrow(/sharedKeys has not run in this pass; run it first/);
    const build = (more: object) => new MultiHeadAttention({ ...sizes, sharedKeys: source, ...more });
    expect(() => build({ keyValueHeads: 2 })).toThrow(/keyValueHeads has no effect if sharedKeys is given/);
    expect(() => build({ keys: {} })).toThrow(/keys has no effect if sharedKeys is given/);
    expect(() => build({ valuesFromKeys: true })).toThrow(/valuesFromKeys has no effect/);
    expect(() => build({ headDim: 4 })).toThrow(/headDim 4 is not that of sharedKeys, 2/);
    expect(() => build({ heads: 3 })).toThrow(/2 keyValueHeads do not divide 3 heads/);
    expect(() => build({ sharedKeys: new RMSNorm({ dModel: 8 }) })).toThrow(/sharedKeys must be a MultiHeadAttention/);
  });
});
