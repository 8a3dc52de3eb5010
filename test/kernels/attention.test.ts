import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AttentionSpec, referenceKernels } from "../../src/kernels";
import { attentionGradient } from "../../src/kernels/internal";
import { expectWithin, forAll, headSize, normal, seeds, size, slopes } from "./compare";
import { at, indicesOf, softmax } from "./formulas";
import { named } from "./implementations";
import { repeats, spreads } from "./spreads";

type Numbers = readonly number[];

const specs = fc
  .record({
    batch: size(2),
    queries: size(3),
    keys: size(4),
    spare: size(2),
    keyValueHeads: size(2, 1),
    group: size(3, 1),
    headDim: headSize(3),
    valueDim: headSize(3),
    scale: fc.constantFrom(1, 0.5),
    causal: fc.boolean(),
    window: fc.option(size(4, 1), { nil: undefined }),
    softcap: fc.constantFrom(undefined, 0.5, 3),
    masked: repeats,
    biased: repeats,
    rate: fc.constantFrom(undefined, 0.2, 0.5),
  })
  .map(({ spare, group, masked, biased, rate, ...rest }) => {
    const heads = rest.keyValueHeads * group;
    const places = rest.batch * heads * rest.queries * rest.keys;
    // Any bits will do: multiples of a prime.
    const bits = Uint8Array.from({ length: Math.ceil(places / 8) }, (_, i) => (i + 1) * 167);
    const kept = rate === undefined ? undefined : { bits, rate };
    return { spec: { ...rest, heads, capacity: rest.keys + spare, kept }, repeated: { masked, biased } };
  });

/** Whether a query sees a key: the definition, in words of indices. */
function sees(spec: AttentionSpec<Float32Array>, [batchRow, head, i, j]: [number, number, number, number]): boolean {
  const place = i + spec.keys - spec.queries;
  const future = spec.causal && j > place;
  const far = spec.window !== undefined && (j <= place - spec.window || j >= place + spec.window);
  return !future && !far && (!spec.mask || at(spec.mask.values, spec.mask.shape, [batchRow, head, i, j]) === 1);
}

/** What dropout multiplies a weight by. */
function factorOf(
  { heads, queries, keys, kept }: AttentionSpec<Float32Array>,
  [batchRow, head, i, j]: [number, number, number, number],
): number {
  if (kept === undefined) return 1;
  const place = ((batchRow * heads + head) * queries + i) * keys + j;
  const isKept = Math.floor(kept.bits[Math.floor(place / 8)]! / 2 ** (place % 8)) % 2 === 1;
  return isKept ? 1 / (1 - kept.rate) : 0;
}

/** softmax(softcap tanh(q kᵀ scale / softcap) + bias) v over the keys that a query sees, head by head. */
function formula(
  spec: AttentionSpec<Float32Array>,
  q: Numbers,
  k: Numbers,
  v: Numbers,
  bias: Numbers = [...(spec.bias?.values ?? [])],
): { output: number[]; seen: number[][] } {
  const { batch, queries, keys, capacity, heads, keyValueHeads, headDim, valueDim, scale, softcap } = spec;
  const seenOf: number[][] = [];
  const output = indicesOf([batch, queries, heads]).flatMap(([batchRow, i, head]) => {
    const group = Math.floor((head! * keyValueHeads) / heads);
    const seen = Array.from({ length: keys }, (_, j) => j).filter((j) => sees(spec, [batchRow!, head!, i!, j]));
    seenOf.push(seen);
    const scores = seen.map((j) => {
      let dot = 0;
      for (let dimension = 0; dimension < headDim; dimension++)
        dot +=
          at(q, [batch, queries, heads, headDim], [batchRow!, i!, head!, dimension]) *
          at(k, [batch, capacity, keyValueHeads, headDim], [batchRow!, j, group, dimension]);
      const score = softcap === undefined ? dot * scale : softcap * Math.tanh((dot * scale) / softcap);
      return score + (spec.bias ? at(bias, spec.bias.shape, [batchRow!, head!, i!, j]) : 0);
    });
    const weights = softmax(scores).map(
      (weight, place) => weight * factorOf(spec, [batchRow!, head!, i!, seen[place]!]),
    );
    return Array.from({ length: valueDim }, (_, dimension) =>
      seen.reduce(
        (sum, j, place) =>
          sum + weights[place]! * at(v, [batch, capacity, keyValueHeads, valueDim], [batchRow!, j, group, dimension]),
        0,
      ),
    );
  });
  return { output, seen: seenOf };
}

describe.each(named)("attention kernel: %s", (_, { kernels, sumBound }) => {
  type Drawn = { spec: Omit<AttentionSpec<Float32Array>, "mask">; repeated: Parameters<typeof spreads>[2] };
  const draw = (seed: number, { spec, repeated }: Drawn) => {
    const { batch, queries, keys, capacity, heads, keyValueHeads, headDim, valueDim } = spec;
    const q = normal(seed, "q", batch * queries * heads * headDim);
    const k = normal(seed, "k", batch * capacity * keyValueHeads * headDim);
    const v = normal(seed, "v", batch * capacity * keyValueHeads * valueDim);
    return { q, k, v, spec: { ...spec, ...spreads(seed, [batch, heads, queries, keys], repeated) } };
  };

  it("follows the formula over the keys that are seen, and gives zeros where there is none", () => {
    forAll([seeds, specs], (seed, drawn) => {
      const { q, k, v, spec } = draw(seed, drawn);
      const { output } = kernels.attention(q, k, v, spec);
      expectWithin(output, formula(spec, [...q], [...k], [...v]).output, sumBound(spec.keys));
    });
  });

  it("has the gradients of the formula", () => {
    forAll([seeds, specs], (seed, drawn) => {
      const { q, k, v, spec } = draw(seed, drawn);
      const saved = kernels.attention(q, k, v, spec);
      const upstream = normal(seed, "g", saved.output.length);
      const found = kernels.run(attentionGradient, q, k, v, spec, saved, upstream);
      const bound = 4 * sumBound(spec.keys);
      expectWithin(
        found.q,
        slopes((x) => formula(spec, x, [...k], [...v]).output, q, upstream),
        bound,
      );
      expectWithin(
        found.k,
        slopes((x) => formula(spec, [...q], x, [...v]).output, k, upstream),
        bound,
      );
      expectWithin(
        found.v,
        slopes((x) => formula(spec, [...q], [...k], x).output, v, upstream),
        bound,
      );
      expect(found.bias === undefined).toBe(spec.bias === undefined);
      if (spec.bias && found.bias)
        expectWithin(
          found.bias,
          slopes((x) => formula(spec, [...q], [...k], [...v], x).output, spec.bias.values, upstream),
          bound,
        );
    });
  });

  it.each([undefined, 3])("never reads what lies beyond the keys, or behind the mask, softcap %s", (softcap) => {
    const spec = { batch: 1, queries: 1, keys: 2, capacity: 3, heads: 1, keyValueHeads: 1, headDim: 1, valueDim: 1 };
    const mask = { values: Float32Array.of(1, 0), shape: [2], steps: [0, 0, 0, 1] as const };
    const poisoned = Float32Array.of(0.5, Number.NaN, Number.NaN);
    const bias = { values: Float32Array.of(0.5), shape: [], steps: [0, 0, 0, 0] as const };
    const full = { ...spec, scale: 1, causal: false, mask, softcap, bias };
    const saved = kernels.attention(Float32Array.of(1), poisoned, poisoned, full);
    expect([...saved.output]).toEqual([0.5]);
    const gradient = kernels.run(
      attentionGradient,
      Float32Array.of(1),
      poisoned,
      poisoned,
      full,
      saved,
      Float32Array.of(1),
    );
    expectWithin(gradient.v, [1, 0, 0], 1e-6);
    for (const part of [gradient.q, gradient.k, gradient.bias!]) expect(part.every((x) => x === 0)).toBe(true);
  });

  it.each([undefined, 2])("hides a key by a bias of −Infinity, softcap %s", (softcap) => {
    const spec = { batch: 1, queries: 2, keys: 2, capacity: 2, heads: 1, keyValueHeads: 1, headDim: 1, valueDim: 1 };
    const hidden = [0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const bias = { values: Float32Array.from(hidden), shape: [2, 2], steps: [0, 0, 2, 1] as const };
    const full = { ...spec, scale: 1, causal: false, mask: undefined, softcap, bias };
    const [q, k, v] = [Float32Array.of(1, 1), Float32Array.of(2, 3), Float32Array.of(0.5, 9)];
    const saved = kernels.attention(q, k, v, full);
    expect([...saved.output]).toEqual([0.5, 0]);
    const gradient = kernels.run(attentionGradient, q, k, v, full, saved, Float32Array.of(1, 1));
    expectWithin(gradient.v, [1, 0], 1e-6);
    for (const part of [gradient.q, gradient.k, gradient.bias!]) expect(part.every((x) => x === 0)).toBe(true);
  });

  it("reads a cache where it lies, with the same bits, however much of it counts", () => {
    const sizes = { heads: 3, keyValueHeads: 1, headDim: 20, valueDim: 24 };
    const cacheOf = (values: Float32Array) => {
      const [cache] = kernels.reserve([values.length]) as [Float32Array];
      kernels.place(cache, { outer: 1, size: values.length, inner: 1 }, 0, values);
      return cache;
    };
    forAll([seeds, size(2, 1), size(3, 1), size(150, 3)], (seed, batch, queries, keys) => {
      const capacity = 150;
      const spec = { batch, queries, keys, capacity, ...sizes, scale: 0.3, causal: true, mask: undefined };
      const q = normal(seed, "q", batch * queries * 60);
      const [k, v] = [normal(seed, "k", batch * capacity * 20), normal(seed, "v", batch * capacity * 24)];
      const wanted = kernels.attention(q, k, v, spec);
      const both = kernels.attention(q, cacheOf(k), cacheOf(v), spec);
      const one = kernels.attention(q, cacheOf(k), v, spec);
      for (const found of [both, one]) expect(found).toEqual(wanted);
    });
  });

  it("decodes many heads of several rows, tile after tile, as the reference does", () => {
    for (const [heads, keyValueHeads, window] of [
      [70, 70],
      [70, 7],
      [130, 2, 100],
    ] as const) {
      const spec = { batch: 2, queries: 1, keys: 135, capacity: 140, heads, keyValueHeads, headDim: 8, valueDim: 4 };
      const full = { ...spec, scale: 0.4, causal: true, window, mask: undefined };
      const q = normal(1, "q", 2 * heads * 8);
      const [k, v] = [normal(2, "k", 280 * keyValueHeads * 8), normal(3, "v", 280 * keyValueHeads * 4)];
      const wanted = referenceKernels.attention(q, k, v, full);
      const found = kernels.attention(q, k, v, full);
      expectWithin(found.output, [...wanted.output], 1e-5);
      expectWithin(found.statistics, [...wanted.statistics], 1e-5);
    }
  });

  it("goes through more keys than stay packed, also where values that nobody sees are infinite", () => {
    const size = 650;
    const spec = { batch: 1, queries: size, keys: size, capacity: size, heads: 2, keyValueHeads: 1, headDim: 3 };
    const visible = new Float32Array(size).fill(1);
    const v = normal(3, "v", size * 2);
    for (const hidden of [5, 500, 520, 620]) {
      visible[hidden] = 0;
      v[2 * hidden] = Number.POSITIVE_INFINITY;
    }
    const mask = { values: visible, shape: [size], steps: [0, 0, 0, 1] as const };
    const [q, k] = [normal(1, "q", size * 2 * 3), normal(2, "k", size * 3)];
    for (const window of [undefined, 560]) {
      const full = { ...spec, valueDim: 2, scale: 0.5, causal: true, window, mask };
      const wanted = referenceKernels.attention(q, k, v, full);
      const found = kernels.attention(q, k, v, full);
      expectWithin(found.output, [...wanted.output], 1e-5);
      expectWithin(found.statistics, [...wanted.statistics], 1e-5);
    }
  });

  it("reserves zeros, where others have written before them too", () => {
    for (const length of [5, 5000]) {
      const [first] = kernels.reserve([length]) as [Float32Array];
      kernels.attention(normal(1, "q", 5000), first, first, {
        ...{ batch: 1, queries: length, keys: length, capacity: length, heads: 1, keyValueHeads: 1 },
        ...{ headDim: 1, valueDim: 1, scale: 1, causal: false, mask: undefined },
      });
      expect(kernels.reserve([length, 2])).toEqual([new Float32Array(length), new Float32Array(2)]);
    }
  });

  it("is exact for scores whose exponentials overflow", () => {
    const spec = { batch: 1, queries: 1, keys: 2, capacity: 2, heads: 1, keyValueHeads: 1, headDim: 1, valueDim: 1 };
    const { output } = kernels.attention(Float32Array.of(1000), Float32Array.of(10, -10), Float32Array.of(3, 4), {
      ...{ ...spec, scale: 1, causal: false, mask: undefined },
    });
    expect([...output]).toEqual([3]);
  });
});
