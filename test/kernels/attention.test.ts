import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AttentionSpec } from "../../src/kernels";
import { expectWithin, forAll, normal, seeds, size, slopes } from "./compare";
import { at, indicesOf, softmax } from "./formulas";
import { named } from "./implementations";

type Numbers = readonly number[];

const specs = fc
  .record({
    batch: size(2),
    queries: size(3),
    keys: size(4),
    spare: size(2),
    keyValueHeads: size(2, 1),
    group: size(3, 1),
    headDim: size(3, 1),
    valueDim: size(3, 1),
    scale: fc.constantFrom(1, 0.5),
    causal: fc.boolean(),
    masked: fc.option(fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean(), fc.nat({ max: 2 })), {
      nil: undefined,
    }),
  })
  .map(({ spare, group, masked, ...rest }) => {
    const heads = rest.keyValueHeads * group;
    const full = [rest.batch, heads, rest.queries, rest.keys];
    const maskShape = masked && full.map((length, axis) => (masked[axis] ? 1 : length));
    return { spec: { ...rest, heads, capacity: rest.keys + spare }, maskShape };
  });

/** Whether a query sees a key: the definition, in words of indices. */
function sees(spec: AttentionSpec, [b, h, i, j]: [number, number, number, number]): boolean {
  const future = spec.causal && j > i + spec.keys - spec.queries;
  return !future && (!spec.mask || at(spec.mask.values, spec.mask.shape, [b, h, i, j]) === 1);
}

/** softmax(q kᵀ · scale) v over the keys that a query sees, head by head. */
function formula(spec: AttentionSpec, q: Numbers, k: Numbers, v: Numbers): { output: number[]; seen: number[][] } {
  const { batch, queries, keys, capacity, heads, keyValueHeads, headDim, valueDim, scale } = spec;
  const seenOf: number[][] = [];
  const output = indicesOf([batch, queries, heads]).flatMap(([b, i, h]) => {
    const group = Math.floor((h! * keyValueHeads) / heads);
    const seen = Array.from({ length: keys }, (_, j) => j).filter((j) => sees(spec, [b!, h!, i!, j]));
    seenOf.push(seen);
    const scores = seen.map((j) => {
      let dot = 0;
      for (let d = 0; d < headDim; d++)
        dot +=
          at(q, [batch, queries, heads, headDim], [b!, i!, h!, d]) *
          at(k, [batch, capacity, keyValueHeads, headDim], [b!, j, group, d]);
      return dot * scale;
    });
    const weights = softmax(scores);
    return Array.from({ length: valueDim }, (_, d) =>
      seen.reduce(
        (sum, j, n) => sum + weights[n]! * at(v, [batch, capacity, keyValueHeads, valueDim], [b!, j, group, d]),
        0,
      ),
    );
  });
  return { output, seen: seenOf };
}

describe.each(named)("attention kernel: %s", (_, { kernels, sumBound }) => {
  const draw = (
    seed: number,
    { spec, maskShape }: { spec: Omit<AttentionSpec, "mask">; maskShape?: number[] | undefined },
  ) => {
    const { batch, queries, capacity, heads, keyValueHeads, headDim, valueDim } = spec;
    const q = normal(seed, "q", batch * queries * heads * headDim);
    const k = normal(seed, "k", batch * capacity * keyValueHeads * headDim);
    const v = normal(seed, "v", batch * capacity * keyValueHeads * valueDim);
    return { q, k, v, spec: { ...spec, mask: maskShape && maskOf(seed, maskShape) } };
  };

  it("is softmax(q kᵀ · scale) v over the keys that are seen, zeros where none is", () => {
    forAll([seeds, specs], (seed, drawn) => {
      const { q, k, v, spec } = draw(seed, drawn);
      const { output } = kernels.attention(q, k, v, spec);
      expectWithin(output, formula(spec, [...q], [...k], [...v]).output, sumBound(spec.keys));
    });
  });

  it("has the slopes of that formula", () => {
    forAll([seeds, specs], (seed, drawn) => {
      const { q, k, v, spec } = draw(seed, drawn);
      const saved = kernels.attention(q, k, v, spec);
      const g = normal(seed, "g", saved.output.length);
      const found = kernels.attentionGradient(q, k, v, spec, saved, g);
      const bound = 4 * sumBound(spec.keys);
      expectWithin(
        found.q,
        slopes((x) => formula(spec, x, [...k], [...v]).output, q, g),
        bound,
      );
      expectWithin(
        found.k,
        slopes((x) => formula(spec, [...q], x, [...v]).output, k, g),
        bound,
      );
      expectWithin(
        found.v,
        slopes((x) => formula(spec, [...q], [...k], x).output, v, g),
        bound,
      );
    });
  });

  it("never reads what lies beyond the keys, or behind the mask", () => {
    const spec = { batch: 1, queries: 1, keys: 2, capacity: 3, heads: 1, keyValueHeads: 1, headDim: 1, valueDim: 1 };
    const mask = { values: Float32Array.of(1, 0), shape: [2], steps: [0, 0, 0, 1] as const };
    const poisoned = Float32Array.of(0.5, Number.NaN, Number.NaN);
    const full = { ...spec, scale: 1, causal: false, mask };
    const saved = kernels.attention(Float32Array.of(1), poisoned, poisoned, full);
    expect([...saved.output]).toEqual([0.5]);
    const gradient = kernels.attentionGradient(Float32Array.of(1), poisoned, poisoned, full, saved, Float32Array.of(1));
    expect([...gradient.v]).toEqual([1, 0, 0]);
  });

  it("survives scores that overflow by themselves", () => {
    const spec = { batch: 1, queries: 1, keys: 2, capacity: 2, heads: 1, keyValueHeads: 1, headDim: 1, valueDim: 1 };
    const { output } = kernels.attention(Float32Array.of(1000), Float32Array.of(10, -10), Float32Array.of(3, 4), {
      ...{ ...spec, scale: 1, causal: false, mask: undefined },
    });
    expect([...output]).toEqual([3]);
  });
});

/** Ones and zeros that broadcast to [batch, heads, queries, keys]. */
function maskOf(seed: number, shape: number[]): NonNullable<AttentionSpec["mask"]> {
  const steps = shape.map((length, axis) =>
    length === 1 ? 0 : shape.slice(axis + 1).reduce((total, next) => total * next, 1),
  );
  const [batch, head, query, key] = steps as [number, number, number, number];
  const values = normal(
    seed,
    "mask",
    shape.reduce((total, length) => total * length, 1),
  ).map((x) => (x > -0.3 ? 1 : 0));
  return { values, shape, steps: [batch, head, query, key] };
}
